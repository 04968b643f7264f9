INSERT INTO t VALUES ('1010', '0101', 'x', 'y', '{abcd}', '1:00', '{1,2}', '{a}', '{2020-01-01 10:00}');
INSERT INTO u VALUES ('1010');
INSERT INTO v VALUES ('x');
