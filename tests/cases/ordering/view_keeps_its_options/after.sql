create table t(a bigint);
create view v with (security_barrier=true, security_invoker=true, check_option=local) as select a from t where a>0;
comment on view v is 'q';
