CREATE TABLE public.t (k text PRIMARY KEY, v text);

INSERT INTO public.t VALUES ('x''; DROP TABLE public.t; --', ''');$$guard$$'), (E'\\', E'a\\''b$sql$$guard$c'),
    (E'\n\t\r', ':x :''y'' :"z" %s %(a)s %% {0}'), (E'ünï🎉\u202e\u0007', E'E''\\x41'''), ('', ' '),
    ('long', repeat(E'x''\\"', 5000));
