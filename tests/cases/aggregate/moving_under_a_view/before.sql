create function tr(int[], int) returns int[] language sql immutable as 'select $1 || $2';
create function inv(int[], int) returns int[] language sql immutable as 'select $1[2:]';
create function fin(int[]) returns int language sql immutable as 'select cardinality($1)';
-- Gets and loses a state for moving windows, which a view can use meanwhile.
create aggregate gains(int) (sfunc = tr, stype = int[], initcond = '{}', finalfunc = fin);
create aggregate loses(int) (sfunc = tr, stype = int[], initcond = '{}', finalfunc = fin,
    msfunc = tr, minvfunc = inv, mstype = int[], minitcond = '{}', mfinalfunc = fin);
create view v as select gains(x) over (order by x) as g, loses(x) over (order by x) as l
    from generate_series(1, 3) x;
create function rank_of(internal, variadic "any") returns int8
    language internal as 'hypothetical_rank_final';
-- Another kind of aggregate is another aggregate.
create aggregate place(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi,
    stype = internal, finalfunc = rank_of, finalfunc_extra);
