CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$;
CREATE SEQUENCE public.t_serial_seq;
CREATE TABLE public.t (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at date NOT NULL,
    serial bigint DEFAULT nextval('public.t_serial_seq'::regclass) NOT NULL,
    n integer CHECK (n > 0),
    twice integer GENERATED ALWAYS AS (n * 2) STORED,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE public.t_serial_seq OWNED BY public.t.serial;

CREATE TABLE public.t_2024 PARTITION OF public.t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE public.t_rest PARTITION OF public.t DEFAULT;

COMMENT ON TABLE public.t IS 'things that happen';
COMMENT ON COLUMN public.t.n IS 'how many';
GRANT SELECT ON public.t TO pg_monitor;
CREATE INDEX t_n_idx ON public.t (n);
CREATE TRIGGER stamp BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.stamp();
CREATE TABLE public.u (t_id bigint, t_at date, FOREIGN KEY (t_id, t_at) REFERENCES public.t (id, at));
CREATE VIEW public.v AS SELECT id, n FROM public.t;
CREATE MATERIALIZED VIEW public.m AS SELECT sum(n) AS s FROM public.t;
