DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g2') THEN CREATE ROLE case_g2; END IF;
END $$;
create function f(a int) returns bigint language sql as 'select 1::bigint';
grant execute on function f to case_g1 with grant option;
grant execute on function f to case_g2;
create view v as select 1::bigint as a, 2 as b;
grant select on v to case_g1 with grant option;
grant select on v to case_g2;
grant update (b) on v to case_g1 with grant option;
grant update (b) on v to case_g2;
