create domain email as text;
create domain amount as numeric(10,2) default 0 not null constraint amount_positive check (value >= 0) check (value < 1000000);
create domain code as character varying(10) collate "C";
create domain codes as text[] default '{}'::text[];
create domain odd as boolean default ('x' is null);
create domain quick as integer check (value > 0);
