CREATE TABLE t (n integer, word text, about jsonb);
CREATE INDEX t_n ON t USING brin (n int4_minmax_multi_ops);
CREATE INDEX t_word ON t (word text_pattern_ops);
CREATE INDEX t_about ON t USING gin (about);
