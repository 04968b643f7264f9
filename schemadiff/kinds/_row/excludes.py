"""What exclusions say of the rows that the files list, asked before anything runs.

A key whose periods must not overlap is one as well. The surprising fact: ON CONFLICT passes over a
key that is there, but never over what an exclusion refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, Question, unasked
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._asked_rows import KEY
from schemadiff.kinds._preflight import settled, whole
from schemadiff.kinds._row.batch import ROWS, Batch
from schemadiff.kinds._row.check import changed_on_the_way
from schemadiff.kinds._row.keys import all_known, compared
from schemadiff.kinds._row.shares import WAITS, others, written
from schemadiff.kinds._row.trades import circles, now_and_then

_Element = tuple[str, str]  # a value, and the operator that must not be true of two


def excluding(batch: Batch, asking: Asking, columns: tuple[str, ...] | None) -> Iterator[Question]:
    """Ask which rows another one excludes: of those that get these columns, or the new ones."""
    desired, table = asking.context.desired, batch.target.table
    if changed_on_the_way(batch.requires, desired):
        return
    for identity in sorted(desired.children.get(table, ())):
        obj: Any = desired.objects[identity]
        elements = _elements(obj, table, asking)
        used = _used(obj, asking) if elements else []
        if not elements or (columns is not None and set(columns).isdisjoint(used)):
            continue
        if columns is None and not all_known(used, batch, asking):
            continue
        yield settled(_question(obj, elements, used, columns, (batch, asking)), obj, asking)
        touching = [c for c in batch.updated if not set(c).isdisjoint(used)]
        if touching[:1] == [columns] and not obj.deferrable:
            edges = _edges(obj, elements, used, touching, (batch, asking))
            for question in circles(obj, edges, batch, longest=2):
                yield settled(question, obj, asking)


def _elements(obj: Any, table: Identity, asking: Asking) -> list[_Element]:
    """Give what must not meet; nothing for what is no exclusion."""
    if getattr(obj, "without_overlaps", False):
        *keys, period = map(ident, obj.columns)
        return [*((key, "=") for key in keys), (period, "&&")]
    if obj.identity.kind != "exclusion":
        return []
    return [(compared(e.key, table, asking)[1], e.operator) for e in obj.elements]


def _used(obj: Any, asking: Asking) -> list[str]:
    if obj.identity.kind != "exclusion":
        return [*obj.columns]
    words = names(obj.where or "").union(*(names(e.key.text) for e in obj.elements))
    return [c for c in whole(obj, asking) if c in words]


def _question(
    obj: Any,
    elements: Sequence[_Element],
    used: list[str],
    columns: tuple[str, ...] | None,
    where: tuple[Batch, Asking],
) -> Question:
    batch, _ = where
    subject = Identity(ROWS, batch.target.table.path)
    text = f"rows of the files that others exclude by {obj.identity}"
    if obj.deferrable and (batch.updated or batch.deleted):
        return unasked(Question(subject=subject, meaning=Meaning.FAILS, text=text), WAITS)
    said = comma(f"({value}) AS k{n}" for n, (value, _) in enumerate(elements))
    having = f" WHERE ({obj.where})" if getattr(obj, "where", None) else ""
    new = f"SELECT {said}, {KEY} FROM {written(used, columns, where)}{having}"
    sides = [f"SELECT {said}, NULL AS {KEY} FROM {s}{having}" for s in others(used, columns, where)]
    meets = " AND ".join(f"(a.k{n} {operator} b.k{n})" for n, (_, operator) in enumerate(elements))
    source = (
        f"({new}) AS a WHERE EXISTS (SELECT FROM ({' UNION ALL '.join([new, *sides])}) AS b"
        f" WHERE a.{KEY} IS DISTINCT FROM b.{KEY} AND {meets})"
    )
    return Question(
        subject=subject,
        meaning=Meaning.FAILS,
        text=text,
        count=f"SELECT pg_catalog.count(*) FROM {source}",
        examples=f"SELECT a.{KEY} FROM {source} LIMIT 5",
    )


def _edges(
    obj: Any,
    elements: Sequence[_Element],
    used: list[str],
    touching: list[tuple[str, ...]],
    where: tuple[Batch, Asking],
) -> str:
    """Write which row `a` meets what row `b` has now: row by row, as the server looks at them."""
    said = comma(f"({value}) AS k{n}" for n, (value, _) in enumerate(elements))
    sides = now_and_then(f"{said}, {KEY}", obj, used, touching, where)
    then, now = (" UNION ALL ".join(f"SELECT {each}" for each in side) for side in sides)
    meets = " AND ".join(f"(t.k{n} {operator} n.k{n})" for n, (_, operator) in enumerate(elements))
    return (
        f"SELECT t.{KEY} AS a, n.{KEY} AS b FROM ({then}) AS t"
        f" JOIN ({now}) AS n ON t.{KEY} <> n.{KEY} AND {meets}"
    )
