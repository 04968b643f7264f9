CREATE TABLE whole (e text DEFAULT 'x', g integer DEFAULT 1);
CREATE TABLE part (b integer);
CREATE TABLE top (e text DEFAULT 'x');
CREATE TABLE heir (b integer);
