INSERT INTO t VALUES ('[1,5)', '{[1,2),[5,6)}', ARRAY['[1,5)'::r, NULL], ARRAY['{[1,2)}'::rs],
    '[a,a]', '{[a,a]}', ARRAY['{[b,b]}'::es]);
