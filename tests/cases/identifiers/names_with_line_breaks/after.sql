create schema "new
line";
create table "new
line"."new
line"("new
line" int, "new
linec" text, constraint "new
linepk" primary key ("new
line"), constraint "new
lineck" check ("new
line" > 0), constraint "new
lineu" unique ("new
linec"));
create table "new
line"."new
linet"(x int, constraint "new
linefk" foreign key (x) references "new
line"."new
line"("new
line"));
create table "new
line"."new
linet3"("new
line" int references "new
line"."new
line", "new
lined" int unique check ("new
lined">3), "new
liness" serial);
create index "new
linei" on "new
line"."new
line"("new
linec") include ("new
line") where "new
line" > 5;
create index "new
lineie" on "new
line"."new
line"(lower("new
linec"));
create type "new
line"."new
linee" as enum ('new
line', 'b', '');
create domain "new
line"."new
lined" as int constraint "new
line" check (value > 1);
create type "new
line"."new
linect" as ("new
line" int, "new
linez" "new
line"."new
linee"[]);
create sequence "new
line"."new
lines" owned by "new
line"."new
line"."new
line";
alter table "new
line"."new
line" alter "new
line" set default nextval('"new
line"."new
lines"');
create view "new
line"."new
linev" as select "new
line", "new
linec" as "new
linek" from "new
line"."new
line";
create materialized view "new
line"."new
linem" as select * from "new
line"."new
linev";
create function "new
line"."new
linef"("new
line" int, "new
linea" "new
line"."new
lined" default 5, "new
lineb" "new
line"."new
linee"[] default null) returns "new
line"."new
line" language sql as 'select null::"new
line"."new
line"';
create function "new
line"."new
linetf"() returns trigger language plpgsql as 'begin return new; end';
create trigger "new
line" before update of "new
line" on "new
line"."new
line" for each row execute function "new
line"."new
linetf"('new
line', 'x');
alter table "new
line"."new
line" enable row level security;
create policy "new
line" on "new
line"."new
line" using ("new
linec" = 'new
line');
alter table "new
line"."new
linet" add column "new
line" "new
line"."new
linee" default 'new
line';
alter table "new
line"."new
linet" add column "new
linect" "new
line"."new
linect";
create procedure "new
line"."new
linep"() language sql as 'select 1';
comment on table "new
line"."new
line" is 'new
line';
comment on column "new
line"."new
line"."new
line" is 'new
line';
comment on constraint "new
lineck" on "new
line"."new
line" is 'new
line';
comment on function "new
line"."new
linef"(int,"new
line"."new
lined","new
line"."new
linee"[]) is 'new
line';
comment on trigger "new
line" on "new
line"."new
line" is 'new
line';
comment on policy "new
line" on "new
line"."new
line" is 'new
line';
comment on constraint "new
line" on domain "new
line"."new
lined" is 'x';
comment on schema "new
line" is 'new
line';
create table "new
line"."new
linept"("new
line" int) partition by list ("new
line");
create table "new
line"."new
linepc" partition of "new
line"."new
linept" for values in (1);
