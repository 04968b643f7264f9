CREATE TYPE public.gone AS ENUM ('new', 'done');
CREATE TABLE public.customer (
    id text NOT NULL CONSTRAINT customer_pkey PRIMARY KEY,
    state public.gone DEFAULT 'new' NOT NULL,
    kind text DEFAULT 'private' NOT NULL,
    name text
);
CREATE INDEX customer_state ON public.customer (state);
CREATE TABLE public.invoice (
    id bigint NOT NULL CONSTRAINT invoice_pkey PRIMARY KEY,
    customer text NOT NULL CONSTRAINT invoice_customer_fkey REFERENCES public.customer ON DELETE CASCADE,
    amount numeric(12,4) CONSTRAINT invoice_amount CHECK (amount > 0),
    data json
);
CREATE VIEW public.open AS SELECT id, kind FROM public.customer;
