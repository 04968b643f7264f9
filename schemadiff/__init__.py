"""schemadiff: declarative schema diffs for PostgreSQL."""

__version__ = "0.1.0"
