create type size as enum ('s', 'l');
create function centimetres(size) returns int language sql immutable as $$select case $1 when 's' then 10 else 20 end$$;
create cast (size as int) with function centimetres(size);
create table boxes (size size);
create view heights as select size::int as height from boxes;
create index boxes_height on boxes ((size::int));
