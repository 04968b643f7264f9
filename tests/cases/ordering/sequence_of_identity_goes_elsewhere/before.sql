create table readings (id bigint generated always as identity, taken date not null) partition by range (taken);
create table readings_2024 partition of readings for values from ('2024-01-01') to ('2025-01-01');
create table tickets (id bigint generated always as identity primary key, title text);
