create table p (k int, y varchar(30), n int, m bigint not null) partition by list (k); create table p1 partition of p for values in (1); create table p2 partition of p for values in (2) partition by list (n); create table p21 partition of p2 default;
create index pi on p (y, (n+1)) with (fillfactor=70); comment on index pi is 'pi'; alter index pi alter 2 set statistics 11;
alter index p1_y_expr_idx rename to own; alter index own set (fillfactor=55); comment on index own is 'own'; alter index own alter 2 set statistics 55; 
alter index p21_y_expr_idx set (fillfactor=56);
alter table p add constraint pu unique (k, y, n); alter index p1_k_y_n_key rename to ownu; comment on index ownu is 'ownu'; alter index ownu set (fillfactor=44);
create index pj on p (y varchar_pattern_ops); alter index p1_y_idx rename to ownj; comment on index p21_y_idx is 'j21'; alter index p2_y_idx rename to j2;
create index pm on p (m); alter index p1_m_idx rename to ownm; comment on index p21_m_idx is 'm21';
alter table p1 cluster on own; 
