CREATE TABLE public.payments (id integer PRIMARY KEY, currency text NOT NULL);
