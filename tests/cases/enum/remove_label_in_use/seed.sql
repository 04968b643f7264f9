insert into moods values ('sad', 'sad'), ('ok', 'ok');
insert into person (id, mood, other, many, good, pair, pairs) values
    (1, 'ok', 'ok', '{ok,sad}', 'happy', row('ok', '{sad}', 'a b,"c'),
     array[row('sad', null, 'x')::pair, null, row(null, null, null)::pair]),
    (2, null, 'sad', null, 'ok', null, '{}'),
    (3, 'sad', 'ok', '{}', 'ok', row(null, null, null), null);
insert into entry values (1, 'ok', 1), (2, null, 2);
refresh materialized view by_mood;
