CREATE TYPE public.kind AS ENUM ('private', 'company');
CREATE TABLE public.customer (
    id uuid NOT NULL CONSTRAINT customer_pkey PRIMARY KEY,
    state text DEFAULT 'new' NOT NULL,
    kind public.kind DEFAULT 'private' NOT NULL,
    name character varying(20)
);
CREATE INDEX customer_state ON public.customer (state);
CREATE TABLE public.invoice (
    id integer NOT NULL CONSTRAINT invoice_pkey PRIMARY KEY,
    customer uuid NOT NULL CONSTRAINT invoice_customer_fkey REFERENCES public.customer ON DELETE CASCADE,
    amount numeric(10,2) CONSTRAINT invoice_amount CHECK (amount > 0),
    data jsonb
);
CREATE VIEW public.open AS SELECT id, kind FROM public.customer;
