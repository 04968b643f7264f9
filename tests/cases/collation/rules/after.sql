CREATE COLLATION a (provider = icu, locale = 'und', rules = '&V << W <<< w');
CREATE COLLATION b (provider = builtin, locale = 'C.UTF-8');
