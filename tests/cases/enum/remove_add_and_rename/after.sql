create type state as enum ('open', 'running', 'done', 'failed');
create table task (id integer, state state default 'open', states state[] not null default '{open}');
create view open_tasks as select id from task where state <> 'failed';
create index task_new on task (id) where state = 'open';
