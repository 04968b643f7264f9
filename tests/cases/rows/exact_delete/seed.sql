INSERT INTO public.currencies VALUES ('EUR', 'Euro', 2), ('DEM', 'Mark', 2), ('FRF', 'Franc', 2);
