create table prices (amount int, currency text);
create table sold (id int primary key, price prices, before prices, note text);
