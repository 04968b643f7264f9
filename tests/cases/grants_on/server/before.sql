DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g2') THEN CREATE ROLE case_g2; END IF;
END $$;
grant execute on function pg_read_file(text) to case_g1;
grant execute on function pg_read_binary_file(text) to case_g1 with grant option;
revoke execute on function lower(text) from public;
grant select on pg_statistic to case_g1;
grant select, insert (rolname, rolpassword) on pg_authid to case_g1;
grant select (rolcreatedb), update (oid) on pg_authid to case_g2;
revoke select (subname) on pg_subscription from public;
revoke usage on type int4, "char" from public;
grant create on schema pg_catalog to case_g1;
revoke select on pg_stats from public;
