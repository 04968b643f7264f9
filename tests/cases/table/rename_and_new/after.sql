create table accounts (id bigserial primary key, full_name text not null, email text unique);
create table users (id serial primary key, account_id bigint not null references accounts);
create table posts (id serial primary key, user_id bigint references accounts);
