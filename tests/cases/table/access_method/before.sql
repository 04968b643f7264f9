CREATE ACCESS METHOD second TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (a integer);
CREATE TABLE gone (a integer) USING second;
