create domain word as text collate "C"; create type addr as (street word, town text);
create domain daddr as addr check ((value).town <> 'x');
create table t (id int, q addr, r daddr, x addr[], y addr, z daddr[]);
