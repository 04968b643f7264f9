create type mood as enum ('1', 'yes', 'null');
