CREATE TABLE public.labels (
    lang text NOT NULL,
    code integer NOT NULL,
    label text,
    CONSTRAINT labels_pkey PRIMARY KEY (lang, code)
);
INSERT INTO public.labels VALUES ('de', 1, 'eins'), ('en', 1, 'one'), ('en', 2, 'two');
