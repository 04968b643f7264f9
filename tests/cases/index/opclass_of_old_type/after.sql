CREATE TABLE t (n bigint, word bytea, about text);
CREATE INDEX t_n ON t USING brin (n int8_minmax_multi_ops);
CREATE INDEX t_word ON t (word);
CREATE INDEX t_about ON t (about);
