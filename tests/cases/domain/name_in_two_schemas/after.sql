CREATE SCHEMA s;
CREATE DOMAIN public.amount AS numeric(8,2);
CREATE COLLATION public.sorted FROM "C";
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE s.t (a integer, b public.amount, c text COLLATE public.sorted);
CREATE TRIGGER x BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION public.f();
