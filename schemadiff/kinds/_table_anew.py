"""Rows that go on in the table that is made anew in place of theirs.

No table becomes a partitioned one, and a partition key is for good (manual, CREATE TABLE). So the
rows are copied aside, the table goes, is made again with its partitions, and gets them back before
anything looks at them, all in one transaction. The copy is a table like any other: whoever runs the
statements one by one, and stops, has the rows, and whoever goes on brings them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.moving import types_below
from schemadiff.core.online import PREFIX, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.core.versions import PG15
from schemadiff.kinds._bound_preflight import TableQuestions, left_over
from schemadiff.kinds._column_alter import as_written, has_no_way
from schemadiff.kinds._column_around import sequence_of
from schemadiff.kinds._foreign import FOREIGN
from schemadiff.kinds._identity import after_rows, counter, counts_anew
from schemadiff.kinds._inside import values_inside
from schemadiff.kinds._moving import rows_inside, table_holders
from schemadiff.kinds._row_type import rows_below
from schemadiff.kinds._table_anew_types import (
    changes_below,
    loosely,
    losses_below,
    new_below,
    told,
)
from schemadiff.kinds._table_for_good import columns_of, is_another, refuse_order
from schemadiff.kinds._table_heirs import RELATIONS, Path, below, relation
from schemadiff.kinds._type_change import reads_clock, type_change

_AFTERWARDS = frozenset({"index", "trigger", "rule", "foreign_key", "materialized_view"})


@record(frozen=True)
class Kept:
    """The rows of a table: its parts before and after, its columns, and what of them is lost."""

    parts: tuple[frozenset[Path], frozenset[Path]]
    values: tuple[tuple[str, str], ...]  # a column, and the expression for its new value
    using: bool  # whether one of these is the user's own, or one that the session's settings tell
    counters: tuple[tuple[Any, str], ...]  # a column, and what gave it its numbers before
    lost: tuple[Hazard, ...]
    copied: dict[str, str]  # what is copied of columns whose types a copy would hold up
    early: frozenset[Identity] | None  # what has to be there for a USING that is read before


def kept(table: Identity, context: Context) -> Kept | None:
    """Tell how the rows of a table that is made anew go on; None where they do not."""
    key = f"rows of {table.path!r}"
    if key not in context.memo:
        context.memo[key] = _kept(table, context)
    found: Kept | None = context.memo[key]
    return found


def is_anew(old: Any, context: Context) -> bool:
    """Tell whether a table is made anew: for another partition key, or what its key rests on."""
    new: Any = context.desired.get(old.identity)
    if new is None or not isinstance(new, type(old)):
        return False
    return old.identity in context.replaced or _is_another(old, new, context)


def _is_another(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a table has something else that it has for good."""
    for_good = context.version < PG15 and new.access_method != old.access_method
    sorted_anew = new.column_order != old.column_order
    return for_good or sorted_anew or bool(new.partition_by != old.partition_by)


def is_made_anew(table: Path, context: Context) -> bool:
    """Tell whether a table of that name is there and has to be made anew."""
    old = context.current.get(Identity("table", table))
    return old is not None and is_anew(old, context)


def goes_with(part: Any, context: Context) -> bool:
    """Tell whether a part goes, with its rows kept, when what it is a part of is made anew."""
    while part is not None and part.partition_of:
        new: Any = context.desired.get(part.identity)
        if new is not None and leaves(part, new, part.partition_of):
            return False
        part = context.current.get(Identity("table", part.partition_of))
        if part is not None and is_anew(part, context) and kept(part.identity, context):
            return True
    return False


def leaves(old: Any, new: Any, whole: Path) -> bool:
    """Tell whether a table is no more what it is to another one, or not in the same way."""
    if whole in old.inherits:
        return whole not in new.inherits
    return bool(old.partition_of == whole != new.partition_of)


def put_aside(old: Any, context: Context) -> Operation | None:
    """Copy the rows, and drop the table with its partitions; None where they do not go on."""
    found = _by_itself(old, context)
    return _put_aside(old, found, context) if found else None


