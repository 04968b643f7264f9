create table visits (
  id bigint generated always as identity primary key,
  place text not null,
  day date not null,
  ticket uuid not null default gen_random_uuid()
);
