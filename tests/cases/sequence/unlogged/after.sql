create unlogged sequence a;
create unlogged sequence b;
