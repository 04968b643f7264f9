create table customer (id integer primary key);
create table sale (id integer, year integer, customer_id integer) partition by list (year);
create table sale_1 partition of sale for values in (1);
create table sale_2 partition of sale for values in (2);
alter table sale add constraint sale_customer foreign key (customer_id) references customer
    on delete cascade;
