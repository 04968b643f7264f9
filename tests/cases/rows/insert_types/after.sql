CREATE TYPE public.mood AS ENUM ('happy', 'sad');
CREATE TYPE public.pair AS (a integer, b json);
CREATE DOMAIN public.positive AS integer CONSTRAINT positive_check CHECK (VALUE > 0);
CREATE TABLE public.many (
    id smallint PRIMARY KEY,
    flag boolean,
    price numeric,
    exact numeric(6,2),
    ratio double precision,
    label character varying(10),
    fixed character(5),
    day date,
    moment timestamp with time zone,
    span interval,
    raw bytea,
    doc json,
    docb jsonb,
    tags text[],
    grid integer[],
    mood public.mood,
    moods public.mood[],
    pair public.pair,
    good public.positive,
    address inet,
    bits bit(3),
    place point,
    area box,
    period int4range,
    uid uuid,
    nothing text,
    empty text
);

INSERT INTO public.many VALUES (1, true, 1.0, 1.01, 100, 'abc', 'ab', '2024-02-29', '2024-02-29 10:00:00+00', '01:30',
    '\x00ff', '{"k": [1, 2]}', '{"a": [1, 2], "b": 1}', ARRAY['a', 'b c', 'q"uo\te', NULL, 'NULL', ''], '{{1,2},{3,4}}', 'sad',
    '{happy,sad}', '(1,"{""x"": 1}")', 7, '10.0.0.1', B'101', '(1,2)', '(2,2),(0,0)', '[1,6)',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL, '');
