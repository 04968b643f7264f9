insert into t values
    (1, '[1,5)', '{"[1,2)",empty,NULL}', '{[1,2),[4,5)}', '[7,)', row('(,3)', 'x'), '[a,"b c")'),
    (2, null, null, null, null, null, null),
    (3, 'empty', '{}', '{}', '(,)', row(null, null), 'empty');
