CREATE TABLE accounts (
    id integer PRIMARY KEY,
    owner_id integer NOT NULL,
    kind character(3) DEFAULT 'new' NOT NULL
);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts FOR SELECT TO PUBLIC USING (owner_id > 0);
COMMENT ON POLICY own ON accounts IS 'only those';
CREATE VIEW open_accounts WITH (security_barrier = true) AS
    SELECT id, owner_id, kind FROM accounts WHERE owner_id > 1;
COMMENT ON VIEW open_accounts IS 'open';
COMMENT ON COLUMN open_accounts.owner_id IS 'whose';
GRANT SELECT ON open_accounts TO PUBLIC;
CREATE VIEW kinds AS SELECT kind, count(*) AS n FROM open_accounts GROUP BY kind;
