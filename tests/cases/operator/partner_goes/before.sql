create function lt(int,text) returns bool language sql immutable as 'select true';
create function gt(text,int) returns bool language sql immutable as 'select true';
create operator >>> (leftarg=int, rightarg=text, function=lt, commutator = <<<);
create operator <<< (leftarg=text, rightarg=int, function=gt, commutator = >>>);
comment on operator >>> (int,text) is 'c';
