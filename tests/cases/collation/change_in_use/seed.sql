INSERT INTO people VALUES (1, 'Ann', 'N', '{b,a}', '(x,1)'), (2, 'Bob', 'B', NULL, NULL);
REFRESH MATERIALIZED VIEW firsts;
