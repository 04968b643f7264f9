"""The definition of a column, as it stands in CREATE TABLE and behind ADD COLUMN."""

from __future__ import annotations

from typing import Any

from schemadiff.core.default_names import make_name
from schemadiff.core.sql import ident, lines, qualified
from schemadiff.kinds._not_null import not_null_clause
from schemadiff.kinds._options import clause


def _odd_sequence(column: Any) -> tuple[str, str] | None:
    """Give the name of the identity's sequence where it is not the one it would get anyway."""
    schema, table, name = column.identity.path
    usual = (schema, make_name(table, name, "seq"))
    return None if column.identity_sequence == usual else column.identity_sequence


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
        options.clause(column.type, _odd_sequence(column)) if options else None,
        not_null_clause(column),
        separator=" ",
    )


def printed_collation(parts: list[str]) -> str:
    """Write the name of a collation as format_type() would, from its schema and name."""
    return ident(parts[1]) if parts[0] == "pg_catalog" else qualified(*parts)
