create schema parts;
create function parts.f() returns trigger language plpgsql as $$ begin return new; end $$;
create table t (id int not null, at date not null) partition by range (at);
create table parts.t_2024 partition of t for values from ('2024-01-01') to ('2025-01-01');
create trigger g before insert on parts.t_2024 for each row execute function parts.f();
