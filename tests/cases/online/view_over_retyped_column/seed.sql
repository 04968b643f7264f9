INSERT INTO orders SELECT g, g % 7, g * 10 FROM generate_series(1, 200) g;
