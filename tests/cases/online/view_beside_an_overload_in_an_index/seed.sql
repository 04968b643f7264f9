insert into post values (1, '2020-01-01 12:00:00');
insert into post_score values (1, 1);
