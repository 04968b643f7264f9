create schema app;
create schema old;
