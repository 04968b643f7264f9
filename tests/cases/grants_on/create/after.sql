DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g2') THEN CREATE ROLE case_g2; END IF;
END $$;
grant execute on function pg_read_file(text) to case_g1;
grant select (rolname) on pg_authid to case_g1;
revoke execute on function lo_create(oid) from public;
create extension cube;
grant execute on function cube_dim(cube) to case_g1;
revoke all on function cube_size(cube) from current_user;
revoke execute on function pg_ls_dir(text) from current_user;
grant execute on function cube_union(cube, cube) to case_g1 with grant option;
grant execute on function cube_inter(cube, cube) to case_g2;
