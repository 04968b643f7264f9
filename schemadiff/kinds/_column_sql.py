"""The definition of a column, as it stands in CREATE TABLE and behind ADD COLUMN."""

from __future__ import annotations

from typing import Any

from schemadiff.core.sql import ident, lines, qualified
from schemadiff.kinds._identity_options import identity_clause
from schemadiff.kinds._not_null import not_null_clause
from schemadiff.kinds._options import clause


def definition(column: Any, *, probed: bool = False) -> str:
    """Write name, type and what belongs to the column alone; a probe has no identity."""
    generated = None
    if column.generated is not None:
        how = "VIRTUAL" if column.virtual else "STORED"
        generated = f"GENERATED ALWAYS AS ({column.generated}) {how}"
    options = None if probed else column.identity_options
    return lines(
        ident(column.identity.name),
        column.type,
        None if probed else clause(column.foreign_options).strip(),
        f"COLLATE {column.collation}" if column.collation else None,
        generated,
        identity_clause(column) if options else None,
        not_null_clause(column),
        separator=" ",
    )


def printed_collation(parts: list[str]) -> str:
    """Write the name of a collation as format_type() would, from its schema and name."""
    return ident(parts[1]) if parts[0] == "pg_catalog" else qualified(*parts)
