"""Reference data: rows that differ, and the statements that write them."""
