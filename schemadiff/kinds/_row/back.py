"""The rows of a plan read again, and the way back of rows.

The surprising fact: a query names columns, and a plan may rename them or change their types. So a
watch has a query by the names of before and one by those of after, and what changes its type is
left out of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from schemadiff.core.identity import Identity
from schemadiff.core.plan import Watch
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._row.ask import Asking
from schemadiff.kinds._row.batch import Batch, TableRow
from schemadiff.kinds._row.sql import Cells


def watched(batch: Batch, rows: Mapping[Identity, tuple[Cells, Cells]], asking: Asking) -> Batch:
    """Say how the rows of a batch are read again; `rows` gives the key and what counts of each."""
    if asking.stood and not (asking.is_there and all(map(asking.keeps, batch.target.key))):
        return batch  # made anew, or with another key: what is there cannot be told apart
    known = frozenset(n for n in asking.columns if asking.keeps(n))
    columns = tuple(tuple(sorted(known & {*counted})) for _, counted in rows.values())
    names = sorted({c for some in columns for c in some})
    keys = [{c: key[c] for c in batch.target.key} for key, _ in rows.values()]
    queries = dict.fromkeys(_queries(batch, names, keys, asking))
    watch = Watch(tuple(rows), columns, tuple(queries))
    return replace(batch, watch=watch, watched=known)


def _queries(
    batch: Batch, names: Sequence[str], keys: Sequence[Cells], asking: Asking
) -> Iterator[str]:
    target = batch.target
    values = comma(
        f"({n}, {comma(literal(v or '') for v in key.values())})" for n, key in enumerate(keys)
    )
    given = comma(("n", *(f"c{n}" for n in range(len(target.key)))))
    quoted = comma(map(literal, names))

    def query(table: str, name: Mapping[str, str]) -> str:
        live = comma(f"t.{ident(name[c])}::text" for c in names)
        same = " AND ".join(
            f"t.{ident(name[c])}::text = v.c{n}"
            if not asking.keeps(c)
            else f"t.{ident(name[c])} = v.c{n}::{target.columns[c].cast}"
            for n, c in enumerate(target.key)
        )
        return (
            f"SELECT v.n, ARRAY[{quoted}]::text[], ARRAY[{live}]::text[]"
            f" FROM (VALUES {values}) AS v ({given}) JOIN {table} AS t ON {same}"
        )

    if asking.is_there:
        names_now = {c: asking.live_column(c) for c in {*names, *target.key}}
        yield query(asking.live_table, names_now)
    yield query(target.only, {c: c for c in {*names, *target.key}})


def undone(
    current: Sequence[TableRow], desired: Sequence[TableRow]
) -> tuple[list[TableRow], list[TableRow]]:
    """Give the rows as a plan leaves them, and as they were, where that can be had again."""
    begin: list[TableRow] = []
    end: list[TableRow] = []
    backs: dict[int, Batch] = {}
    changed = {i for r in desired if r.batch for some in r.batch.updated.values() for i in some}
    for side, found in ((desired, begin), (current, end)):
        for row in side:
            batch = row.batch
            if batch is None or batch.before is None:
                continue
            back = backs.setdefault(id(batch), _back(batch, batch.before))
            cells = row.values
            if row.identity in changed:
                cells = {c: v for c, v in cells.items() if c in batch.before[row.identity]}
                if not cells:
                    continue
            found.append(replace(row, values=cells, batch=back))
    return begin, end


def _back(batch: Batch, before: Mapping[Identity, Cells]) -> Batch:
    keys, there = batch.target.key, (batch.inserted, *batch.updated.values())
    updated: dict[tuple[str, ...], dict[Identity, Cells]] = {}
    for columns, rows in batch.updated.items():
        for identity in rows:
            old = before[identity]
            kept = tuple(c for c in columns if c in old)
            if kept:
                updated.setdefault(kept, {})[identity] = old
    return replace(
        batch,
        inserted={i: before[i] for i in batch.deleted},
        updated=updated,
        deleted={i: {c: cells[c] for c in keys} for i, cells in batch.inserted.items()},
        counters=(),
        before={i: c for some in there for i, c in some.items()},
    )
