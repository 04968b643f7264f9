create table visits (place text not null, day date not null);
