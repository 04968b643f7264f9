INSERT INTO b VALUES (1, 'one'), (NULL, NULL);
INSERT INTO t SELECT 1, b, ARRAY[b::a, NULL], '{1,2}' FROM b;
INSERT INTO u SELECT 2, b, ARRAY[b::a, NULL], '{3}' FROM b;
INSERT INTO leaves SELECT 3, b, ARRAY[[b::a]], '{4}' FROM b;
INSERT INTO joins SELECT 4, b, '{}', NULL FROM b;
INSERT INTO goes_over SELECT 5, b, ARRAY[b::a, NULL], '[5:6]={5,6}' FROM b;
INSERT INTO below SELECT 6, b, NULL, '{7,NULL}', 8 FROM b;
