insert into t values (1, 5, '{1,2,null}', 9, row(3, '{4}')), (2, null, null, 10, null);
insert into u values (1, 'one');
