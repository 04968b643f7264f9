create table t (id integer generated always as identity (sequence name foo), "B" integer generated always as identity);
