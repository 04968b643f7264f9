INSERT INTO countries VALUES ('FX', 'France', 1), ('DE', 'Germany', 2), ('UK', 'Kingdom', 3);
