-- Rows of smaller numbers could refer to larger ones meanwhile, but not the other way round.
create extension btree_gist;
create table r (a bigint, p daterange, primary key (a, p without overlaps));
create table t (a bigint, p daterange, constraint f foreign key (a, period p) references r);
create table wide (a int, p daterange, primary key (a, p without overlaps));
create table u (a int, p daterange, constraint g foreign key (a, period p) references wide);
