CREATE TABLE role (id varchar(36) PRIMARY KEY, n bigint UNIQUE, above bigint);
CREATE TABLE member (role_id varchar(36) NOT NULL, n integer, PRIMARY KEY (role_id));
ALTER TABLE role ADD CONSTRAINT role_above FOREIGN KEY (above) REFERENCES role (n);
ALTER TABLE member ADD CONSTRAINT member_role FOREIGN KEY (role_id) REFERENCES role ON DELETE CASCADE;
ALTER TABLE member ADD CONSTRAINT member_n FOREIGN KEY (n) REFERENCES role (n);
