CREATE TABLE public.steps (
    id integer CONSTRAINT steps_pkey PRIMARY KEY DEFERRABLE INITIALLY DEFERRED,
    name text
);
