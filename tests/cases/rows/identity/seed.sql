INSERT INTO public.kinds (name) VALUES ('one'), ('two');
INSERT INTO public.sorts (id, name) VALUES (40, 'old');
