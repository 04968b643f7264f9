"""Heirs that leave a table for as long as it changes, and then join it again.

One that is made anew has none meanwhile. The surprising fact: a column that an heir has from two
tables, which do not have it from the same one, is altered through neither of them. Whether it
follows a type that is made anew shows only as the plan is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.moving import differs as still_differs
from schemadiff.core.moving import types_below, unfinished
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.core.versions import PG17
from schemadiff.kinds._table.for_good import in_order_of_types
from schemadiff.kinds._table.heirs import RELATIONS, Path, lineage, parents, relation


def who_rejoins(current: Catalog, desired: Catalog) -> Catalog:
    """Give the heirs with the tables above them that they leave and come back to."""
    desired = in_order_of_types(current, desired)
    found = dict[Identity, DbObject]()
    for identity in desired.of(*RELATIONS):
        old: Any = current.get(identity)
        new: Any = desired.objects[identity]
        if old is not None and new.inherits and (left := _rejoins(old, new, current, desired)):
            found[identity] = replace(new, rejoins=left)
    return replace(desired, objects={**desired.objects, **found}) if found else desired


def _rejoins(old: Any, new: Any, current: Catalog, desired: Catalog) -> tuple[Path, ...]:
    both = [p for p in new.inherits if p in old.inherits]
    left = {p for p in both if _goes(p, current, desired)}
    names = {c.identity.name for p in both for c in retyped(p, current, desired)}
    left |= _of_others(both, names, current, desired)
    left |= {p for p in both if any(generated_anew(new.identity, p, current, desired))}
    return tuple(p for p in both if p in left or p in new.rejoins)


def generated_anew(
    heir: Identity, above: Path, current: Catalog, desired: Catalog
) -> Iterator[Any]:
    """Give the columns that an heir says itself and has to make anew, and a table above it not.

    Before PostgreSQL 17 no expression changes in place, and what is inherited cannot be dropped.
    """
    for identity in desired.children.get(heir, ()) if current.version < PG17 else ():
        column = desired.objects[identity]
        if not _is_regenerated(identity, current, desired):
            continue
        tops = [Identity("column", (*p, identity.name)) for p in lineage(current, above)]
        if any(i in current for i in tops) and not any(
            _is_regenerated(i, current, desired) for i in tops
        ):
            yield column


def _is_regenerated(column: Identity, current: Catalog, desired: Catalog) -> bool:
    was, will = (getattr(side.get(column), "generated", None) for side in (current, desired))
    return None not in (was, will) and was != will


def _of_others(paths: list[Path], names: set[str], current: Catalog, desired: Catalog) -> set[Path]:
    """Name the tables that have one of the columns from elsewhere than the first that has it.

    One that gives the column up is left: an heir of it alone would lose its values.
    """
    left = set[Path]()
    for name in names:
        stays = [p for p in paths if tops_of(desired, p, name)]
        each = (*stays, *(p for p in paths if p not in stays))
        tops = {p: found for p in each if (found := tops_of(current, p, name))}
        first = next(iter(tops.values()), None)
        left |= {p for p, found in tops.items() if found != first}
    return left


def leaving_for(
    moving: Collection[Identity], kind: str, context: Context
) -> Iterator[tuple[Identity, Mapping[str, Any]]]:
    """Name the heirs that have a column which moves from several tables, and those they leave."""
    current, desired = context.current, context.desired
    moved = {i for i in moving if _moves(i, context)}
    for identity in desired.of(kind) if moved else ():
        old: Any = current.get(identity)
        new: Any = desired.objects[identity]
        both = [p for p in new.inherits if p in old.inherits] if old is not None else []
        above = {each for p in both for each in lineage(desired, p)}
        names = {i.name for i in moved if i.path[:2] in above}
        left = _of_others(both, names, current, desired) if names else set()
        if left - {*new.rejoins}:
            rejoins = tuple(p for p in both if p in left or p in new.rejoins)
            yield identity, {"rejoins": rejoins}


def _moves(identity: Identity, context: Context) -> bool:
    """Tell whether a column's values follow a type, or wait for it in their place."""
    column: Any = context.current.get(identity)
    if identity.kind != "column" or column is None or column.generated is not None:
        return False
    return identity in context.desired and column.parent not in context.replaced


def moved_with(path: Path, context: Context) -> Iterator[str]:
    """Give the conditions "a type of a column of a table, or above it, has yet to be made anew"."""
    current, found = context.current, set[Identity]()
    for column in (c for each in lineage(context.desired, path) for c in _columns(current, each)):
        found |= types_below(column, current, context)
    for each in sorted(found):
        if each in context.put_away:
            yield unfinished(each, context).condition
        elif each in context.by_text:
            yield still_differs(each, context) or "true"


def for_a_while(table: Identity, context: Context) -> bool:
    """Tell whether a table leaves others and comes back, or is left so: all that in one piece."""
    desired = context.desired
    heirs = (desired.get(i) for i in desired.dependents.get(table, ()) if i.kind in RELATIONS)
    left = any(table.path in getattr(heir, "rejoins", ()) for heir in heirs)
    return left or bool(getattr(desired.get(table), "rejoins", ()))


def _goes(path: Path, current: Catalog, desired: Catalog) -> bool:
    """Tell whether a table is made anew, or one of another kind takes its place."""
    old, new = relation(current, path), relation(desired, path)
    another = None not in (old, new) and old.identity.kind != new.identity.kind
    return another or bool(getattr(new, "column_order", ()))


def retyped(path: Path, current: Catalog, desired: Catalog) -> Iterator[Any]:
    """Give the columns, as they will be, that get another type in a table or above it."""
    for each in lineage(desired, path):
        for identity in _columns(desired, each):
            old: Any = current.get(identity)
            new: Any = desired.objects[identity]
            if old is not None and (old.type, old.collation) != (new.type, new.collation):
                yield new


def made_generated(path: Path, current: Catalog, desired: Catalog) -> Iterator[Any]:
    """Give the columns, as they will be, that a table or one above it has plain until then."""
    for each in lineage(desired, path):
        for identity in _columns(desired, each):
            old: Any = current.get(identity)
            new: Any = desired.objects[identity]
            if old is not None and old.generated is None and new.generated is not None:
                yield new


def given_up(path: Path, current: Catalog, desired: Catalog) -> Iterator[Any]:
    """Give the columns of a table, or of one above it, that it has no more afterwards."""
    for each in lineage(desired, path):
        yield from (current.objects[i] for i in _columns(current, each) if i not in desired)


def shared(path: Path, others: list[Path], catalog: Catalog) -> Iterator[Identity]:
    """Name the columns of other tables that an heir of a table as well has from both."""
    names = {i.name for each in lineage(catalog, path) for i in _columns(catalog, each)}
    for each in (above for other in others for above in lineage(catalog, other)):
        yield from (i for i in _columns(catalog, each) if i.name in names)


def _columns(catalog: Catalog, path: Path) -> Iterator[Identity]:
    inside = (i for k in RELATIONS for i in catalog.children.get(Identity(k, path), ()))
    return (i for i in inside if i.kind == "column")


def tops_of(catalog: Catalog, path: Path, name: str) -> frozenset[Path]:
    """Name the uppermost tables that a table has a column from."""
    table = relation(catalog, path)
    above = (tops_of(catalog, p, name) for p in (parents(table) if table is not None else ()))
    found: frozenset[Path] = frozenset().union(*above)
    own = any(Identity("column", (*path, name)) == i for i in _columns(catalog, path))
    return found or frozenset([path] if own else ())
