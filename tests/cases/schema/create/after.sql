create schema app;
create schema "Odd Name";
