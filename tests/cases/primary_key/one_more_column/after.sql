-- The rows keep all of these rules already.
create table accounts (id bigint primary key);
create table bookings (
  id bigint not null,
  account bigint not null,
  code text not null,
  primary key (account, id),
  constraint bookings_of_account foreign key (account) references accounts on delete cascade
);
create unique index bookings_code on bookings (code, account);
