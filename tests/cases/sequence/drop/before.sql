create sequence a;
create sequence kept;
