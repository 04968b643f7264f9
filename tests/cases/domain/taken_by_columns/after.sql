CREATE DOMAIN d AS text CHECK (VALUE <> '');
CREATE DOMAIN over AS d NOT NULL;
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE t (a over, b d, c d[], n positive);
