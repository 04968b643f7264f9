CREATE OPERATOR #= (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel);
CREATE OPERATOR ## (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text, MERGES);
CREATE VIEW v AS SELECT 'a'::text OPERATOR(public.##) 'b' AS x;
