DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g2') THEN CREATE ROLE case_g2; END IF;
END $$;
create extension cube;
grant execute on function cube_union(cube, cube), cube_inter(cube, cube) to case_g1 with grant option;
set role case_g1;
grant execute on function cube_union(cube, cube), cube_inter(cube, cube) to case_g2;
reset role;
