insert into t values
    (1, row(1, 'a "b", c'), array[row(2, 'x')::inner_type, null], row(row(3, 'y'), 4), row(5, 'z'), row('q', 1)),
    (2, null, null, null, null, null),
    (3, row(null, null), '{}', row(null, 7), row(8, null), null),
    (4, row(null, null), '{}', row(row(null, null), 7), null, row(null, null));
