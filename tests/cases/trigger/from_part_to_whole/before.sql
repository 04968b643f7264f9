create function f() returns trigger language plpgsql as 'begin return new; end';
create table p (id int, k int) partition by list (k);
create table p1 partition of p for values in (1) partition by list (id);
create table p11 partition of p1 for values in (1);
create trigger a after insert on p1 for each row execute function f();
create trigger b after update on p11 for each row execute function f();
create trigger c before insert on p11 for each row execute function f();
