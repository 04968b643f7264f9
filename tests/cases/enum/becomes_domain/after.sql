create domain status as text check (value in ('open', 'done', 'void'));
comment on domain status is 'what is left to do';
create domain late_status as status check (value <> 'done');
create type change as (was status, day date);
create table orders (
  id int primary key,
  status status not null default 'open',
  seen status[] not null default '{open}',
  late late_status,
  change change,
  is_open boolean generated always as (status = 'open') stored
);
create index orders_open on orders (id) where status = 'open';
create index orders_status on orders (status);
create view open_orders as select id, status from orders where status = 'open';
create function is_open(status) returns boolean language sql immutable as $$select $1::text = 'open'$$;
create policy open on orders using (status = 'open');
