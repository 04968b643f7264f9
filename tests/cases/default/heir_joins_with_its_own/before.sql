CREATE TABLE heir (a bigint);
CREATE TABLE part (a bigint);
