INSERT INTO public.nullable VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, NULL);
INSERT INTO public.numbers VALUES (1, -32768), (2, 32700), (3, 5), (4, 6);
INSERT INTO public.texts VALUES (1, 'x', '11111111-1111-1111-1111-111111111111'),
    (2, 'y', '22222222-2222-2222-2222-222222222222'), (9, 'x', '99999999-9999-9999-9999-999999999999');
INSERT INTO public.two_keys VALUES (1, 1, 'p', 1), (2, 2, 'q', 1), (3, 3, 'r', 1);
INSERT INTO public.heir_of VALUES (1, 1), (2, 2);
INSERT INTO public.heir VALUES (1, 1);
INSERT INTO public.odd VALUES (1, 1), (2, 2);
