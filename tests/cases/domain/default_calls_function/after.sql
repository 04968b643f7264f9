create function first_number() returns bigint language sql as 'select 1::bigint';
create function lowest() returns bigint language sql immutable as 'select 0::bigint';
create domain number as int default first_number() check (value >= lowest());
create table invoices (id int primary key, number number not null);
create view numbers as select number from invoices;
