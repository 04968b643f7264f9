INSERT INTO public.payments VALUES (1, 'EUR');
