"""Second opinions: a rehearsal of a plan, and what pg_dump and migra say of two databases."""
