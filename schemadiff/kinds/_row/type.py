"""Row types: what comes with a table or a view, and columns of others may be of.

PostgreSQL takes a column from such a table, and gives it one, under the values; it changes no
type there, and a view's goes with the view. The surprising fact: a row type of a table has the
order that the table's columns came in, and only what is made anew has the one of the files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Self

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.moving import types_below
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.record import record, replace
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._part_generated import PART_GENERATED
from schemadiff.kinds._table.heirs import below, lineage, relation
from schemadiff.kinds._type_change import converts_always

_TABLES: Final = ("table", FOREIGN)
ROWS: Final = (*_TABLES, "view", "materialized_view")
COMPOSITE: Final = "composite"


# In heirs and parts what they have from others may stand anywhere; it is asked where rows are held.
ORDER_SQL: Final = """
    CASE WHEN EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid) AND EXISTS
              (SELECT 1 FROM pg_depend d JOIN pg_type t ON t.oid = c.reltype
               WHERE d.refclassid = 'pg_type'::regclass
                 AND d.refobjid IN (t.oid, t.typarray) AND d.deptype = 'n')
         THEN (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END"""


class RowField(NamedTuple):
    """A column, as an attribute of its row type."""

    name: str
    type: str


@record(frozen=True, slots=True)
class RowType(DbObject):
    """A row type in the form of a composite one; its identity is the relation's."""

    attributes: tuple[RowField, ...]
    renamed_attributes: tuple[tuple[str, str], ...] = ()


_NOT_SURE: Final = ("",)  # the name of no column

Renames = tuple[tuple[tuple[str, ...], str], ...]  # a column's path, and its new name


class Ordered:
    """A table that knows the order of its columns, and which were called otherwise then."""

    __slots__ = ()

    def beside_renamed(self, old: Identity, new: Identity) -> Self:
        """Keep the new name: whether the column is one of a table above shows later."""
        this: Any = self
        if old.kind != "column" or not this.row:
            return self
        return replace(this, row_renames=(*this.row_renames, (old.path, new.name)))  # type: ignore[no-any-return]


def rows_below(identity: Identity, side: Catalog, context: Context) -> set[Identity]:
    """Name the relations whose rows an object holds, at any depth.

    A column of a partition key rests on its own table, which it does not hold.
    """
    queue, found = [identity], set[Identity]()
    seen = {identity, side.objects[identity].parent}
    while queue:
        for each in side.depends_on(queue.pop()) - seen:
            seen.add(each)
            if each.kind in ROWS:
                found.add(each)
            elif context.registry[each.kind].moves_over:
                queue.append(each)
    return found


def becomes_rows(type_: Identity, context: Context) -> bool:
    """Tell whether a composite type goes, and a relation has its name from now on."""
    if type_.kind != COMPOSITE or type_ in context.desired:
        return False
    return any(Identity(kind, type_.path) in context.desired for kind in ROWS)


def becomes_base(type_: Identity, context: Context) -> bool:
    """Tell whether a type goes, and a base type, which cannot wait for values, has its name."""
    there = type_ in context.desired or Identity("base_type", type_.path) not in context.desired
    return context.registry[type_.kind].moves_over and not there


def held_below(identity: Identity, context: Context) -> set[Identity]:
    """Name what keeps values from following: relations whose rows they hold, or will hold.

    And types whose old form cannot wait for them.
    """
    types = types_below(identity, context.current, context)
    found = {t for t in types if becomes_rows(t, context) or becomes_base(t, context)}
    found |= staying_below(identity, context)
    return found | rows_below(identity, context.current, context)


def staying_below(identity: Identity, context: Context) -> set[Identity]:
    """Name the types below what is there whose old form cannot wait under another name."""
    if not context.by_text:
        return set()
    types = types_below(identity, context.current, context)
    rests = (context.current.depends_on(each) for each in (identity, *types))
    return {each for found in rests for each in found & context.by_text}


def rows_first(column: Any, context: Context) -> frozenset[Identity]:
    """Name the columns of tables whose rows a new column holds: these are written anew before."""
    desired = context.desired
    found = {
        p for i in rows_below(column.identity, desired, context) for p in lineage(desired, i.path)
    }
    inside = (desired.children.get(Identity(k, p), ()) for k in ROWS for p in found)
    return frozenset(c for each in inside for c in each if c.kind in ("column", PART_GENERATED))


def row_types(path: tuple[str, ...], context: Context) -> tuple[RowType, RowType] | None:
    """Give both forms of a row type; None where there are not two, or where one is not known."""
    old, new = (_relation(path, side) for side in (context.current, context.desired))
    typed = Identity("of_type", path) in context.desired  # a new one has the order of its type
    if old is None or new is None or (typed and old.identity != new.identity):
        return None
    if old.identity == new.identity and old.identity.kind in _TABLES:
        before, after = _of_table(old, new, context)
    else:
        before = _of(old, context.current, _order)
        after = _of(new, context.desired, _as_made)
    if not before or not after:
        return None
    return RowType(old.identity, before), RowType(new.identity, after)


Fields = tuple[RowField, ...]


def _relation(path: tuple[str, ...], side: Catalog) -> Any:
    """Give what has the type of this name, which may be a composite one of its own."""
    found = (side.get(Identity(kind, path)) for kind in (*ROWS, COMPOSITE))
    return next((obj for obj in found if obj is not None), None)


def _of(
    relation: Any, side: Catalog, ordered: Callable[[Any, dict[str, Any], Catalog], tuple[str, ...]]
) -> Fields:
    """Give the attributes of a type, the columns of a view, or those of a table in an order."""
    if relation.identity.kind == COMPOSITE:
        return tuple(RowField(*attribute[:2]) for attribute in relation.attributes)
    if relation.identity.kind not in _TABLES:
        return tuple(RowField(*column[:2]) for column in relation.columns)
    columns = _columns(relation.identity, side)
    return tuple(RowField(name, columns[name].type) for name in ordered(relation, columns, side))


def _as_made(table: Any, columns: dict[str, Any], side: Catalog) -> tuple[str, ...]:
    del side
    return () if getattr(table, "inherits", ()) else tuple(columns)


def _of_table(table: Any, will: Any, context: Context) -> tuple[Fields, Fields]:
    """Give the columns of a table in the order that they have and will have; none if not sure."""
    sides = (context.current, context.desired)
    old, new = (_columns(table.identity, side) for side in sides)
    order = _order(table, old, context.current)
    again = {n for n in order if n in new and _comes_again(old[n], new[n], context)}
    stay = [n for n in order if n in new and n not in again]
    more = _in_turn(table, will, new, again, context)
    if more is None:
        return (), ()
    names = list(getattr(will, "column_order", ())) or [*stay, *more]
    if _goes_for_certain(table, will, context):
        names = [*new]
    elif will.identity in context.replaced and not getattr(will, "inherits", ()):
        names = [*(getattr(will, "column_order", ()) or new)]  # it is made anew
    if names != [*new] and not getattr(will, "inherits", ()):
        another = names != [*stay, *more]  # its type's
        if not another and _may_go(table, will, old, context):
            return (), ()
    there = (n for n in order if n not in again or _goes_on(old[n].type, new[n].type))
    return tuple(RowField(n, old[n].type) for n in there), tuple(
        RowField(n, new[n].type) for n in names
    )


def _goes_on(old: str, new: str) -> bool:
    """Tell whether values that rows elsewhere hold stay as a column comes again: none may fail."""
    return old == new or ("." not in f"{old}{new}" and converts_always(old, new))


def left_out(old: RowType, context: Context) -> frozenset[str]:
    """Name the columns of a table whose values rows elsewhere lose as they come again."""
    there = _columns(old.identity, context.current) if old.identity.kind in _TABLES else {}
    return frozenset(there.keys() - {each.name for each in old.attributes})


def _in_turn(
    table: Any, will: Any, new: dict[str, Any], again: set[str], context: Context
) -> list[str] | None:
    """Name the columns that are new or come again, as they come; None if not sure.

    In rows that are there new columns are NULL, whichever comes first; not what comes again, so
    those are added in turn. What is generated rests on others.
    """
    before = _columns(table.identity, context.current)
    more = [n for n in new if n not in before or n in again]
    if not again:
        return more
    above, after = (tuple(lineage(side, will.identity.path)) for side in _sides(context))
    if _is_heir(will) and (above != after or not _come_from_above(will, more, new, context)):
        return None  # they come as it joins
    return sorted(more, key=lambda n: (bool(new[n].generated), new[n].parent, new[n].position))


def _come_from_above(
    will: Any, names: list[str], columns: dict[str, Any], context: Context
) -> bool:
    """Tell whether an heir gets columns through tables that it does not leave for a while."""
    rejoins = getattr(will, "rejoins", ())
    stay = {will.identity.path}
    for each in getattr(will, "inherits", ()) if rejoins else ():
        stay.update(lineage(context.desired, each) if each not in rejoins else ())
    return not rejoins or all(columns[n].parent.path in stay for n in names)


def added_first(column: Any, context: Context) -> frozenset[Identity]:
    """Name the columns that a table, or an heir, gets before a new one, where rows are held."""
    found, own = set[Identity](), column.identity.path[:2]
    for path in (own, *below(context.desired, own)):
        will, table = (relation(side, path) for side in (context.desired, context.current))
        if table is None or not _is_held(will.identity, context):
            continue
        old, new = (_columns(will.identity, s) for s in (context.current, context.desired))
        again = {n for n in old if n in new and _comes_again(old[n], new[n], context)}
        turn = _in_turn(table, will, new, again, context) if again else None
        if turn and column.identity.name in turn[1:]:
            found.add(new[turn[turn.index(column.identity.name) - 1]].identity)
    return frozenset(found - {column.identity})


def _sides(context: Context) -> tuple[Catalog, Catalog]:
    return context.current, context.desired


def _goes_for_certain(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a table is made anew for certain, and so gets its columns as files say them.

    It, or one that it is a part of, gets another partition key, which is for good.
    """
    while old is not None and new is not None:
        if getattr(old, "partition_by", None) != getattr(new, "partition_by", None):
            return True
        whole = getattr(old, "partition_of", None)
        if not whole or whole != new.partition_of:
            return False
        old, new = (relation(side, whole) for side in _sides(context))
    return False


def _may_go(old: Any, new: Any, columns: dict[str, Any], context: Context) -> bool:
    """Tell whether a table may be made anew, and so get the order of the files."""
    if context.replaced:  # it is known by now
        return new.identity in context.replaced
    for each in (old, new):
        if getattr(each, "partition_by", None) or getattr(each, "partition_of", None):
            return True
    if getattr(old, "access_method", None) != getattr(new, "access_method", None):
        return True
    if getattr(old, "inherits", ()) and getattr(new, "inherits", ()):
        return False  # only what has a partition key, or is a part, goes for what its columns hold
    held = (context.current.depends_on(c.identity) for c in columns.values())
    return any(i.kind in ROWS or context.registry[i.kind].moves_over for each in held for i in each)


def order_afterwards(table: Any, context: Context) -> Any:
    """Have a table whose rows others hold know the order that its columns will be in."""
    was = context.current.get(table.identity)
    if was is None or not _is_held(table.identity, context):
        return table
    tie: Any = context.desired.get(Identity("of_type", table.identity.path))
    order = tie.columns if tie is not None else _stands(was, table, context)
    return replace(table, row=order or _NOT_SURE, row_renames=())


def _stands(was: Any, table: Any, context: Context) -> tuple[str, ...]:
    """Give the order in which the columns will be; none if not sure.

    Those that are new go on the way back, whichever comes first.
    """
    old, new = (_columns(table.identity, s) for s in (context.current, context.desired))
    before = _order(was, old, context.current)
    again = {n for n in before if n in new and _comes_again(old[n], new[n], context)}
    stay = [n for n in before if n in new and n not in again]
    names = (*stay, *(n for n in new if n in again), *(n for n in new if n not in old))
    if again:
        names = (*stay, *(_in_turn(was, table, new, again, context) or ()))
    if not before or {*names} != {*new}:
        return ()
    if _goes_for_certain(was, table, context):
        return tuple(new)
    other = [n for n in names if n in old] != [n for n in new if n in old]
    return () if other and _may_go(was, table, old, context) else names


def _is_held(identity: Identity, context: Context) -> bool:
    for each in context.desired.dependents.get(identity, ()):
        if each.kind == "column" and each.path[:2] != identity.path:
            return True
        if context.registry[each.kind].moves_over:
            return True
    return False


def _order(table: Any, columns: dict[str, Any], side: Catalog) -> tuple[str, ...]:
    if _is_heir(table) or getattr(table, "row", None):
        known = tuple(getattr(table, "row", ()))
        above = {*lineage(side, table.identity.path)}
        for path, name in getattr(table, "row_renames", ()):
            if path[:2] in above:
                known = tuple(name if n == path[-1] else n for n in known)
        return known if {*known} == columns.keys() else ()
    return tuple(sorted(columns, key=lambda name: columns[name].position))


def _columns(table: Identity, side: Catalog) -> dict[str, Any]:
    """Give the columns of a table, its own and others, each as the table says it that has it."""
    found = dict[str, Any]()
    for path in lineage(side, table.path):
        for kind in _TABLES:
            inside = (i for i in side.children.get(Identity(kind, path), ()) if i.kind == "column")
            for each in sorted(inside, key=side.places.__getitem__):
                found.setdefault(each.name, side.objects[each])
    return found


def _comes_again(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a column is dropped and added, so that it comes last.

    So is a generated one, whose values can be computed again, for the sake of what it rests on.
    """
    anew = context.replaced
    if old.generated is not None and new.identity in anew and new.parent not in anew:
        return True
    changed = changed_attributes(old, new)
    return context.registry.of(old).must_replace(old, new, changed, context)


def _is_heir(table: Any) -> bool:
    return bool(getattr(table, "partition_of", None) or getattr(table, "inherits", ()))
