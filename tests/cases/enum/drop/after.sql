create type kept as enum ('a');
