insert into t values (1, 'a'), (11, 'c'); insert into below values (1, 'c', 'x');
