create table public.k(f int);
