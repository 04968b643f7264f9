insert into users (name) values ('a');
insert into posts (user_id) values (1);
