create function first_number() returns int language sql as 'select 1';
create function lowest() returns int language sql immutable as 'select 0';
create domain number as int default first_number() check (value >= lowest());
create table invoices (id int primary key, number number not null);
create view numbers as select number from invoices;
