CREATE OPERATOR #= (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text, JOIN = eqjoinsel);
CREATE OPERATOR ## (FUNCTION = textne, LEFTARG = text, RIGHTARG = text, HASHES);
CREATE VIEW v AS SELECT 'a'::text OPERATOR(public.##) 'b' AS x;
