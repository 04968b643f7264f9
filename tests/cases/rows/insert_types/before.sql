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
