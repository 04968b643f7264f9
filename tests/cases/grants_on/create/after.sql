DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
END $$;
grant execute on function pg_read_file(text) to case_g1;
grant select (rolname) on pg_authid to case_g1;
revoke execute on function lo_create(oid) from public;
