create type span as range (subtype = integer);
comment on type span is 'From and to.';
create type words as range (subtype = text);
create domain short_span as span check (not isempty(value));
create type stay as (span span, note text);
create function longest(span) returns span language sql as 'select $1';
create table t (
    id integer, span span default span(1, 2), spans span[], many span_multirange,
    short short_span, stay stay, words words
);
create index t_span on t using gist (span);
create view v as select id from t where span && span(3, 9);
