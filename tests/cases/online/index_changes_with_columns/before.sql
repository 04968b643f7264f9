create table events (id int primary key, project_id int, amount int not null);
create index events_at on events (amount);
create index events_low on events ((amount + 1));
