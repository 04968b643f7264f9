"""Columns that a table gives up and its heirs go on with.

`ALTER TABLE ONLY … DROP COLUMN` leaves the column to each heir, as its own from then on (manual,
5.11). Both sides are compared in the state after that, so an heir that has no use for the column
drops it by itself. The surprising fact: of one that is NOT NULL, PostgreSQL 18 has the heirs go on
inheriting the constraint from nowhere, unless that goes from the table alone as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from schemadiff.core.catalog import Catalog, Edges
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation
from schemadiff.core.record import replace
from schemadiff.core.sql import ident
from schemadiff.kinds._column.alter import attribute, table_sql
from schemadiff.kinds._table.heirs import (
    RELATIONS,
    Path,
    attach,
    belongings,
    parents,
    placed,
    relation,
)
from schemadiff.kinds._types import tied_later

_NOT_NULL: Final = ("not_null_name", "not_null_valid", "not_null_no_inherit")


def leave_to_heirs(current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
    """Give both sides, the current one with the columns that heirs keep as their own."""
    legacy = _Legacy(current, desired, dict(current.objects))
    for identity in desired.of("column"):
        if identity not in current and legacy.lost_above(identity):
            legacy.keep(identity)
    if not legacy.left:
        return current, desired
    current = replace(current, objects=legacy.objects, dependencies=legacy.edges(current))
    return current, replace(desired, dependencies=legacy.edges(desired))


@dataclass
class _Legacy:
    """Which columns are left to which heirs, and the objects once they are."""

    current: Catalog
    desired: Catalog
    objects: dict[Identity, DbObject]
    left: dict[Identity, set[Identity]] = field(default_factory=dict)  # a column -> its heirs'

    def staying(self, path: Path) -> tuple[Path, ...]:
        """Give the parents that a table has before and after."""
        was, will = relation(self.current, path), relation(self.desired, path)
        if was is None or will is None or was.partition_of:
            return ()
        return tuple(p for p in parents(was) if p in parents(will))

    def givers(self, column: Identity) -> list[Identity]:
        """Name the columns right above that an inherited column is merged with."""
        above = [Identity("column", (*p, column.name)) for p in self.staying(column.path[:2])]
        return [i for i in above if i in self.objects or self.givers(i)]

    def lost_above(self, column: Identity) -> bool:
        """Tell whether an heir wants for itself what it had from tables that give it up."""
        return bool(self.givers(column)) and not self._handed_down(column)

    def _handed_down(self, column: Identity) -> bool:
        table = relation(self.desired, column.path[:2])
        above = [Identity("column", (*p, column.name)) for p in (parents(table) if table else ())]
        return any(i in self.desired or self._handed_down(i) for i in above)

    def keep(self, column: Identity) -> None:
        """Have an inherited column be a table's own, as all heirs of what is above it have it."""
        for giver in self.givers(column):
            if giver not in self.objects:
                self.keep(giver)
            if giver not in self.left:
                self._leave(giver)

    def _leave(self, giver: Identity) -> None:
        heirs = self.left[giver] = set()
        for table in heirs_of(giver, self.current):
            own = Identity("column", (*table.path, giver.name))
            if giver.path[:2] not in self.staying(table.path) or own in self.objects:
                continue
            if not any(self._stays(i) for i in self.givers(own) if i != giver):
                self._put(giver, own)
                heirs.add(own)

    def _stays(self, column: Identity) -> bool:
        return column in self.desired or self._handed_down(column)

    def _put(self, giver: Identity, own: Identity) -> None:
        table: Any = relation(self.current, own.path[:2])
        column: Any = placed(self.objects[giver], own, table)
        said = self.objects.pop(Identity("part_not_null", own.path), None)
        if said is not None:
            names = {a: getattr(said, a) for a in _NOT_NULL}
            column = replace(column, not_null=True, **names)
        self.objects[own] = column
        attach(self.objects, own, table, self.current)
        default, above = (Identity("default", i.path) for i in (own, giver))
        differs: Any = self.objects.get(default)
        if differs is None and above in self.objects:
            self.objects[default] = placed(self.objects[above], default, table)
        elif differs is not None and differs.expression == "NULL":
            del self.objects[default]
        elif differs is not None:
            self.objects[default] = replace(differs, of="table")

    def edges(self, side: Catalog) -> Edges:
        """Have what rests on the columns rest on the heirs', where that is what it reads."""
        found = dict(side.dependencies)
        for giver, heirs in self.left.items():
            for each in self.current.dependents.get(giver, ()):
                there = side.dependencies.get(each, frozenset())
                wanted = self.desired.depends_on(each)
                inside = {h for h in heirs if each.path[:2] == h.path[:2]}
                moved = inside or (heirs & wanted if giver not in wanted else set())
                if giver in there and moved:
                    found[each] = found[each] - {giver} | moved
        return found


def heirs_of(column: Any, catalog: Catalog) -> Iterator[Identity]:
    """Name the tables that inherit from that of a column."""
    path = column.path[:2]
    for kind in RELATIONS:
        for each in sorted(catalog.dependents.get(Identity(kind, path), ())):
            if path in getattr(catalog.objects[each], "inherits", ()):
                yield each


def is_left(column: Any, context: Context) -> bool:
    """Tell whether a column that goes is left to the heirs of its table."""
    name, path = column.identity.name, column.identity.path[:2]
    found = False
    for table in heirs_of(column.identity, context.current):
        heir: Any = context.desired.get(table)
        if heir is None or path not in parents(heir) or path in heir.rejoins:
            continue
        if Identity("column", (*table.path, name)) in context.current:
            found = True
        elif not _has_from_another(heir, path, name, context.current):
            return False
    return found


def is_merged(column: Any, context: Context) -> bool:
    """Tell whether all heirs of a table have a new column of it themselves, with values in it."""
    heirs = heirs_of(column.identity, context.current)
    own = [Identity("column", (*each.path, column.identity.name)) for each in heirs]
    return bool(own) and all(i in context.current and i in context.desired for i in own)


def _has_from_another(table: Any, but: Path, name: str, catalog: Catalog) -> bool:
    others = (p for p in parents(table) if p != but)
    return any(Identity("column", (*p, name)) in belongings(catalog, p) for p in others)


def dropped_alone(op: Operation, old: Any, context: Context) -> Operation:
    """Drop a column of one table alone, where it is left to heirs, before they change it."""
    if not is_left(old, context):
        return op
    heirs = heirs_of(old.identity, context.current)
    name = ident(old.identity.name)
    free = f"ALTER COLUMN {name} DROP NOT NULL, " if old.names_not_null and old.not_null else ""
    return replace(
        op,
        sql=f"{table_sql(old, 'ONLY ')} {free}DROP COLUMN {name}",
        guard=Guard(attribute(old, "true")),
        ahead_of=frozenset(Identity("column", (*t.path, old.identity.name)) for t in heirs),
    )


def still_own(old: Any, context: Context) -> Guard | None:
    """Give the condition for a drop: what a typed table or one above has cannot be dropped."""
    if tied_later(old, context):
        return Guard(attribute(old, "true"))
    table = context.desired.get(old.parent)
    above = parents(table) if table is not None else ()
    return Guard(attribute(old, "attinhcount = 0")) if above else None


def stays_of_heir(column: Identity, desired: Catalog) -> bool:
    """Tell whether an heir, which is no part, has a column from tables above it."""
    table = relation(desired, column.path[:2])
    above = table.inherits if table is not None and not table.partition_of else ()
    return any(Identity("column", (*p, column.name)) in belongings(desired, p) for p in above)
