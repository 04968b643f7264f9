INSERT INTO public.t VALUES ('1', '01', 'sad'), ('2', '2', 'happy');
