CREATE EXTENSION btree_gist;
CREATE TABLE public.rooms (id integer, during daterange, CONSTRAINT rooms_pkey PRIMARY KEY (id, during WITHOUT OVERLAPS), CONSTRAINT one UNIQUE (id, during WITHOUT OVERLAPS) DEFERRABLE);