def _let_go(gone: frozenset[Identity], context: Context) -> frozenset[Identity]:
    """Name what partitions that go with their table rest on, they and what they have."""
    current = context.current
    paths = {part.path for part in gone}
    rests = {Identity("schema", path[:1]) for path in paths}
    for each in (d for part in sorted(gone) for d in (part, *current.descendants(part))):
        rests |= current.depends_on(each)
    held = {i for part in gone for i in _held(part, context)}
    others = {i for i in rests if i.path[:2] not in paths and i.kind not in RELATIONS}
    return frozenset(others | held)


def bring_back(new: Any, context: Context) -> Iterator[Operation]:
    """Insert the rows into the table as it is now, before it has more than columns and keys."""
    old: Any = context.current.get(new.identity)
    if old is not None and (found := _by_itself(old, context)):
        yield _bring_back(new, found, context)


def _by_itself(old: Any, context: Context) -> Kept | None:
    if not is_anew(old, context) or goes_with(old, context):
        return None
    return kept(old.identity, context)


def _kept(table: Identity, context: Context) -> Kept | None:
    old: Any = context.current.get(table)
    new: Any = context.desired.get(table)
    if old is None or new is None or old.inherits or new.inherits:
        return None
    if old.partition_of != new.partition_of:
        return None
    parts = [frozenset(below(c, table.path)) for c in (context.current, context.desired)]
    if parts[1] and not new.partition_by:
        return None  # what inherits from it would not be where it is looked for
    return _with_columns(table, (parts[0], parts[1]), context)


def _with_columns(
    table: Identity, parts: tuple[frozenset[Path], frozenset[Path]], context: Context
) -> Kept | None:
    before, after = (columns_of(table, c) for c in (context.current, context.desired))
    values, counters, using, copied = [], [], False, dict[str, str]()
    lost, early = _dropped(before, after), None
    for name, new in after.items():
        old = before.get(name)
        if old is None or new.generated is not None:
            continue
        said = new.using if old.type != new.type else None
        by_text = changes_below(old.identity, context)
        text = told(ident(name), old.type, new.type, context) if by_text and not said else None
        first = new_below(new.identity, context) if by_text and said else None
        if has_no_way(old, new, context) or (by_text and text is None and first is None):
            return None
        casts = type_change(old.type, new.type).using if old.type != new.type else ()
        if first is not None:
            # A cast cuts what assigning it, as the rows come back, refuses (manual, 8.3).
            copied[name] = f"({said})::{loosely(new.type, context)}"
            early, said, casts = first | (early or frozenset()), None, ()
        if text is not None:
            copied[name] = f'{text} COLLATE "C"'
            lost |= dict.fromkeys(losses_below(by_text, context))
            casts = casts or (new.type,)
        using |= said is not None or (first is None and reads_clock(old.type, new.type))
        values.append((name, said or "::".join((ident(name), *casts))))
        if counts_anew(new.identity, context):
            counters.append((new, _gave_numbers(old, context)))
    if not values:
        return None
    return Kept(parts, tuple(values), using, tuple(counters), tuple(lost), copied, early)


def _gave_numbers(old: Any, context: Context) -> str:
    """Name the sequence of a column; nothing where it has none."""
    if old.identity_options is not None:
        return qualified(*sequence_of(old))
    found = counter(old.identity, context.current)
    return found.sql if found is not None else ""


def _dropped(before: dict[str, Any], after: dict[str, Any]) -> dict[Hazard, None]:
    """Give, in order, what columns lose that are not there any more, or are generated."""
    made = {n for n, c in after.items() if c.generated is None}
    gone = sorted(c.identity for n, c in before.items() if not c.generated and n not in made)
    said = (data_loss("drop-column", i, f"The values of {i.sql} are lost.") for i in gone)
    return dict.fromkeys(said)


