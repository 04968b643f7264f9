"""The SQL of questions to rows: a table as it is, with the names and types that it will have.

Expressions of the desired state speak of columns by their new names, so the rows are put in a
subquery that says them so. A new column stands in it with its default, a column that gets another
type with the conversion. What the server then refuses to understand is "not checked".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, PreflightKind, Question
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._index.parts import joining
from schemadiff.kinds._type_change import type_change

SHOWN = 5
KEY = "schemadiff_key"
_ROW = "schemadiff_row"


class Rows:
    """The rows of one table, as they are now, under the names of the desired state."""

    def __init__(self, table: Identity, asking: Asking, *, only: bool = False) -> None:
        """Take a table by its new name."""
        self.table, self.asking, self.only = table, asking, only
        self.context = asking.context

    @property
    def there(self) -> bool:
        """Tell whether the table has any rows that can be asked."""
        return self.table in self.context.current and self.table.kind != FOREIGN

    def source(self, columns: Iterable[str], *, as_is: bool = False) -> str:
        """Write the subquery with these columns, the key of a row and its place."""
        said = [f"{self._column(c, as_is=as_is)} AS {ident(c)}" for c in dict.fromkeys(columns)]
        name = ident(self.table.name)
        if not self.there:
            return f"(SELECT {comma([*said, f'NULL::text[] AS {KEY}'])} WHERE false) AS {name}"
        said.append(f"{self._key()} AS {KEY}")
        said.append(f"ROW(t.tableoid, t.ctid) AS {_ROW}")
        only = "ONLY " if self.only else ""
        return (
            f"(SELECT {comma(said)} FROM {only}{self.asking.live(self.table).sql} AS t) AS {name}"
        )

    def _column(self, name: str, *, as_is: bool) -> str:
        identity = Identity("column", (*self.table.path, name))
        old: Any = self.context.current.get(identity)
        new: Any = self.context.desired.get(identity)
        here = f"t.{ident(self.asking.live(identity).name)}"
        if self.there and (old is not None or new is None):  # inherited columns are no objects
            if as_is or old is None or new is None:
                return here
            if old.type == new.type:
                other = new.collation if old.collation != new.collation else None
                return f"{here} COLLATE {other}" if other else here
            return cast(here, old, new)
        if new is None:
            return here
        default: Any = self.context.desired.get(Identity("default", identity.path))
        value = f"({default.expression})" if default is not None and self.there else "NULL"
        return f"{value}::{new.type}"

    def _key(self) -> str:
        """Write the names and values of the primary key, else where the row lies."""
        for child in self.context.current.children.get(self.table, ()):
            if child.kind == "primary_key":
                columns = getattr(self.context.current.objects[child], "columns", ())
                return pairs(
                    "t", (self.asking.live(Identity("column", (*self.table.path, c))).name
                          for c in columns)
                )  # fmt: skip
        return "ARRAY['row', t.tableoid::pg_catalog.regclass::text || ' ' || t.ctid::text]"

    def question(
        self, subject: Identity, meaning: Meaning, text: str, where: str, source: str
    ) -> Question:
        """Ask for the rows of a source for which a condition is true."""
        return Question(
            subject=subject,
            meaning=meaning,
            text=text,
            count=f"SELECT pg_catalog.count(*) FROM {source} WHERE {where}",
            examples=f"SELECT {KEY} FROM {source} WHERE {where} LIMIT {SHOWN}",
            tables=(self.table,),
        )


def pairs(alias: str, names: Iterable[str]) -> str:
    """Write an array of names and values."""
    return f"ARRAY[{comma(f'{literal(n)}, {alias}.{ident(n)}::text' for n in names)}]::text[]"


def cast(value: str, old: Any, new: Any) -> str:
    """Write the conversion of a column's value as ALTER COLUMN … TYPE does it."""
    steps = type_change(old.type, new.type).using or (new.type,)
    return f"({'::'.join((value, *steps))})"


def used(obj: Any, asking: Asking) -> list[str]:
    """Name the columns of its table that an object of the desired state rests on."""
    table, desired = obj.parent, asking.context.desired
    return sorted(
        i.path[2]
        for i in desired.depends_on(obj.identity)
        if i.kind == "column" and i.path[:2] == table.path
    )


def whole(obj: Any, asking: Asking) -> list[str]:
    """Name the columns that an expression may speak of: what is known, else all."""
    if found := used(obj, asking):
        return found
    desired = asking.context.desired
    return [i.path[2] for i in desired.children.get(obj.parent, ()) if i.kind == "column"]


def checked(obj: Any, expression: str, asking: Asking, *, only: bool) -> Iterable[Question]:
    """Ask for the rows for which a check is false; NULL passes (manual, 5.5.1)."""
    rows = Rows(obj.parent, asking, only=only)
    if rows.there:
        text = f"rows of {rows.table.sql} that violate {obj.identity}"
        yield rows.question(
            obj.identity, Meaning.FAILS, text, f"NOT ({expression})",
            rows.source(whole(obj, asking)),
        )  # fmt: skip


