insert into s1.a (x) values ('x');
insert into s2.a (y) values (2);
insert into public.t values ('x', 'y', 1, 'z');
