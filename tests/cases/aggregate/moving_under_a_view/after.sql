create function tr(int[], int) returns int[] language sql immutable as 'select $1 || $2';
create function inv(int[], int) returns int[] language sql immutable as 'select $1[2:]';
create function fin(int[]) returns int language sql immutable as 'select cardinality($1)';
create aggregate gains(int) (sfunc = tr, stype = int[], initcond = '{}', finalfunc = fin,
    msfunc = tr, minvfunc = inv, mstype = int[], minitcond = '{}', mfinalfunc = fin);
create aggregate loses(int) (sfunc = tr, stype = int[], initcond = '{}', finalfunc = fin);
create view v as select gains(x) over (order by x) as g, loses(x) over (order by x) as l
    from generate_series(1, 3) x;
create function rank_of(internal, variadic "any") returns int8
    language internal as 'hypothetical_rank_final';
create aggregate place(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi,
    stype = internal, finalfunc = rank_of, finalfunc_extra, hypothetical);
