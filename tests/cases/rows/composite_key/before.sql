CREATE TABLE public.labels (
    lang text NOT NULL,
    code integer NOT NULL,
    label text,
    CONSTRAINT labels_pkey PRIMARY KEY (lang, code)
);
