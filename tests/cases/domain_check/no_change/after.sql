create domain a as text check (value ~ '^[a-z]+$');
