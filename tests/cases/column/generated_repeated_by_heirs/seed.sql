insert into whole values (1);
insert into keeps values (2);
insert into changes values (3);
insert into says_nothing values (4);
