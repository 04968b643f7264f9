"""The SQL of reference data: how values are compared in the type of their column, and the DML.

The surprising facts: a cast to `varchar(3)` cuts what is too long without a word, where an
assignment is an error, so no value is cast to a length; but a value is cast to `numeric(4,2)`,
which rounds as the assignment does, or it would differ for ever. And `=` of a box compares areas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from schemadiff.core.identity import Identity
from schemadiff.core.record import record
from schemadiff.core.sql import comma, ident, literal

Cell = str | None
Cells = Mapping[str, Cell]
NUMBER = "schemadiff_number"  # of a row among those that are written
_AS_GIVEN: Mapping[str, str] = {}

# Assignment to these is an error for what is too long, a cast is not (manual, 8.3 and 8.10).
_LENGTH = re.compile(r"(character varying|character|bit varying|bit)\(\d+\)")
_CHARACTERS = re.compile(r"character(?: varying)?\((\d+)\)")
_WITHOUT = {
    "character varying": "character varying",
    "character": "bpchar",
    "bit varying": "bit varying",
    "bit": '"bit"',
}
# No `=`, or one that means something else (manual, 9.11).
_AS_TEXT = frozenset({"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"})


@record(frozen=True, slots=True)
class Typed:
    """A column of the table with the type by which its values are compared.

    `opaque` is one whose values the server may not be able to compare: a composite may hold json.
    """

    name: str
    type: str
    opaque: bool = False

    @property
    def cast(self) -> str:
        """The type without what would cut a value."""
        return _LENGTH.sub(lambda found: _WITHOUT[found[1]], self.type, count=1)

    def differs(self, left: str, right: str) -> str:
        """Say that two values of the type are distinct; json counts by its content."""
        element = self.type.removesuffix("[]")
        if self.type == "json":
            return f"{left}::jsonb IS DISTINCT FROM {right}::jsonb"
        if self.opaque or element in _AS_TEXT:
            return f"{left}::text IS DISTINCT FROM {right}::text"
        return f"{left} IS DISTINCT FROM {right}"


@record(frozen=True, slots=True)
class Target:
    """The table that is written to, with the columns of its key."""

    table: Identity
    key: tuple[str, ...]
    columns: Mapping[str, Typed]
    arbiter: bool = True  # whether ON CONFLICT can be said of the key
    always: frozenset[str] = frozenset()  # identity columns that the server alone would give
    heirs: bool = False  # whether tables inherit from it, whose rows are not meant

    @property
    def only(self) -> str:
        """The table as UPDATE and DELETE name it."""
        return f"ONLY {self.table.sql}" if self.heirs else self.table.sql

    def matches(self, left: str, right: str) -> str:
        """Say that two rows have the same key."""
        return " AND ".join(f"{left}.{ident(c)} = {right}.{ident(c)}" for c in self.key)


def insert(target: Target, rows: Sequence[Cells]) -> str:
    """Insert rows in one statement, in which they may refer to one another."""
    columns = list(dict.fromkeys(c for row in rows for c in row))
    values = ",\n    ".join(
        f"({comma(_given(row[c]) if c in row else 'DEFAULT' for c in columns)})" for row in rows
    )
    overriding = "OVERRIDING SYSTEM VALUE\n" if target.always & set(columns) else ""
    sql = f"INSERT INTO {target.table.sql} ({comma(map(ident, columns))})\n{overriding}"
    sql += f"VALUES\n    {values}"
    if target.arbiter:
        sql += f"\nON CONFLICT ({comma(map(ident, target.key))}) DO NOTHING"
    return sql


def missing(target: Target, rows: Sequence[Cells]) -> str:
    """Say that one of the rows is not there."""
    keys = values(target, target.key, rows)
    return (
        f"EXISTS (SELECT FROM {keys} WHERE NOT EXISTS"
        f" (SELECT FROM {target.only} AS t WHERE {target.matches('t', 'v')}))"
    )


def update(
    target: Target,
    columns: Sequence[str],
    rows: Sequence[Cells],
    free: Sequence[str] = (),
    *,
    sets: Mapping[str, str] = _AS_GIVEN,
) -> str:
    """Update some columns of rows where they differ, and where what else is said is true.

    What is `sets` they get instead of their values; it may speak of their numbers from 1 on.
    """
    typed = [target.columns[c] for c in columns]
    given = sets or {c: f"v.{ident(c)}" for c in columns}
    said = ",\n    ".join(f"{ident(c)} = {value}" for c, value in given.items())
    source = values(target, (*target.key, *columns), rows)
    if sets:
        source = f"(SELECT *, pg_catalog.row_number() OVER () AS {NUMBER} FROM {source}) AS v"
    differs = " OR ".join(c.differs(f"t.{ident(c.name)}", f"v.{ident(c.name)}") for c in typed)
    differs = f"({differs})" if len(typed) > 1 else differs
    also = "".join(f"\n    AND {each}" for each in free)
    return (
        f"UPDATE {target.only} AS t\nSET {said}\n"
        f"FROM {source}\n"
        f"WHERE {target.matches('t', 'v')} AND {differs}"
        f"{also}"
    )


def delete(target: Target, rows: Sequence[Cells]) -> str:
    """Delete the rows of these keys, and no other."""
    keys = values(target, target.key, rows)
    return f"DELETE FROM {target.only} AS t\nUSING {keys}\nWHERE {target.matches('t', 'v')}"


def at_once(statements: Sequence[str]) -> str:
    """Have several tables written by one statement, after which their foreign keys are checked."""
    *before, last = statements
    named = ",\n".join(f"s{n} AS (\n{sql}\n)" for n, sql in enumerate(before, 1))
    return f"WITH {named}\n{last}" if named else last


def advance(table: Identity, column: str) -> str:
    """Move the counter of a column past its greatest value, or the next row would not go in."""
    name = literal(table.sql), literal(column)
    return (
        f"SELECT pg_catalog.setval(s.seqrelid::regclass, m.value)\n"
        f"FROM pg_catalog.pg_sequence AS s,"
        f" (SELECT max({ident(column)}) AS value FROM {table.sql}) AS m\n"
        f"WHERE s.seqrelid = pg_catalog.pg_get_serial_sequence({name[0]}, {name[1]})::regclass\n"
        f"    AND s.seqincrement > 0 AND m.value >= s.seqmin\n"
        f"    AND m.value > coalesce(pg_catalog.pg_sequence_last_value(s.seqrelid::regclass), 0)"
    )


def values(target: Target, columns: Sequence[str], rows: Sequence[Cells]) -> str:
    """Write rows as a relation `v` in the types of the columns."""
    typed = [target.columns[c] for c in columns]
    lines = [
        # The first row gives the columns their types; a scale is kept only where all rows have it.
        comma(
            f"{_given(row[c.name])}::{c.cast}" if not n or "(" in c.cast else _given(row[c.name])
            for c in typed
        )
        for n, row in enumerate(rows)
    ]
    values = ",\n    ".join(f"({line})" for line in lines)
    return f"(VALUES\n    {values}\n) AS v ({comma(map(ident, columns))})"


def _given(value: Cell) -> str:
    return "NULL" if value is None else literal(value)


def too_long(value: str, type_: str) -> int:
    """Give the length of a type that cannot hold a value, or 0.

    Spaces at the end would go in silence, and differ ever after, but in `character`, which does
    not count them (manual, 8.3).
    """
    found = _CHARACTERS.fullmatch(type_)
    most = int(found[1]) if found else len(value)
    kept = value.rstrip(" ") if found and "varying" not in type_ else value
    return most if len(kept) > most else 0


def array(items: Iterable[object]) -> str:
    """Write a list of YAML as the text of an array (manual, 8.15.6)."""
    return "{" + ",".join(map(_element, items)) + "}"


def _element(item: object) -> str:
    if item is None:
        return "NULL"
    if isinstance(item, list | tuple):
        return array(item)
    return '"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"'
