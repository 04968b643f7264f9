INSERT INTO public.z_lands VALUES ('XX'), ('YY');
INSERT INTO public.a_towns VALUES (1, 'XX'), (2, 'YY');
