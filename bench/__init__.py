"""How long the commands take on schemas of 10 to 5,000 tables, beside pg_dump on the same ones."""
