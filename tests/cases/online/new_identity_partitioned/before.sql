CREATE TABLE public.t (k integer NOT NULL, b text) PARTITION BY RANGE (k);
CREATE TABLE public.t_low PARTITION OF public.t FOR VALUES FROM (0) TO (100);
CREATE TABLE public.t_high PARTITION OF public.t FOR VALUES FROM (100) TO (200)
    PARTITION BY LIST (b);
CREATE TABLE public.t_high_a PARTITION OF public.t_high FOR VALUES IN ('a');
CREATE TABLE public.empty (k integer NOT NULL) PARTITION BY RANGE (k);
CREATE TABLE public.empty_low PARTITION OF public.empty FOR VALUES FROM (0) TO (100);
