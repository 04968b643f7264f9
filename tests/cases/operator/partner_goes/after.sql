create function lt(int,text) returns bool language sql immutable as 'select true';
create operator >>> (leftarg=int, rightarg=text, function=lt);
