create table customer (id integer primary key);
create table sale (id integer, year integer,
    customer_id integer constraint sale_customer references customer) partition by list (year);
create table sale_1 partition of sale for values in (1);
create table sale_2 (id integer, year integer,
    customer_id integer constraint sale_customer references customer on delete cascade);
