"""Columns: their definition, and what ALTER COLUMN does to them."""
