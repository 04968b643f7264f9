create table p (id integer primary key, k integer, l integer, m integer not null);
create unique index pk on p (k);
create unique index p_l on p (l) include (m);
create unique index odd on p (m desc);
create table c (k integer references p (k));
comment on index pk is 'gone with its kind';