def unique(
    obj: Any, keys: Sequence[str], columns: Iterable[str], asking: Asking, *, nulls: bool,
    where: str | None = None,
) -> Iterable[Question]:  # fmt: skip
    """Ask for the rows that share a key; GROUP BY compares as the default operator class does."""
    rows = Rows(obj.parent, asking)
    if not rows.there:
        return
    names = [f"k{n}" for n in range(1, len(keys) + 1)]
    shown = comma(f"{literal(k)}, {n}::text" for k, n in zip(keys, names, strict=True))
    said = comma(f"({k}) AS {n}" for k, n in zip(keys, names, strict=True))
    condition = f" WHERE ({where})" if where else ""
    inner = f"(SELECT {said} FROM {rows.source(columns)}{condition}) AS k"
    full = "true" if nulls else " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in names)
    groups = f"FROM {inner} WHERE {full} GROUP BY {comma(names)} HAVING pg_catalog.count(*) > 1"
    yield Question(
        subject=obj.identity,
        meaning=Meaning.FAILS,
        text=f"rows of {rows.table.sql} that share a key of {obj.identity}",
        count=f"SELECT coalesce(pg_catalog.sum(n), 0) FROM "
        f"(SELECT pg_catalog.count(*) AS n {groups}) AS g",
        examples=f"SELECT ARRAY[{shown}]::text[] {groups} LIMIT {SHOWN}",
        tables=(rows.table,),
    )


def excluded(obj: Any, elements: Sequence[tuple[str, str]], asking: Asking) -> Iterable[Question]:
    """Ask for the rows of which another row stands in the way: (key, operator) for each."""
    rows = Rows(obj.parent, asking)
    if not rows.there:
        return
    said = comma(f"({k}) AS k{n}" for n, (k, _) in enumerate(elements))
    condition = f" WHERE ({obj.where})" if getattr(obj, "where", None) else ""
    keyed = f"(SELECT {said}, {KEY}, {_ROW} FROM {rows.source(whole(obj, asking))}{condition})"
    meets = " AND ".join(f"(a.k{n} {op} b.k{n})" for n, (_, op) in enumerate(elements))
    source = f"{keyed} AS a"
    where = f"EXISTS (SELECT FROM {keyed} AS b WHERE a.{_ROW} <> b.{_ROW} AND {meets})"
    text = f"rows of {rows.table.sql} that exclude each other by {obj.identity}"
    yield rows.question(obj.identity, Meaning.FAILS, text, where, source)


def referring(key: Any, asking: Asking) -> Iterable[Question]:
    """Ask for the rows that refer to nothing.

    Both sides are grouped together: that compares by the types themselves, while `=` is looked up
    by its name and may be that of another type.
    """
    rows, target = Rows(key.parent, asking), Identity("table", key.target)
    if not rows.there:
        return
    names = [f"k{n}" for n in range(len(key.columns))]
    mine = comma(f"{ident(c)} AS {n}" for c, n in zip(key.columns, names, strict=True))
    others = comma(map(ident, key.target_columns))
    # Of a table that becomes a partition the rows are among those of the whole by then.
    tables = (target, *joining(target, asking.context))
    there = [Rows(t, asking).source(key.target_columns) for t in tables]
    every = " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in names)
    some = " OR ".join(f"{n} IS DISTINCT FROM NULL" for n in names)
    counts = every if not key.full else f"({some})"
    sides = [f"SELECT {mine}, {KEY}, 1 AS c FROM {rows.source(key.columns)}"]
    sides += [f"SELECT {others}, NULL, 0 FROM {each}" for each in there]
    both = f"({' UNION ALL '.join(sides)}) AS u"
    groups = f"FROM {both} WHERE {counts} GROUP BY {comma(names)}"
    groups += f" HAVING pg_catalog.min(c) = 1 OR (pg_catalog.max(c) = 1 AND NOT ({every}))"
    label = comma(f"{literal(c)}, {n}::text" for c, n in zip(key.columns, names, strict=True))
    count = (
        f"SELECT coalesce(pg_catalog.sum(n), 0) FROM (SELECT pg_catalog.sum(c) AS n {groups}) AS g"
    )
    if key.period:
        groups = _uncovered(both, names)
        count = f"SELECT pg_catalog.count(*) {groups}"
    yield Question(
        subject=key.identity,
        meaning=Meaning.FAILS,
        text=f"rows of {rows.table.sql} that refer to nothing in {target.sql}",
        count=count,
        examples=f"SELECT ARRAY[{label}]::text[] {groups} LIMIT {SHOWN}",
        tables=(rows.table, *tables),
    )


def _uncovered(both: str, names: Sequence[str]) -> str:
    """Give the rows of `both` sides whose period no referenced ones cover, taken together.

    An empty period is covered by nothing (manual, CREATE TABLE, REFERENCES).
    """
    *keys, period = names
    cover = f"pg_catalog.range_agg({period}) FILTER (WHERE c = 0) OVER (PARTITION BY {comma(keys)})"
    every = " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in names)
    covered = f"{period} OPERATOR(pg_catalog.&&) cover AND {period} OPERATOR(pg_catalog.<@) cover"
    return (
        f"FROM (SELECT *, {cover} AS cover FROM {both}) AS v "
        f"WHERE c = 1 AND {every} AND ({covered}) IS NOT TRUE"
    )


def lost_rows(table: Any, asking: Asking) -> Iterable[Question]:
    """Count the rows of a table that goes; those of its parts are asked of these."""
    if table.partition_by is None:
        rows = Rows(table.identity, asking, only=True)
        text = f"rows of {table.identity.sql}"
        source = f"ONLY {asking.live(table.identity).sql}"
        yield Question(
            subject=table.identity,
            meaning=Meaning.LOSES,
            text=text,
            count=f"SELECT pg_catalog.count(*) FROM {source}",
            tables=(rows.table,),
        )


class ReferenceQuestions(PreflightKind):
    """The questions of foreign keys."""

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows that refer to nothing."""
        told = old is None or bool(changed - {"deferrable", "initially_deferred"})
        if new is not None and new.valid and new.enforced and told:
            yield from referring(new, asking)
