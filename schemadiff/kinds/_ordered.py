"""Types whose values have an order, which a key needs: known of most, asked of the others.

The surprising fact: a key takes rows of whatever fields, and arrays of whatever elements, and fails
when it compares two of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.kinds._new_value import domains
from schemadiff.kinds._row.type import COMPOSITE, ROWS

_USUAL: Final = ("smallint", "integer", "bigint", "text", "uuid", "date", "timestamp", "character")


def ordering(table: tuple[str, ...], columns: Iterable[str], catalog: Catalog) -> Iterator[str]:
    """Give a query for each column of an unusual type that only an ordered one makes possible."""
    for name in columns:
        column: Any = catalog.get(Identity("column", (*table, name)))
        type_ = column.type if column is not None else _USUAL[0]
        if type_.startswith(_USUAL) or _is_array(type_, catalog):
            continue
        if not _has_fields(column, catalog):
            yield f"SELECT FROM (VALUES (NULL::{type_})) AS v (x) ORDER BY x LIMIT 0"


def _is_array(type_: str, catalog: Catalog) -> bool:
    return any(t.endswith("]") for t in (type_, *(d.type for d in domains(type_, catalog))))


def _has_fields(column: Any, catalog: Catalog) -> bool:
    rests = catalog.depends_on(column.identity) - {column.parent}
    return any(each.kind in (*ROWS, COMPOSITE) for each in rests)
