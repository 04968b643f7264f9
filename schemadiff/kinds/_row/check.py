"""What the checks of a table say of the rows that the files list, asked before anything runs.

A new row is what is given and the defaults of the rest; a row that is there is what it is, with
the values that it gets. Where a trigger or a rule may change it on its way nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._preflight import whole
from schemadiff.kinds._row.absent import not_there
from schemadiff.kinds._row.batch import ROWS, Batch
from schemadiff.kinds._row.sql import Cells, Target, values

_KEY = "schemadiff_key"


def breaking(batch: Batch, asking: Asking, columns: tuple[str, ...] | None) -> Iterable[Question]:
    """Ask which rows a check refuses: of those that get these columns, or of the new ones."""
    rows = batch.inserted if columns is None else batch.updated[columns]
    desired = asking.context.desired
    if changed_on_the_way(batch.requires, desired):
        return
    for each in desired.children.get(batch.target.table, ()):
        check: Any = desired.objects[each]
        if each.kind != "check" or not check.enforced:
            continue
        used = whole(check, asking)
        fresh = asking.context.current.get(each) != check
        if columns is None or fresh or not set(columns).isdisjoint(used):
            source = to_be(batch.target, rows.values(), used, columns, asking)
            yield Question(
                subject=Identity(ROWS, batch.target.table.path),
                meaning=Meaning.FAILS,
                text=f"rows of the files that violate {each}",
                count=f"SELECT pg_catalog.count(*) FROM {source} WHERE NOT ({check.expression})",
                examples=f"SELECT {_KEY} FROM {source} WHERE NOT ({check.expression}) LIMIT 5",
            )


def changed_on_the_way(needed: Iterable[Identity], catalog: Catalog) -> bool:
    """Tell whether a trigger or a rule of a table or of its partitions may change a row."""
    tables = (i for i in needed if i.kind == "table")
    return any(i.kind in ("trigger", "rule") for t in tables for i in catalog.children.get(t, ()))


def to_be(
    target: Target,
    rows: Iterable[Cells],
    used: list[str],
    columns: tuple[str, ...] | None,
    asking: Asking,
    *,
    absent: bool = False,
) -> str:
    """Write the rows as they are to be, under the name of their table; or those `absent` alone."""
    alike: dict[tuple[str, ...], list[Cells]] = {}
    for row in rows:
        alike.setdefault(tuple(row) if columns is None else (*target.key, *columns), []).append(row)
    there = f" WHERE {not_there(target, asking)}" if absent else ""
    if columns is not None:
        live = Rows(target.table, asking, only=target.heirs).source([*target.key, *used])
        there = f" JOIN {live} ON {target.matches(ident(target.table.name), 'v')}"
    key = comma(f"{literal(c)}, v.{ident(c)}::text" for c in target.key)
    found = []
    for given, some in alike.items():
        shown = [
            f"{_value(c, target, given, asking, there=columns is not None)} AS {ident(c)}"
            for c in used
        ]
        said = comma([*shown, f"ARRAY[{key}]::text[] AS {_KEY}"])
        found.append(f"SELECT {said} FROM {values(target, given, some)}{there}")
    return f"({' UNION ALL '.join(found)}) AS {ident(target.table.name)}"


def _value(
    column: str, target: Target, given: tuple[str, ...], asking: Asking, *, there: bool
) -> str:
    """Write what a column is to be: the value that is given, that is there, or the default."""
    if column in given:
        return f"v.{ident(column)}"
    if there:
        return f"{ident(target.table.name)}.{ident(column)}"
    default: Any = asking.context.desired.get(Identity("default", (*target.table.path, column)))
    value = "NULL" if default is None else f"({default.expression})"
    return f"{value}::{target.columns[column].type}"
