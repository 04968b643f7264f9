CREATE ROLE app_old LOGIN;
CREATE ROLE app_group;
GRANT app_group TO app_old;
CREATE ROLE stranger LOGIN;
GRANT app_group TO stranger;
