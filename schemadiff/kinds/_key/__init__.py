"""Primary keys and unique constraints."""
