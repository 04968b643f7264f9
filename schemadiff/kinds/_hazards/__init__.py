"""Dangers that several kinds tell of."""
