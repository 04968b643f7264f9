create function seen() returns trigger language plpgsql as 'begin return null; end';
create table kinds (id int primary key);
create table stays (
  room int, time int4range, kind int, nights int,
  constraint first check (room > 0),
  constraint second exclude using gist (time with &&),
  constraint third check (nights > 0),
  constraint fourth foreign key (kind) references kinds,
  constraint fifth check (nights < 100)
);
