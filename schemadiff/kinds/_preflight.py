"""The SQL of questions to rows, of tables as they will be.

What the server refuses to understand is "not checked". The surprising fact: the constraints of a
table that others inherit from speak of its own rows alone, but for checks (manual, 5.11.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, PreflightKind, Question, unasked
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._asked_rows import KEY, ROW, SHOWN, Rows
from schemadiff.kinds._index.parts import joining
from schemadiff.kinds._moving import changing_types
from schemadiff.kinds._row.refers import there_then
from schemadiff.kinds._table.heirs import Path, lineage

# What an expression calls: it means something else when that changes.
_CALLED = frozenset({"aggregate", "cast", "collation", "function", "operator", "operator_class"})


def used(obj: Any, asking: Asking) -> list[str]:
    """Name the columns of its table that an object of the desired state rests on."""
    table, desired = obj.parent, asking.context.desired
    return sorted(
        i.path[2]
        for i in desired.depends_on(obj.identity)
        if i.kind == "column" and i.path[:2] == table.path
    )


def whole(obj: Any, asking: Asking) -> list[str]:
    """Name the columns that an expression may speak of: what is known, else all.

    What a table has from others is known of none: these columns are objects of those tables alone.
    """
    rows, children = Rows(obj.parent, asking), asking.context.desired.children
    own = [i.path[2] for i in children.get(obj.parent, ()) if i.kind == "column"]
    return [*(used(obj, asking) or own), *sorted({*rows.columns(rows.after)} - {*own})]


def alone(table: Identity, asking: Asking) -> bool:
    """Tell whether a key of a table knows the rows of this table alone."""
    live: Any = asking.context.current.get(table)
    return live is not None and getattr(live, "partition_by", None) is None


class Made(NamedTuple):
    """What a question makes of an object of the desired state, and how values are read by it."""

    identity: Identity
    sql: str
    values: Mapping[str, str]


def settled(question: Question, obj: Any, asking: Asking, *, made: Made | None = None) -> Question:
    """Leave it unasked where what an object calls means something else after the plan."""
    current, desired = asking.context.current, asking.context.desired
    queue, seen = [obj.identity], {made.identity} if made else set[Identity]()
    while queue:
        found = {i for i in desired.depends_on(queue.pop()) if i.kind in _CALLED} - seen
        seen |= found
        queue += found
    seen -= {made.identity} if made else set()
    changing = sorted(i for i in seen if current.get(i) != desired.get(i) and i in current)
    return unasked(question, f"{changing[0]} changes in the same plan") if changing else question


def judged(question: Question, table: Identity, columns: Iterable[str], asking: Asking) -> Question:
    """Leave it unasked where a condition may say otherwise of a value when its type has changed."""
    context = asking.context
    paths = list(lineage(context.desired, table.path))
    every = (Identity("column", (*path, c)) for c in columns for path in paths)
    there = [each for each in every if each in context.desired]  # one that goes rests on what goes
    for identity in sorted({t for e in there for t in changing_types(e, context)}):
        old, new = context.current.get(identity), context.desired.objects[identity]
        if old is not None and context.registry.of(new).is_judged_otherwise(old, new):
            return unasked(question, f"{identity} changes in the same plan")
    return question


def checked(obj: Any, expression: str, asking: Asking, *, only: bool) -> Iterable[Question]:
    """Ask for the rows for which a check is false; NULL passes (manual, 5.5.1)."""
    rows = Rows(obj.parent, asking, only=only)
    if rows.there:
        columns = whole(obj, asking)
        text = f"rows of {rows.table.sql} that violate {obj.identity}"
        source = rows.source(columns)
        asked = rows.question(obj.identity, Meaning.FAILS, text, f"NOT ({expression})", source)
        settles, guess = rows.is_settled(columns), rows.guess(columns)
        asked = judged(replace(asked, computes=settles, guess=guess), obj.parent, columns, asking)
        yield settled(asked, obj, asking)


def unique(
    obj: Any, keys: Sequence[str], columns: Iterable[str], asking: Asking, *, nulls: bool,
    where: str | None = None, query: str = "", made: Made | None = None,
) -> Iterable[Question]:  # fmt: skip
    """Ask for the rows that share a key; GROUP BY compares as the default operator class does."""
    rows = Rows(obj.parent, asking, only=alone(obj.parent, asking))
    columns = list(columns)
    if not (rows.there or query) or (nulls and any(map(rows.is_numbered, columns))):
        return
    names = [f"k{n}" for n in range(1, len(keys) + 1)]
    shown = comma(f"{literal(k)}, {n}::text" for k, n in zip(keys, names, strict=True))
    values = made.values if made else {}
    said = comma(f"({values.get(k, k)}) AS {n}" for k, n in zip(keys, names, strict=True))
    condition = f" WHERE ({where})" if where else ""
    inner = f"(SELECT {said} FROM {query or rows.source(columns)}{condition}) AS k"
    full = "true" if nulls else " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in names)
    groups = f"FROM {inner} WHERE {full} GROUP BY {comma(names)} HAVING pg_catalog.count(*) > 1"
    question = Question(
        subject=obj.identity,
        meaning=Meaning.FAILS,
        text=f"rows of {rows.table.sql} that share a key of {obj.identity}",
        count=f"SELECT coalesce(pg_catalog.sum(n), 0) FROM "
        f"(SELECT pg_catalog.count(*) AS n {groups}) AS g",
        examples=f"SELECT ARRAY[{shown}]::text[] {groups} LIMIT {SHOWN}",
        makes=made.sql if made else "",
        computes=rows.is_settled(columns),
        guess=rows.guess(columns),
        tables=rows.touched,
    )
    yield settled(question, obj, asking, made=made)


def excluded(obj: Any, elements: Sequence[tuple[str, str]], asking: Asking) -> Iterable[Question]:
    """Ask for the rows of which another row stands in the way: (key, operator) for each."""
    rows, columns = Rows(obj.parent, asking, only=alone(obj.parent, asking)), whole(obj, asking)
    if not rows.there:
        return
    said = comma(f"({k}) AS k{n}" for n, (k, _) in enumerate(elements))
    condition = f" WHERE ({obj.where})" if getattr(obj, "where", None) else ""
    keyed = f"(SELECT {said}, {KEY}, {ROW} FROM {rows.source(columns)}{condition})"
    meets = " AND ".join(f"(a.k{n} {op} b.k{n})" for n, (_, op) in enumerate(elements))
    source = f"{keyed} AS a"
    where = f"EXISTS (SELECT FROM {keyed} AS b WHERE a.{ROW} <> b.{ROW} AND {meets})"
    text = f"rows of {rows.table.sql} that exclude each other by {obj.identity}"
    asked = rows.question(obj.identity, Meaning.FAILS, text, where, source)
    settles, guess = rows.is_settled(columns), rows.guess(columns)
    asked = replace(asked, computes=settles, guess=guess, maintained=True)
    yield settled(judged(asked, obj.parent, columns, asking), obj, asking)


def empty(obj: Any, period: str, asking: Asking) -> Iterable[Question]:
    """Ask for empty ranges, which a key without overlaps takes not even beside a NULL."""
    rows = Rows(obj.parent, asking, only=alone(obj.parent, asking))
    if rows.there:
        text = f"rows of {rows.table.sql} with an empty {period}, which {obj.identity} refuses"
        where = f"pg_catalog.isempty({ident(period)})"
        source = rows.source([period])
        yield rows.question(obj.identity, Meaning.FAILS, text, where, source)


def referring(key: Any, asking: Asking) -> Iterable[Question]:
    """Ask for the rows that refer to nothing.

    Both sides are grouped together: that compares by the types themselves, while `=` is looked up
    by its name and may be that of another type.
    """
    rows = Rows(key.parent, asking, only=alone(key.parent, asking))
    target = Identity("table", key.target)
    if not rows.there:
        return
    names = [f"k{n}" for n in range(len(key.columns))]
    mine = comma(f"{ident(c)} AS {n}" for c, n in zip(key.columns, names, strict=True))
    others = comma(map(ident, key.target_columns))
    # Of a table that becomes a partition the rows are among those of the whole by then.
    tables = (target, *joining(target, asking.context))
    every_row = replace(asking, untouched=False)
    targets = [Rows(t, every_row, only=alone(t, asking)) for t in tables]
    there = [each.source(key.target_columns) for each in targets]
    final = there_then(key, every_row) if asking.untouched and not key.period else None
    if final is not None:
        there, tables = [*there, f"({final}) AS {ident(target.name)}"], tables[1:]
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
        guess=rows.guess(key.columns),
        tables=(*rows.touched, *tables),
    )


def _renamed(key: Any, desired: Catalog) -> Any:
    """Give the reference that differs by its name alone: it is not dropped either."""
    others = map(desired.get, desired.children.get(key.parent, ()))
    return next((o for o in others if o and replace(o, identity=key.identity) == key), None)


def referred(
    old: Any, whole: Path, asking: Asking, *, goes: bool
) -> Iterable[tuple[Identity, Question]]:
    """Ask, key by key, for rows that refer through a whole table to those of a part that leaves it.

    One that stays there is refused to leave, whatever the key does then, and even if it is not
    enforced (manual, ALTER TABLE, DETACH PARTITION). Of one that `goes` the keys are made again.
    """
    current, desired = asking.context.current, asking.context.desired
    for identity in sorted(current.dependents.get(Identity("table", whole), ())):
        key: Any = current.objects[identity]
        then: Any = desired.get(identity) or _renamed(key, desired)
        if identity.kind != "foreign_key" or then is None or key.target != whole or key.period:
            continue
        if goes and not (then.valid and then.enforced and then.target == whole):
            continue
        inside = not goes and key.parent.path in lineage(current, whole)
        rows = Rows(key.parent, asking, only=alone(key.parent, asking), every=inside)
        names = [f"k{n}" for n in range(len(key.columns))]
        mine = comma(f"{ident(c)} AS {n}" for c, n in zip(key.columns, names, strict=True))
        leaving = Rows(old.identity, asking, every=True).source(key.target_columns, as_is=True)
        both = (
            f"SELECT {mine}, 1 AS c FROM {rows.source(key.columns, as_is=True)} UNION ALL "
            f"SELECT {comma(map(ident, key.target_columns))}, 0 FROM {leaving}"
        )
        every = " AND ".join(f"{n} IS DISTINCT FROM NULL" for n in names)
        groups = f"FROM ({both}) AS u WHERE {every} GROUP BY {comma(names)}"
        groups += " HAVING pg_catalog.min(c) < pg_catalog.max(c)"
        label = comma(f"{literal(c)}, {n}::text" for c, n in zip(key.columns, names, strict=True))
        text = f"rows of {rows.table.sql} that refer to those of {old.identity.sql} by {identity}"
        question = Question(
            subject=old.identity,
            meaning=Meaning.FAILS,
            text=text,
            count=f"SELECT coalesce(pg_catalog.sum(n), 0) FROM "
            f"(SELECT pg_catalog.sum(c) AS n {groups}) AS g",
            examples=f"SELECT ARRAY[{label}]::text[] {groups} LIMIT {SHOWN}",
            tables=(rows.table, old.identity),
        )
        yield identity, question


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
