"""Sequences: options, owners, and where their numbers go on."""
