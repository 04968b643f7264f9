create function seen() returns trigger language plpgsql as 'begin return null; end';
create table kinds (id int primary key);
create table stays (
  room int, time int4range, kind int, nights int,
  constraint second check (room > 0),
  constraint first exclude using gist (time with &&),
  constraint third foreign key (kind) references kinds on delete cascade,
  constraint fourth check (nights > 1)
);
create constraint trigger fifth after insert on stays for each row execute function seen();
