INSERT INTO journal VALUES ('a'), ('b');
INSERT INTO ref VALUES ('a', 'former');
INSERT INTO other VALUES ('a', 'former');
INSERT INTO apart VALUES ('a', 'one'), ('b', 'two');
