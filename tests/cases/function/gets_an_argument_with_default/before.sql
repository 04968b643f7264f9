create function rounded(price int) returns int language sql immutable as 'select $1';
create table items (
  price int default rounded(1),
  shown int generated always as (rounded(price)) stored,
  check (rounded(price) >= 0)
);
create index items_rounded on items (rounded(price));
create view prices as select rounded(price) as price from items;
create policy cheap on items using (rounded(price) < 10);
create domain price as int default rounded(7);
