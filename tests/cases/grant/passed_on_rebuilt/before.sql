DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g2') THEN CREATE ROLE case_g2; END IF;
END $$;
create function f(a int) returns int language sql as 'select 1';
grant execute on function f to case_g1 with grant option;
create view v as select 1 as a, 2 as b;
grant select on v to case_g1 with grant option;
grant update (b) on v to case_g1 with grant option;
set role case_g1;
grant execute on function f to case_g2;
grant select on v to case_g2;
grant update (b) on v to case_g2;
reset role;
