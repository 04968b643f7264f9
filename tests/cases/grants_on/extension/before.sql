DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g2') THEN CREATE ROLE case_g2; END IF;
END $$;
create schema ext;
create schema util;
create extension cube schema ext;
grant usage on type ext.cube to case_g1;
revoke usage on type ext.cube from public;
grant execute on function ext.cube_dim(ext.cube) to case_g1;
grant execute on function ext.cube_size(ext.cube) to case_g2;
create extension citext schema ext;
grant execute on function ext.citext_eq(ext.citext, ext.citext) to case_g1;
create extension seg;
grant execute on function seg_cmp(seg, seg) to case_g1;
create extension pg_stat_statements;
revoke select on pg_stat_statements from public;
grant select on pg_stat_statements to case_g2;
