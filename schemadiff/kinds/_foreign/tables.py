"""What columns and checks have to know of foreign tables.

ALTER TABLE takes foreign tables for everything about columns and constraints, but for OPTIONS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._form import in_order, sql_value
from schemadiff.kinds._options import changes, options_sql, pairs, stored

if TYPE_CHECKING:
    from schemadiff.core.kind import At

FOREIGN: Final = "foreign_table"
HAVE_COLUMNS: Final = "c.relkind IN ('r', 'p', 'f')"
_REFUSED: Final = ("primary_key", "unique", "references")


def expand_options(spec: Any, at: At) -> tuple[str, ...]:
    """Give the options of a column; reports what only the other sort of table can have."""
    assert at.parent is not None
    table = at.parent.identity
    if table.kind != FOREIGN:
        if spec.foreign_options:
            message = f"{table.name} is no foreign table, so its columns have no foreign_options"
            at.fail("SD041", message, "declare it under foreign_tables", "foreign_options")
        return ()
    for key in _REFUSED:
        if (value := getattr(spec, key)) is not None and getattr(value, "enabled", True):
            message = f"{table.name} is a foreign table, which has no {key}"
            at.fail("SD041", message, "a foreign table has columns, defaults and checks", key)
    return stored(spec.foreign_options)


def read_options(options: list[str] | None) -> tuple[str, ...]:
    """Make the options of what pg_attribute holds, without secrets."""
    return stored(pairs(tuple(options))) if options else ()


def set_column_options(column: Any, old: tuple[str, ...], new: tuple[str, ...]) -> Operation:
    """ALTER COLUMN … OPTIONS."""
    table = qualified(*column.identity.path[:2])
    name = column.identity.name
    options = f"{in_order(options_sql('attfdwoptions'))} <> {sql_value(new)}"
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"ALTER FOREIGN TABLE {table} ALTER COLUMN {ident(name)} {changes(old, new)}",
        guard=Guard(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
            f"to_regclass({literal(table)}) AND attname = {literal(name)} "
            f"AND NOT attisdropped AND {options})"
        ),
    )
