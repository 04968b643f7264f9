create table k(x int);
