INSERT INTO h VALUES (1, 'a'); INSERT INTO hh VALUES (2, 'b', 3); INSERT INTO hhh VALUES (3, 'c', 4); INSERT INTO other VALUES (4, 'd', 5); INSERT INTO follows VALUES (5, 'e', 6);
