CREATE TABLE role (id varchar(36) PRIMARY KEY, n integer UNIQUE, above integer);
CREATE TABLE member (role_id varchar(255) NOT NULL, n integer, PRIMARY KEY (role_id));
