CREATE TYPE public.mood AS ENUM ('good', 'bad');
CREATE TABLE public.zz_currencies (code text PRIMARY KEY, mood public.mood, born timestamp with time zone);
INSERT INTO public.zz_currencies VALUES ('EUR', 'good', '1999-01-01 00:00:00+00');
CREATE TABLE public.payments (id integer PRIMARY KEY, currency text NOT NULL);
ALTER TABLE public.payments ADD CONSTRAINT payments_currency_fkey FOREIGN KEY (currency) REFERENCES public.zz_currencies (code);
