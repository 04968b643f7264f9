-- Two tables that once traded their own names, and whose keys kept theirs.
create table a (id integer constraint b_pkey primary key, x integer constraint c_x_key unique);
create table b (id integer constraint a_pkey primary key, x integer constraint a_x_key unique);
create table c (id integer primary key, x integer constraint b_x_key unique);
comment on constraint a_pkey on b is 'of b';
