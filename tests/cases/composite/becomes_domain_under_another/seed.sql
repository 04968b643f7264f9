insert into t values (1, row(1, 2)::y1, array[row(3, 4)::y1::y2]), (2, row(5, 6)::y1, '{}');
