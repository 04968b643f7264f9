create table u (a int);
create sequence t_id_seq_id_seq owned by u.a;
create table i (id bigint generated always as identity (sequence name i_id_seq1) primary key);
create view i_id_seq as select 1 as one;
create view u_a_idx as select 2 as two;
create index on u (a);
create table t_id_seq (id serial);
create table t (id bigserial primary key, x int, u_y serial not null);
create sequence t_u_y_seq1 as smallint;
create table t_u (
    y smallint constraint n not null default nextval('t_u_y_seq1'), z serial,
    constraint t_u_z_seq check (z > 0)
);
alter sequence t_u_y_seq1 owned by t_u.y;
