CREATE TABLE public.rooms (id int4range, during daterange, note text, CONSTRAINT rooms_pkey PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE public.prices (id int4range NOT NULL, during daterange NOT NULL, CONSTRAINT u UNIQUE (id, during));
CREATE TABLE public.stays (room int4range, during daterange);
ALTER TABLE public.stays ADD CONSTRAINT stays_room_during_fkey FOREIGN KEY (room, PERIOD during) REFERENCES public.rooms;
CREATE TABLE public.offers (price int4range, during daterange);
ALTER TABLE public.offers ADD CONSTRAINT f FOREIGN KEY (price, during) REFERENCES public.prices (id, during);
CREATE TABLE public.fresh (id int4range, during daterange, parent int4range, CONSTRAINT fresh_pkey PRIMARY KEY (id, during WITHOUT OVERLAPS));
ALTER TABLE public.fresh ADD CONSTRAINT g FOREIGN KEY (parent, PERIOD during) REFERENCES public.fresh (id, PERIOD during);
