"""Triggers: their texts, and those of partitions."""
