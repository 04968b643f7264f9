"""Rows that get each other's unique values: what the files list, asked before anything runs.

The surprising fact: a key that is not deferrable is looked at row by row (manual, SET
CONSTRAINTS), so that the first row of a circle meets the value that another one still has. Where
a row gets the value that another one gives up for a new one, it depends on which comes first,
unless they are changed in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._asked_rows import KEY, Rows
from schemadiff.kinds._preflight import settled
from schemadiff.kinds._row.batch import ROWS, Batch
from schemadiff.kinds._row.check import to_be
from schemadiff.kinds._row.keys import compared, keys_of, used_by
from schemadiff.kinds._row.parked import parkable
from schemadiff.kinds._row.sql import values
from schemadiff.kinds._row.turns import turns

_LONGEST = 16  # rows of a circle: each is one more step for every row
_FIRST = "it depends on which of the rows the server changes first"
_Columns = tuple[str, ...]


def trading(batch: Batch, asking: Asking, columns: _Columns) -> Iterator[Question]:
    """Ask which rows get the value of a row that gets another one, for each key once."""
    for key in keys_of(batch, asking):
        if getattr(key, "deferrable", False):
            continue
        used = used_by(key, asking)
        touching = [c for c in batch.updated if not set(c).isdisjoint(used)]
        if touching[:1] == [columns]:
            edges = _edges(key, used, touching, (batch, asking))
            found = [*circles(key, edges, batch, longest=_LONGEST)]
            in_turn = set(touching) <= {*turns(batch, asking.context).together}
            if in_turn:
                found = [] if parkable(key, touching, batch, asking.context) else found[:1]
            for question in found:
                yield settled(question, key, asking)


def circles(key: Any, edges: str, batch: Batch, *, longest: int) -> Iterator[Question]:
    """Ask for the rows `a` that come to what a row `b` has now, and for the circles of them."""
    table = Identity(ROWS, batch.target.table.path)
    named = f"{key.identity}{', which is not deferrable' if hasattr(key, 'deferrable') else ''}"
    circle = (
        f"WITH RECURSIVE e AS MATERIALIZED ({edges}), w AS"
        f" (SELECT a, b, 1 AS n FROM e UNION ALL SELECT w.a, e.b, w.n + 1 FROM w JOIN e"
        f" ON e.a = w.b WHERE w.b <> w.a AND w.n < {longest})"
    )
    lone = "FROM e WHERE NOT EXISTS (SELECT FROM w WHERE w.a = e.a AND w.a = w.b)"
    for source, text, guess in (
        ("FROM w WHERE a = b", f"rows of the files that trade values of {named}", ""),
        (lone, f"rows of the files that get another one's value of {named}", _FIRST),
    ):
        yield Question(
            subject=table,
            meaning=Meaning.FAILS,
            text=text,
            count=f"{circle} SELECT pg_catalog.count(DISTINCT a) {source}",
            examples=f"{circle} SELECT DISTINCT a {source} ORDER BY a LIMIT 5",
            guess=guess,
        )


def now_and_then(
    said: str, key: Any, used: list[str], touching: list[_Columns], where: tuple[Batch, Asking]
) -> tuple[list[str], list[str]]:
    """Write the rows that get other values, as they are to be and as they are."""
    batch, asking = where
    target, name = batch.target, ident(batch.target.table.name)
    having = f" WHERE ({key.where})" if getattr(key, "where", None) else ""
    live = Rows(target.table, asking, only=target.heirs).source([*target.key, *used])
    shown = comma(f"{literal(c)}, {name}.{ident(c)}::text" for c in target.key)
    then, now = list[str](), list[str]()
    for columns in touching:
        rows = batch.updated[columns].values()
        listed = values(target, target.key, [{c: row[c] for c in target.key} for row in rows])
        there = f"EXISTS (SELECT FROM {listed} WHERE {target.matches(name, 'v')})"
        was = f"(SELECT {comma(map(ident, used))}, ARRAY[{shown}]::text[] AS {KEY}"
        was += f" FROM {live} WHERE {there}) AS {name}"
        then.append(f"{said} FROM {to_be(target, rows, used, columns, asking)}{having}")
        now.append(f"{said} FROM {was}{having}")
    return then, now


def _edges(key: Any, used: list[str], touching: list[_Columns], where: tuple[Batch, Asking]) -> str:
    """Write which row `a` gets the value that row `b` has now."""
    table, asking = where[0].target.table, where[1]
    called = [f"k{n}" for n in range(len(key.columns))]
    said = comma(
        f"({compared(each, table, asking)[1]}) AS {n}"
        for each, n in zip(key.columns, called, strict=True)
    )
    then, now = now_and_then(f"{said}, {KEY}", key, used, touching, where)
    sides = [f"SELECT 1 AS c, {each}" for each in then] + [f"SELECT 0, {each}" for each in now]
    nulls = getattr(key, "nulls_not_distinct", False)
    full = "true" if nulls else " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in called)
    a, b = (f"pg_catalog.min({KEY}) FILTER (WHERE c = {c})" for c in (1, 0))
    return (
        f"SELECT {a} AS a, {b} AS b FROM ({' UNION ALL '.join(sides)}) AS u WHERE {full}"
        f" GROUP BY {comma(called)} HAVING {a} <> {b}"
    )
