create table p (id integer primary key, k integer, l integer, m integer not null,
  constraint pk unique (k), constraint p_l_key unique (l) include (m) deferrable,
  constraint odd unique (m));
create table c (k integer references p (k));
