"""What keys say of the rows that the files list, asked before anything runs.

Where new rows go in before others get other values, what is there stands in their way as it is.
The surprising fact: ON CONFLICT passes over the key that it names alone; any other one is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, Question, unasked
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._preflight import settled
from schemadiff.kinds._row.batch import ROWS, Batch
from schemadiff.kinds._row.check import to_be
from schemadiff.kinds._row.keys import all_known, compared, keys_of, used_by
from schemadiff.kinds._row.sql import Cells, values
from schemadiff.kinds._row.turns import turns

WAITS = "it may wait until other rows have changed"


def sharing(batch: Batch, asking: Asking, columns: tuple[str, ...] | None) -> Iterator[Question]:
    """Ask which rows share a key with another: of those that get these columns, or the new ones."""
    for key in keys_of(batch, asking):
        used = used_by(key, asking)
        if columns is None:
            if sorted(used) == sorted(batch.target.key) or not all_known(used, batch, asking):
                continue
        elif set(columns).isdisjoint(used):
            continue
        yield settled(_question(key, used, columns, (batch, asking)), key, asking)


def _question(
    key: Any,
    used: list[str],
    columns: tuple[str, ...] | None,
    where: tuple[Batch, Asking],
) -> Question:
    batch, asking = where
    question = Question(
        subject=Identity(ROWS, batch.target.table.path),
        meaning=Meaning.FAILS,
        text=f"rows of the files that share a key of {key.identity}",
    )
    if getattr(key, "deferrable", False) and (batch.updated or batch.deleted):
        return unasked(question, WAITS)
    said = [compared(each, batch.target.table, asking) for each in key.columns]
    called = [f"k{n}" for n in range(1, len(said) + 1)]
    keys = comma(f"({k}) AS {n}" for (_, k), n in zip(said, called, strict=True))
    having = f" WHERE ({key.where})" if getattr(key, "where", None) else ""
    sides = [f"SELECT {keys}, 1 AS c FROM {written(used, columns, where)}{having}"]
    sides += [f"SELECT {keys}, 0 FROM {each}{having}" for each in others(used, columns, where)]
    nulls = getattr(key, "nulls_not_distinct", False)
    full = "true" if nulls else " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in called)
    groups = f"FROM ({' UNION ALL '.join(sides)}) AS u WHERE {full} GROUP BY {comma(called)}"
    groups += " HAVING pg_catalog.count(*) > 1 AND pg_catalog.max(c) = 1"
    shown = comma(f"{literal(t)}, {n}::text" for (t, _), n in zip(said, called, strict=True))
    return Question(
        subject=question.subject,
        meaning=question.meaning,
        text=question.text,
        count="SELECT coalesce(pg_catalog.sum(n), 0) FROM "
        f"(SELECT pg_catalog.sum(c) AS n {groups}) AS g",
        examples=f"SELECT ARRAY[{shown}]::text[] {groups} LIMIT 5",
    )


def written(used: list[str], columns: tuple[str, ...] | None, where: tuple[Batch, Asking]) -> str:
    """Give the rows that get these columns, or the new ones, as they are to be.

    A new row whose key is there is passed over, whatever else it would be in the way of.
    """
    batch, asking = where
    rows = batch.inserted if columns is None else batch.updated[columns]
    return to_be(batch.target, rows.values(), used, columns, asking, absent=columns is None)


def others(
    used: list[str], columns: tuple[str, ...] | None, where: tuple[Batch, Asking]
) -> Iterator[str]:
    """Give the rows that are in the way: those that are there, but for what gets other values."""
    batch, asking = where
    target, name = batch.target, ident(batch.target.table.name)
    live = Rows(target.table, asking, only=target.heirs)
    source = live.source([*target.key, *used])
    order = turns(batch, asking.context)
    first: list[Cells] = [*batch.deleted.values()] if order.deletes_first else []
    changed: list[Cells] = [row for rows in batch.updated.values() for row in rows.values()]
    if columns is None:  # what is there by now, from a run before, stays as it is
        if order.updates_first:
            first += [r for c in batch.updated if {*c} & {*used} for r in batch.updated[c].values()]
        changed = [*batch.inserted.values()]
    changed += first
    listed = values(target, target.key, [{c: row[c] for c in target.key} for row in changed])
    apart = f"NOT EXISTS (SELECT FROM {listed} WHERE {target.matches(name, 'v')})"
    yield f"(SELECT * FROM {source} WHERE {apart}) AS {name}"
    if batch.inserted and columns is not None:
        yield written(used, None, where)
