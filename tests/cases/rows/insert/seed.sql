INSERT INTO public.currencies VALUES ('CHF', 'Franc', 2), ('XXX', 'ours alone', 9);
