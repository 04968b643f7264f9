"""Indexes: their keys and texts, and how they are built in use."""
