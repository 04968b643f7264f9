"""Foreign tables and foreign keys, as several kinds know them."""
