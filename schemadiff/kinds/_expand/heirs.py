"""Which tables that others inherit from are fit for a type that changes beside the old one.

A column, a check and NOT NULL of a table are its heirs' too, but neither are triggers, indexes and
keys: each heir gets the trigger by itself, and what rests on a column of an heir has a successor
of its own. The surprising fact: an heir that says a column itself keeps it when the table drops it,
so such a table changes in one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._expand.parts import is_whole, naming, said_of
from schemadiff.kinds._expand.rows import why_unfit_rule
from schemadiff.kinds._table.heirs import belongings, below, parents

# What rests on a column of an heir and is looked at with the rest, or by itself.
_CARRIED = frozenset({"index", "primary_key", "unique", "foreign_key", "check"})
_LOOKED_AT = frozenset({"leftover", "trigger", "default"})


def heirs_of(table: Identity, side: Catalog) -> tuple[Identity, ...]:
    """Name the tables that inherit from a table, at every level; none of a partitioned one."""
    if is_whole(table, side):
        return ()
    return tuple(Identity("table", path) for path in below(side, table.path))


def why_not_the_heirs(columns: list[Any], table: Identity, context: Context) -> Iterator[str]:
    """Say why columns of a table that others inherit from change in one piece."""
    sides = (context.current, context.desired)
    now, then = (heirs_of(table, side) for side in sides)
    if {*now} != {*then}:
        yield f"tables that inherit from {table.sql} come or go in the same plan"
    for column in columns if now else ():
        old: Any = context.current.objects[column.identity]
        called = [each for _, each in old.not_null_apart]
        # What an heir has from another one comes with that of the other.
        unknown = {c.name for c in called} - {c.name for c in called if c.own}
        if column.not_null and (unknown or (called and old.identity_options is not None)):
            yield f"the NOT NULL of {column.identity} has another name in an heir"
    for side in sides:
        family = {table, *heirs_of(table, side)}
        for heir in sorted(family - {table}):
            yield from _of_heir(columns, heir, family, side, context)


def _of_heir(
    columns: list[Any], heir: Identity, family: set[Identity], side: Catalog, context: Context
) -> Iterator[str]:
    obj: Any = side.get(heir)
    if obj is None or heir.schema != columns[0].identity.schema:
        yield f"{heir} is in another schema, or not stored here"
        return
    if context.current.get(heir) != context.desired.get(heir):
        yield f"{heir} changes in the same plan"
    others = [p for p in parents(obj) if Identity("table", p) not in family]
    for column in columns:
        name = column.identity.name
        own = Identity("column", (*heir.path, name))
        elsewhere = any(Identity("column", (*p, name)) in belongings(side, p) for p in others)
        if own in side or elsewhere:
            yield f"{heir} has {name} by itself, or from another table, too"
        if not column.not_null and any(
            i.kind == "primary_key" and name in getattr(side.objects[i], "columns", ())
            for i in side.children.get(heir, ())
        ):
            yield f"{heir} has a primary key on {name}, which may be null elsewhere"
    yield from _inside(columns, heir, family, side, context)


def _inside(
    columns: list[Any], heir: Identity, family: set[Identity], side: Catalog, context: Context
) -> Iterator[str]:
    inside = side.descendants(heir)
    speaks = naming(columns)
    checks = {i.name for each in family - {heir} for i in side.children.get(each, ())
              if i.kind == "check"}  # fmt: skip
    for each in sorted(inside):
        if each.kind == "rule":
            yield from why_unfit_rule(side.objects[each])
        known = each.kind in _LOOKED_AT
        known |= context.registry[each.kind].made_again and each.kind != "rule"
        known |= each.kind in _CARRIED and not (each.kind == "check" and each.name in checks)
        # A NOT NULL besides the one from above is renamed with that.
        known |= bool(getattr(side.objects[each], "own_too", False))
        if not known and speaks.search(said_of(side.objects[each])):
            yield f"{each} speaks of the column of an heir"
    for each in sorted(side.dependents.get(heir, ())):
        known = each in family or each in inside or each.kind in ("foreign_key", "leftover")
        if not known:
            yield f"{each} rests on {heir}"
