create type state as enum ('late', 'open', 'over', 'void');
create function rank(state) returns int language plpgsql immutable as 'begin return 1; end';
create domain number as numeric(3,1);
create type place as (town int, street varchar(9), state state, n number);
create collation plain (locale = 'POSIX');
create table jobs (
  id bigint generated always as identity,
  state state not null,
  seen state[],
  primary key (id, state)
) partition by list (state);
create table jobs_busy partition of jobs for values in ('open', 'late');
create table jobs_done partition of jobs default;
create index jobs_state on jobs (state);
create table log (job bigint, state state, foreign key (job, state) references jobs (id, state));
create view busy as select id from jobs where state = 'open';
create table ranked (state state, n number) partition by list (rank(state));
create table ranked_1 partition of ranked for values in (1) partition by hash (n);
create table ranked_1_all partition of ranked_1 for values with (modulus 1, remainder 0);
create table named (name varchar(10) collate plain, place place) partition by range (name);
create table named_a partition of named for values from ('a') to ('m');
create table placed (place place) partition by range (place);
create table placed_1 partition of placed for values from ('(,a,open,1)') to ('(,c,over,9)');