def _put_aside(old: Any, found: Kept, context: Context) -> Operation:
    table, aside = old.identity.sql, _aside(old.identity)
    parts = [relation(context.current, p) for p in sorted(found.parts[0])]
    gone = frozenset(part.identity for part in parts if goes_with(part, context))
    guard = None
    if not _is_another(old, context.desired.objects[old.identity], context):
        # What it rests on tells when: the table itself is as it will be.
        there = (
            f"to_regclass({literal(t)}) IS {how} NULL" for t, how in ((table, "NOT"), (aside, ""))
        )
        guard = Guard(" AND ".join(there))
    return Operation(
        verb=Verb.DROP,
        target=old.identity,
        sql=_aside_sql(old, found, parts),
        guard=guard,
        requires=found.early or frozenset(),
        destroys=gone,
        releases=_let_go(gone | {old.identity}, context),
        rewrites=True,
        scans=True,
        scan_for=ScanFor.ROWS,
        hazards=found.lost,
        why="its rows are copied aside, and come back",
    )


def _aside_sql(old: Any, found: Kept, parts: list[Any]) -> str:
    table, aside = old.identity.sql, _aside(old.identity)
    said = ((found.copied.get(n), ident(n)) for n, _ in found.values)
    columns = comma(f"{value} AS {name}" if value else name for value, name in said)
    rows = f"SELECT {columns} FROM {table}"
    if any(part.identity.kind == FOREIGN for part in parts):  # whose rows are elsewhere, and stay
        here = [p for p in parts if p.identity.kind != FOREIGN and p.partition_by is None]
        each = [f"SELECT {columns} FROM {part.identity.sql}" for part in here]
        rows = "\n        UNION ALL ".join(each) or f"{rows} WHERE false"
    stands = [
        f"SELECT {literal(column.identity.name)} AS name, last_value, is_called FROM {sequence}"
        for column, sequence in found.counters
        if sequence
    ]
    told = f"""
    EXECUTE pg_catalog.format('COMMENT ON TABLE %s IS %L', {literal(aside)}, (
        SELECT pg_catalog.jsonb_object_agg(
            name, pg_catalog.jsonb_build_array(last_value, is_called))
        FROM ({" UNION ALL ".join(stands)}) AS s));"""
    sql = f"""\
LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;
    CREATE UNLOGGED TABLE {aside} AS {rows};{told if stands else ""}
    DROP TABLE {table}"""
    if found.early is not None:
        return as_written(sql, old.identity.schema)
    block = f"\nBEGIN\n    {sql};\nEND\n"
    return f"DO {dollar(block, 'aside')}"


def _bring_back(new: Any, found: Kept, context: Context) -> Operation:
    table, aside = new.identity, _aside(new.identity)
    columns = comma(ident(name) for name, _ in found.values)
    values = comma(value for _, value in found.values)
    stands = "".join(_set_counter(c, context, is_told=bool(b)) for c, b in found.counters)
    sql = (
        f"INSERT INTO {table.sql} ({columns}) OVERRIDING SYSTEM VALUE\n"
        f"        SELECT {values} FROM {aside};{stands}\n    DROP TABLE {aside}"
    )
    block = f"\nBEGIN\n    {sql};\nEND\n"
    tables = frozenset(relation(context.desired, p).identity for p in found.parts[1])
    return Operation(
        verb=Verb.ALTER,
        target=table,
        sql=as_written(sql, table.schema) if found.using else f"DO {dollar(block, 'back')}",
        guard=Guard(f"to_regclass({literal(aside)}) IS NOT NULL"),
        requires=frozenset(
            {table, *tables, *(Identity("column", (*table.path, n)) for n, _ in found.values)}
        ),
        awaited_by=frozenset(_afterwards(table, tables, context)),
        lock=LockMode.NONE,
        why="the rows come back, into the partitions that they belong to"
        if new.partition_by
        else "the rows come back",
        bound=False,
    )


def _set_counter(new: Any, context: Context, *, is_told: bool) -> str:
    """Let the numbers of a column go on where they were, or else after those of the rows."""
    table, column = new.parent, new.identity.name
    sequence = f"pg_catalog.pg_get_serial_sequence({literal(table.sql)}, {literal(column)})"
    if new.identity_options is None and (own := counter(new.identity, context.desired)):
        sequence = literal(own.sql)  # it may belong to nobody yet
    if not is_told:
        return f"\n    {after_rows(new, sequence, new.identity_options)};"
    said = f"pg_catalog.obj_description({literal(_aside(table))}::pg_catalog.regclass, 'pg_class')"
    stood = f"{said}::pg_catalog.jsonb -> {literal(column)}"
    return f"""
    PERFORM pg_catalog.setval({sequence},
        ({stood} ->> 0)::bigint, ({stood} ->> 1)::boolean);"""


