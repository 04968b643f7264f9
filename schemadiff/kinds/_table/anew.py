"""Rows that go on in the table that is made anew in place of theirs.

No table becomes a partitioned one, and a partition key is for good (manual, CREATE TABLE). So the
rows are copied aside, the table goes, is made again with its partitions, and gets them back before
anything looks at them, all in one transaction. The copy is a table like any other: whoever runs the
statements one by one, and stops, has the rows, and whoever goes on brings them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.moving import types_below, waits
from schemadiff.core.online import PREFIX, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.core.versions import PG15
from schemadiff.kinds._as_written import as_written
from schemadiff.kinds._bound_preflight import TableQuestions, left_over
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._identity import after_rows, counter
from schemadiff.kinds._inside import values_inside
from schemadiff.kinds._moving import rows_inside, table_holders
from schemadiff.kinds._row.type import held_below
from schemadiff.kinds._table.for_good import is_another, refuse_order
from schemadiff.kinds._table.heirs import RELATIONS, Path, joined, relation
from schemadiff.kinds._table.kept import Kept, kept, with_table_functions
from schemadiff.kinds._table.referring import referring

_AFTERWARDS = frozenset({"index", "trigger", "rule", "foreign_key", "materialized_view"})


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


def divided_into(part: Any, context: Context) -> Identity | None:
    """Name the uppermost table that is made anew and whose rows are put into its parts then."""
    found = None
    while part is not None and part.partition_of:
        whole = Identity("table", part.partition_of)
        if is_made_anew(whole.path, context) and kept(whole, context):
            found = whole
        part = relation(context.desired, whole.path)
    return found


def leaves(old: Any, new: Any, whole: Path) -> bool:
    """Tell whether a table is no more what it is to another one, or not in the same way."""
    if whole in old.inherits:
        return whole not in new.inherits or whole in new.rejoins
    return bool(old.partition_of == whole != new.partition_of)


def put_aside(old: Any, context: Context) -> Operation | None:
    """Copy the rows, and drop the table with its partitions; None where they do not go on."""
    found = _by_itself(old, context)
    return _put_aside(old, found, context) if found else None


def _let_go(gone: frozenset[Identity], table: Identity, context: Context) -> frozenset[Identity]:
    """Name what partitions that go with their table rest on, they and what they have.

    What the table has itself lets go on its own, perhaps before.
    """
    current, every = context.current, {table, *gone}
    paths = {part.path for part in every}
    rests = {Identity("schema", path[:1]) for path in paths} | current.depends_on(table)
    for each in (d for part in sorted(gone) for d in (part, *current.descendants(part))):
        rests |= current.depends_on(each)
    held = {i for part in every for i in _held(part, context)}
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


def _put_aside(old: Any, found: Kept, context: Context) -> Operation:
    table, aside = old.identity.sql, _aside(old.identity)
    parts = [relation(context.current, p) for p in sorted(found.parts[0])]
    gone = frozenset(part.identity for part in parts if goes_with(part, context))
    guard = None
    if not _is_another(old, context.desired.objects[old.identity], context):
        # What it rests on tells when: the table itself is as it will be.
        here, copy = (f"to_regclass({literal(t)})" for t in (table, aside))
        todo = (f"{here} IS NOT NULL", f"{copy} IS NULL", *_not_back(old, context))
        guard = Guard(" AND ".join(todo))
    return Operation(
        verb=Verb.DROP,
        target=old.identity,
        sql=_aside_sql(old, found, [p for p in parts if p.identity in gone], context),
        guard=guard,
        requires=found.early or frozenset(),
        destroys=gone,
        releases=_let_go(gone, old.identity, context),
        rewrites=True,
        scans=True,
        scan_for=ScanFor.ROWS,
        hazards=found.lost,
        why="its rows are copied aside, and come back",
    )


def _not_back(old: Any, context: Context) -> Iterator[str]:
    """Give the conditions that the rows are not back yet: old forms wait for nobody before.

    These are put away when the table is gone, and dropped when it is there again.
    """
    inside = (i for i in context.current.children.get(old.identity, ()) if i.kind == "column")
    types = {t for i in inside for t in types_below(i, context.current, context)}
    return (f"NOT {waits(each, context)}" for each in sorted(types & context.put_away.keys()))


def _aside_sql(old: Any, found: Kept, parts: list[Any], context: Context) -> str:
    table, aside = old.identity.sql, _aside(old.identity)
    copied = (*(n for n, _ in found.values), *(i.name for i in found.read))
    said = ((found.copied.get(n), ident(n)) for n in copied)
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
        sql = with_table_functions(sql, old.identity, found.copied, context)
        return as_written(sql, old.identity.schema)
    block = f"\nBEGIN\n    {sql};\nEND\n"
    return f"DO {dollar(block, 'aside')}"


def _bring_back(new: Any, found: Kept, context: Context) -> Operation:
    table, aside = new.identity, _aside(new.identity)
    columns = comma(ident(name) for name, _ in found.values)
    values = comma(value for _, value in found.values)
    stands = "".join(_set_counter(c, context, is_told=bool(b)) for c, b in found.counters)
    stands += _looked_at_now(table, context)
    sql = (
        f"INSERT INTO {table.sql} ({columns}) OVERRIDING SYSTEM VALUE\n"
        f"        SELECT {values} FROM {aside};{stands}\n    DROP TABLE {aside}"
    )
    block = f"\nBEGIN\n    {sql};\nEND\n"
    said = f"DO {dollar(block, 'back')}"
    if found.using:
        late = [name for name, _ in found.values if name not in found.copied]
        said = as_written(with_table_functions(sql, table, late, context), table.schema)
    tables = frozenset(relation(context.desired, p).identity for p in found.parts[1])
    inside = (i for t in (table, *tables) for i in context.desired.children.get(t, ()))
    refers = any(i.kind == "foreign_key" for i in inside)
    there = (relation(context.current, t.path) for t in sorted(tables))
    joins = tuple(t.identity for t in there if t is not None and not goes_with(t, context))
    # Each row that refers to another holds that one; tables that join get some of them.
    lock = LockMode.ROW_SHARE if refers else LockMode.NONE
    return Operation(
        verb=Verb.ALTER,
        target=table,
        sql=said,
        guard=Guard(f"to_regclass({literal(aside)}) IS NOT NULL"),
        requires=frozenset(
            {
                *(t for whole in (table, *tables) for t in (whole, joined(whole.path))),
                *(Identity("column", (*table.path, n)) for n, _ in found.values),
            }
        ),
        releases=frozenset(_let_go_later(found, context)),
        awaited_by=frozenset(
            each
            for each in _afterwards(table, tables.difference(joins), context)
            # What joins has its indexes by then, and these want those of the whole.
            if not (joins and each.kind == "index")
        ),
        lock=LockMode.ROW_EXCLUSIVE if joins else lock,
        touches=joins,
        why="the rows come back, into the partitions that they belong to"
        if new.partition_by
        else "the rows come back",
        bound=False,
    )


def _let_go_later(found: Kept, context: Context) -> Iterator[Identity]:
    """Name the types, in their old forms, that copies of columns are of."""
    for each in found.held:
        yield from (context.put_away.get(t, t) for t in types_below(each, context.current, context))


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


def _looked_at_now(table: Identity, context: Context) -> str:
    """Have deferred constraints look at the rows: PostgreSQL alters no table that awaits it.

    Those of a circle of foreign keys are made when all rows are there, which they read at once.
    """
    objects = [context.desired.objects[i] for i in context.desired.children.get(table, ())]
    if not any(getattr(o, "initially_deferred", False) for o in objects):
        return ""
    return f"""
    EXECUTE coalesce((
        SELECT pg_catalog.format('SET CONSTRAINTS %s IMMEDIATE', pg_catalog.string_agg(
            pg_catalog.format('%I.%I', n.nspname, c.conname), ', '))
        FROM pg_catalog.pg_constraint c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
        WHERE c.conrelid = {literal(table.sql)}::regclass AND c.condeferred
        HAVING count(*) > 0), 'SELECT');"""


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
    """Name what keeps values in columns of a table from following, such as rows of another."""
    inside = (i for i in context.current.children.get(table, ()) if i.kind == "column")
    return set[Identity]().union(*(held_below(i, context) for i in inside))


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
        """Columns that hold its rows, where these are written anew, and theirs can go on.

        And keys that refer to rows of a part, which gets another bound or another place.
        """
        if old is not None and changed & {"partition_of", "bound"}:
            yield from referring(old, new, context)
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

    def held_up(self, obj: Any, context: Context) -> Iterable[Identity]:
        """The columns whose copies are of the old types."""
        found = _by_itself(obj, context)
        return found.held if found else ()

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

    def asked_again(self, obj: Any, asking: Asking) -> Iterable[Question]:
        """Its rows are divided again, as where a column of its partition key gets another type."""
        goes_on = obj.partition_by is not None and self.rows_go_on(obj.identity.path, asking)
        return left_over(obj, asking) if goes_on else ()
