INSERT INTO role VALUES ('a', 1, NULL), ('b', 2, 1);
INSERT INTO member VALUES ('a', 1), ('b', NULL);
