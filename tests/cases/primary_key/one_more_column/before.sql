create table accounts (id bigint primary key);
create table bookings (
  id integer primary key,
  account bigint not null references accounts,
  code text not null unique
);
