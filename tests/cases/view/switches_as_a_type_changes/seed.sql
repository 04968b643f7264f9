insert into public.parts values (1, 'a');
