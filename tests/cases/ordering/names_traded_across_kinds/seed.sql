insert into a values (5, 'x');
insert into c values (5);
select nextval('d');
insert into k_heir values (3);
