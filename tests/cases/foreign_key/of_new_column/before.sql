create table invoices (id int primary key);
create table orders (id int primary key);
