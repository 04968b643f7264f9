CREATE TABLE t (
    id integer,
    token uuid NOT NULL DEFAULT gen_random_uuid(),
    seen timestamptz DEFAULT clock_timestamp(),
    code text NOT NULL DEFAULT md5(random()::text),
    number bigserial,
    PRIMARY KEY (token),
    CONSTRAINT t_code_key UNIQUE (code)
);
CREATE INDEX t_seen ON t (seen);
