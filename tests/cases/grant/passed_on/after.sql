create table taken (a int);
grant select, insert on taken to case_g1 with grant option;
set role case_g1;
grant insert on taken to case_g2;
reset role;
grant select on taken to case_g3;
create table source (a int);
grant select on source to case_g2;
create table everything (a int);
