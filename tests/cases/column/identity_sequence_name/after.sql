create table t (id integer generated always as identity (sequence name "Bar" increment 2), "B" integer generated always as identity);
