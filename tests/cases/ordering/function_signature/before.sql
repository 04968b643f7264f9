create function f(int) returns int language sql immutable as 'select $1';
create table t(a int default f(1), b int check (f(b)>0), c int generated always as (f(a)) stored);
create index ti on t(f(a));
create view v as select f(a) x from t;
create function tg() returns trigger language plpgsql as 'begin return new; end';
create trigger z before insert on t for each row when (f(new.a)>1) execute function tg();
create domain d as int check (f(value)>0);
