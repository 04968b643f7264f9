CREATE TABLE public.rooms (id int4range, during daterange, note text, CONSTRAINT rooms_pkey PRIMARY KEY (id, during));
CREATE TABLE public.prices (id int4range NOT NULL, during daterange NOT NULL, CONSTRAINT u UNIQUE (id, during WITHOUT OVERLAPS));
CREATE TABLE public.stays (room int4range, during daterange);
CREATE TABLE public.offers (price int4range, during daterange);
ALTER TABLE public.offers ADD CONSTRAINT f FOREIGN KEY (price, PERIOD during) REFERENCES public.prices (id, PERIOD during);
