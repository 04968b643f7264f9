"""What a table says of its rows: `rows`, `rows_key`, `rows_exact`, checked against the table.

Every scalar of YAML is text here, and the type of the column gives it its meaning, as in a COPY.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.core.sql import ident
from schemadiff.kinds._row.sql import array, too_long

MOST: Final = 10_000
COPY_HINT: Final = (
    "`rows:` is for lookup tables; load more with psql: \\copy TABLE FROM 'FILE' (FORMAT csv)"
)


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        raise ValueError(
            "a value is a constant, not a mapping\nhint: write JSON as text in quotes; an "
            "expression belongs into the column's `default:`"
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


_SCALAR: Final = {"type": ["string", "number", "boolean", "null"]}
Value = Annotated[
    Any,
    BeforeValidator(_value),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array"}]}),
]
SpecRow = dict[str, Value]


class RowsSaid(NamedTuple):
    """The three keys of a table."""

    rows: tuple[SpecRow, ...]
    key: tuple[str, ...]
    exact: bool


@record(frozen=True, slots=True)
class Rows(DbObject):
    """The rows of one table, each with the columns that it gives; `exact`: and no others."""

    key: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str | None], ...], ...]
    exact: bool = False
    named_key: bool = field(default=False, compare=False)  # it is not the primary key
    bare: frozenset[str] = field(default=frozenset(), compare=False)  # of numbers and truth values

    @property
    def table(self) -> Identity:
        """The table."""
        return Identity("table", self.identity.path)

    @property
    def parent(self) -> Identity:
        """The table."""
        return self.table


def too_many(table: Identity, place: Place | None) -> Diagnostic:
    """Say that it is no lookup table."""
    message = f"{table} has more than {MOST:,} rows under `rows:`"
    return Diagnostic(code="SD184", message=message, hint=COPY_HINT, place=place)


def columns_of(table: Identity, catalog: Catalog) -> dict[str, Any]:
    """Give the columns of a table, those of the tables that it inherits from first."""
    return _columns(table, catalog.get, lambda i: _children(i, catalog))


def _children(table: Identity, catalog: Catalog) -> list[DbObject]:
    children = catalog.children.get(table, ())
    return [catalog.objects[c] for c in children if c.kind == "column"]


def _columns(table: Identity, get: Any, children: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    obj = get(table)
    for above in getattr(obj, "inherits", ()) if obj is not None else ():
        found |= _columns(Identity("table", above), get, children)
    found.update((c.identity.name, c) for c in children(table))
    return found


def read_rows(said: RowsSaid, at: At) -> Rows | None:
    """Check what a table says; None where something is wrong, which is reported with its place."""
    table = at.parent
    assert table is not None
    if getattr(table, "partition_of", None):
        hint = "put the rows on the partitioned table"
        at.fail(
            "SD180", f"{table.identity} is a partition and has no rows of its own", hint, "rows"
        )
        return None
    columns = _columns(table.identity, at.sibling, lambda i: at.siblings(i, "column"))
    if len(said.rows) > MOST:
        at.fail("SD184", f"{table.identity} has more than {MOST:,} rows", COPY_HINT, "rows")
        return None
    keys = list(_keys(columns, lambda kind: at.siblings(table.identity, kind)))
    key, named = _key(said, keys, at)
    if key is None:
        return None
    checked = _Checked(at, table.identity, columns, key)
    rows = [checked.row(n, row) for n, row in enumerate(said.rows)]
    checked.repeated(rows)
    if checked.wrong:
        return None
    found = tuple(tuple(row.items()) for row in rows)
    return Rows(Identity("rows", table.identity.path), key, found, said.exact, named)


def keys_of(table: Identity, catalog: Catalog) -> list[tuple[str, ...]]:
    """Give the unique keys of a table that hold no nulls, the primary key first."""
    children = [catalog.objects[c] for c in catalog.children.get(table, ())]

    def siblings(kind: str) -> list[DbObject]:
        return [c for c in children if c.identity.kind == kind]

    return list(_keys(columns_of(table, catalog), siblings))


def _keys(
    columns: Mapping[str, Any], siblings: Callable[[str], Iterable[DbObject]]
) -> Iterator[tuple[str, ...]]:
    """Give the unique keys that hold no nulls, the primary key first."""
    primary: frozenset[str] = frozenset()
    bare = {ident(c): c for c in columns}
    for kind in ("primary_key", "unique", "index"):
        for obj in siblings(kind):
            given: Any = obj
            if getattr(given, "without_overlaps", False):
                continue
            names = given.columns
            if kind == "index":
                if not given.unique or given.where or any(c.is_expression for c in names):
                    continue
                names = tuple(bare.get(c.text, c.text) for c in names)
            if kind == "primary_key":
                primary = frozenset(names)
            if all(c in primary or (c in columns and columns[c].not_null) for c in names):
                yield names


def _key(
    said: RowsSaid, keys: list[tuple[str, ...]], at: At
) -> tuple[tuple[str, ...] | None, bool]:
    assert at.parent is not None
    table = at.parent.identity
    listed = ", ".join(f"[{', '.join(k)}]" for k in keys)
    if said.key:
        fitting = [k for k in keys if sorted(k) == sorted(said.key)]
        if fitting:
            return said.key, True
        message = f"{table}: rows_key is no unique key without nulls"
        hint = f"there are: {listed}" if keys else "add a unique constraint on columns not null"
        at.fail("SD181", message, hint, "rows_key")
        return None, False
    primary = at.siblings(table, "primary_key")
    if primary:
        return tuple(getattr(primary[0], "columns", ())), False
    message = f"{table} has no primary key by which its rows could be told apart"
    hint = f"name a unique key, rows_key: {listed}" if keys else "add a primary key"
    at.fail("SD181", message, hint, "rows")
    return None, False


class _Checked:
    """The rows of one table under their columns."""

    def __init__(
        self, at: At, table: Identity, columns: Mapping[str, Any], key: tuple[str, ...]
    ) -> None:
        self.at = at
        self.table = table
        self.columns = columns
        self.key = key
        self.wrong = False

    def fail(self, code: str, message: str, hint: str, *keys: str | int) -> None:
        """Report a mistake in a row."""
        self.wrong = True
        self.at.fail(code, f"{self.table}: {message}", hint, "rows", *keys)

    def row(self, number: int, row: SpecRow) -> dict[str, str | None]:
        """Check one row, and give its values as text."""
        for column in self.key:
            if row.get(column) is None:
                what = "null" if column in row else "missing"
                hint = f"give {column} a value: it is of the key"
                self.fail("SD182", f"{column} is {what} in a row", hint, number, column)
        return {c: self.cell(number, c, v) for c, v in row.items()}

    def cell(self, number: int, name: str, value: Any) -> str | None:
        """Check one value."""
        column = self.columns.get(name)
        if column is None:
            hint = f"its columns: {', '.join(self.columns)}"
            self.fail("SD185", f"there is no column {name}", hint, number, name)
        elif column.generated is not None:
            hint = "leave it out: the server makes its values"
            self.fail("SD186", f"column {name} is generated", hint, number, name)
        elif isinstance(value, list | tuple):
            if not column.type.endswith("[]"):
                hint = "only arrays are lists; write JSON as text in quotes"
                self.fail("SD188", f"column {name} is no array", hint, number, name)
            value = array(value)
        elif value is None and column.not_null and name not in self.key:
            hint = "give it a value, or leave it out for the default"
            self.fail("SD182", f"{name} is null in a row, and is not null", hint, number, name)
        elif isinstance(value, str) and (most := too_long(value, column.type)):
            message = f"a value of {name} is longer than {most} characters"
            self.fail("SD188", message, f"its type is {column.type}", number, name)
        return value if isinstance(value, str) else None

    def repeated(self, rows: list[dict[str, str | None]]) -> None:
        """Find rows with one key; what only the server takes for the same it says itself."""
        seen: dict[tuple[str | None, ...], int] = {}
        for number, row in enumerate(rows):
            key = tuple(row.get(c) for c in self.key)
            if None in key:
                continue
            first = seen.setdefault(key, number)
            if first != number:
                message = f"this row has the same key as row {first + 1}"
                self.fail("SD183", message, "keep one of them", number)
