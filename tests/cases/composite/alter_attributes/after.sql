create type a as (x bigint, z text collate "C", w date, v boolean);
