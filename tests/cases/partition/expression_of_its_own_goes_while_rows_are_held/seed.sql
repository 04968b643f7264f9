INSERT INTO t (id, a) VALUES (1, 2), (1, 4);
INSERT INTO u VALUES (ROW(1, 2, 6)::part);
