CREATE TABLE top (n integer, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE left_side (l integer) INHERITS (top);
CREATE TABLE right_side (r integer) INHERITS (top);
CREATE TABLE heir () INHERITS (left_side, right_side, top);
