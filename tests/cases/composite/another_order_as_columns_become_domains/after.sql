create domain word as text collate "POSIX"; create type addr as (town text, street word);
create domain daddr as addr check ((value).town <> 'x');
create table t (id int, q daddr, r addr, x daddr[], y addr, z addr[]);
