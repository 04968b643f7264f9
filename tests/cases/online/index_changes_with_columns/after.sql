create table events (id int primary key, project_id bigint, amount bigint not null);
create index events_at on events (amount) where project_id is null;
create index events_low on events ((project_id + 1));
