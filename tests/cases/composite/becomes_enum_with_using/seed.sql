INSERT INTO t VALUES ('(1,a)', ARRAY['(1,a)'::c],'a', NULL), ('(2,b)',NULL,'b', '(1,b)');
INSERT INTO h VALUES ('(1,a)',2);
