create type mood as enum ('sad', 'it''s ok', 'Happy');
create type nothing as enum ();
