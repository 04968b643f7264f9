CREATE TABLE whole (n integer, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE part (n integer);
