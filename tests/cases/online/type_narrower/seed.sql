INSERT INTO public.customer
SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0')), 'done', 'company', 'name ' || n
FROM generate_series(1, 50) n;
INSERT INTO public.invoice
SELECT n, '00000000-0000-0000-0000-' || lpad(n::text, 12, '0'), n + 0.25, '{"a": 1}'
FROM generate_series(1, 50) n;
