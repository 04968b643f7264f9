insert into p values ('sad', '{glad}');
insert into h values ('sad', '{glad,sad}', 1);
insert into hh values ('glad', null, 2);
insert into otherwise values ('sad', '{}');
