insert into events select g, nullif(g % 3, 0), g from generate_series(1, 20) g;
