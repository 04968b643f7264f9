insert into p values ('sad', '{1,2}');
insert into h (m, c, pair, z) values ('mad', '{3}', '(4,5)', 6);
insert into hh (m, c, pair, z) values ('mad', null, null, 7);
insert into kept select h from h;
