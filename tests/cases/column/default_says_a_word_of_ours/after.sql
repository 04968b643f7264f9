create table t (id integer, note text default 'schemadiff_online_0123456789ab');
