CREATE TABLE whole (n integer, CONSTRAINT positive CHECK (n > 0), CONSTRAINT small CHECK (n < 9));
CREATE TABLE part (n integer, CONSTRAINT positive CHECK (n > 0), CONSTRAINT small CHECK (n < 9));
ALTER TABLE part INHERIT whole;
