CREATE ACCESS METHOD second TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (a integer) USING second;
CREATE TABLE more (a integer) USING second;
