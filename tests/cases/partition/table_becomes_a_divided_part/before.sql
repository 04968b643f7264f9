create table r4 (g int primary key, a int not null);
create table r5 (g int not null, a int);
