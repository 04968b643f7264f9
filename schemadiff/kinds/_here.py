"""Statements about the database in which they run, whatever its name is.

The surprising fact: ALTER DATABASE and COMMENT ON DATABASE take a name and nothing else. The same
files are for databases of many names, so the name is looked up while the statement runs.
"""

from __future__ import annotations

from schemadiff.core.sql import dollar, literal

HERE = "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"


def here(before: str, after: str) -> str:
    """Make a DO block of a statement that has the database's name between two texts."""
    text = f"{before.replace('%', '%%')} %I {after.replace('%', '%%')}"
    body = f" BEGIN EXECUTE pg_catalog.format({literal(text)}, pg_catalog.current_database()); END "
    return f"DO {dollar(body, 'here')}"
