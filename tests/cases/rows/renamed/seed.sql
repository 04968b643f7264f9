INSERT INTO public.old_names VALUES ('a', 'A', 'x'), ('b', 'B', 'y');