def _afterwards(
    table: Identity, parts: frozenset[Identity], context: Context
) -> Iterator[Identity]:
    """Name what looks at the rows, or at each that is written."""
    desired = context.desired
    for whole in (table, *sorted(parts)):
        for each in desired.children.get(whole, ()):
            if each.kind in _AFTERWARDS - {"foreign_key"}:
                yield each
    queue, seen = [table, *parts], {table, *parts}
    while queue:
        for each in desired.dependents.get(queue.pop(), ()):
            if each not in seen:
                seen.add(each)
                queue.append(each)
                if (
                    each.kind in ("foreign_key", "materialized_view")
                    and each.path[:2] != table.path
                ):
                    yield each


def _aside(table: Identity) -> str:
    digest = temporary_name("rows", *table.path).removeprefix(PREFIX)
    return qualified(table.schema, f"schemadiff_rows_{digest}")


def _held(table: Identity, context: Context) -> set[Identity]:
    """Name the types that values of a table are of, or have inside."""
    inside = (i for i in context.current.children.get(table, ()) if i.kind == "column")
    types = {t for i in inside for t in types_below(i, context.current, context)}
    rows = _rows_held(table, context)
    return types | {*map(values_inside, types)} | rows | {*map(rows_inside, rows)}


def _rows_held(table: Identity, context: Context) -> set[Identity]:
    """Name the relations whose rows are in columns of a table."""
    inside = (i for i in context.current.children.get(table, ()) if i.kind == "column")
    return {r for i in inside for r in rows_below(i, context.current, context)}


class Anew(TableQuestions):
    """What a kind of table says of being made anew."""

    def must_replace(self, old: Any, new: Any, changed: frozenset[str], context: Context) -> bool:
        """The partition key is for good, and before 15 the access method was."""
        del changed
        if not is_anew(old, context):
            return False
        stays = kept(old.identity, context) is None
        if stays and new.column_order:
            refuse_order(new)
        return not (stays and new.key_types)

    def displaces(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Identity]:
        """Columns that hold its rows, where these are written anew, and theirs can go on."""
        del old
        written = changed & {"unlogged", "access_method"} and new.partition_by is None
        for each in table_holders(new.identity, context) if written else ():
            column = context.current.objects[each]
            if context.registry.of(column).copied(column, context):
                yield each

    def rebuildable(self, obj: Any, context: Context) -> bool:
        """A partition goes with its table, and comes back, while no row of it is lost."""
        empty = obj.partition_of is not None and context.sizes.of(obj.identity).empty
        return empty or goes_with(obj, context)

    def differs(self, new: Any) -> str:
        """Compare what a table has for good."""
        return is_another(new)

    def copied(self, obj: Any, context: Context) -> Identity | None:
        """A table that is divided, or a part, whose key is for good; one that holds rows."""
        found = obj.partition_by or obj.partition_of or _rows_held(obj.identity, context)
        return obj.identity if found and kept(obj.identity, context) else None

    def leaves(self, old: Any, new: Any, whole: Identity) -> bool:
        """An heir or a part that is none any more, or an heir that becomes a part."""
        return leaves(old, new, whole.path)

    def rows_go_on(self, table: Path, asking: Asking) -> bool:
        """They do where it is made anew."""
        return is_made_anew(table, asking.context)

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Count what is lost, which nothing is where the rows go on, if a partition takes them."""
        context = asking.context
        anew = old is not None and is_anew(old, context) and kept(old.identity, context)
        if not anew and not (old is not None and goes_with(old, context)):
            yield from super().questions(old, new, changed, asking)
        elif anew and new is not None:
            yield from left_over(new, asking)
