INSERT INTO a SELECT generate_series(1, 500);
INSERT INTO b SELECT generate_series(1, 500);
INSERT INTO c SELECT generate_series(1, 500);
INSERT INTO d SELECT generate_series(1, 500);
INSERT INTO e SELECT generate_series(1, 500);
INSERT INTO f SELECT generate_series(1, 500);
