create function rounded(price int, step int default 10) returns int language sql immutable as 'select $1 / $2 * $2';
create table items (
  price int default rounded(2),
  shown int generated always as (rounded(price) + 1) stored,
  check (rounded(price) > 0)
);
create index items_rounded on items ((rounded(price) + 1));
create view prices as select rounded(price) + 1 as price from items;
create policy cheap on items using (rounded(price) < 20);
create domain price as int default rounded(8);
