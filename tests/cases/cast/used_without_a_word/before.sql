create type size as enum ('s', 'l');
create function centimetres(size) returns int language sql immutable as $$select case $1 when 's' then 10 else 20 end$$;
create table boxes (size size);
create view heights as select centimetres(size) as height from boxes;
create index boxes_height on boxes (centimetres(size));
