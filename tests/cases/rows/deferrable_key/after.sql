CREATE TABLE public.steps (
    id integer CONSTRAINT steps_pkey PRIMARY KEY DEFERRABLE INITIALLY DEFERRED,
    name text
);
INSERT INTO public.steps VALUES (1, 'ONE'), (2, 'two');
