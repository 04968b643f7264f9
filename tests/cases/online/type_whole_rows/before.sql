CREATE TABLE people (
    id integer PRIMARY KEY,
    age integer,
    name text NOT NULL,
    nick text
);
CREATE FUNCTION full_name(people) RETURNS text IMMUTABLE LANGUAGE sql
    AS $$ SELECT $1.name || coalesce(' (' || $1.nick || ')', '') $$;
CREATE FUNCTION older(p people, years integer) RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN p.age + years;
END
$$;
CREATE FUNCTION next_age(people) RETURNS bigint STABLE LANGUAGE sql AS 'SELECT $1.age + 1';
CREATE FUNCTION adults() RETURNS SETOF people STABLE LANGUAGE sql
    AS 'SELECT p.* FROM people p WHERE p.age > 17 UNION ALL SELECT * FROM public.people WHERE age > 90';
CREATE FUNCTION person(n integer) RETURNS SETOF people LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT * FROM people WHERE id = n;
END
$$;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY named ON people FOR SELECT TO PUBLIC USING (full_name(people) <> '');
CREATE VIEW how_many AS SELECT count(*) AS n FROM people;
CREATE VIEW titles AS SELECT p.id, next_age(p) AS next_age, full_name(p) AS title FROM people p;
