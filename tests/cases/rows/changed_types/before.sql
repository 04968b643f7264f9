CREATE TYPE public.mood AS ENUM ('happy', 'sad');
CREATE TABLE public.t (id text PRIMARY KEY, n text, mood public.mood);
