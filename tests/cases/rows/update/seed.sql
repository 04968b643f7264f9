INSERT INTO public.currencies VALUES ('EUR', 'euro', 3), ('JPY', 'Yen', 2), ('CHF', 'Franken', 2), ('GBP', 'Pound', 2);
