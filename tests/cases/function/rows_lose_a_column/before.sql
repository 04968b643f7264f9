create table stays (room int, night date, note text);
create function booked() returns setof stays language sql stable as 'select * from stays';
create view nights as select room, note from booked();
