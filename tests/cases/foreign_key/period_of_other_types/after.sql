create extension btree_gist;
create table r (a integer, p daterange, primary key (a, p without overlaps));
create table t (a integer, p daterange, constraint f foreign key (a, period p) references r);
create table wide (a bigint, p daterange, primary key (a, p without overlaps));
create table u (a bigint, p daterange, constraint g foreign key (a, period p) references wide);
