create type state as enum ('new', 'unused', 'done');
create table task (id integer, state state default 'new', states state[] not null default '{new}');
create view open_tasks as select id from task where state <> 'done';
create index task_new on task (id) where state = 'new';
