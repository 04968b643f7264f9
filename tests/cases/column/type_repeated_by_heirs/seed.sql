insert into whole (a) values (1);
insert into heir (a, z) values (2, 5);
insert into far_heir (a, c) values (3, 6);
