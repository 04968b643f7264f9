create table prices (amount bigint, currency text);
create table sold (id int primary key, price text, note text);
