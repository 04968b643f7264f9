"""What a table has from its parents, and what becomes of that when it is attached or detached.

A table that is detached keeps its columns, checks, indexes and keys, as its own from then on; one
that is attached must have the columns and checks of its parent before, which are its own no more
afterwards. Both sides are compared in the state between, when the table stands alone. A column
that a table has said itself and also inherits stays its own for ever, whatever is said later, so
whether it is said again is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._part_generated import generated_here, given_back
from schemadiff.kinds._part_not_null import PartNotNull
from schemadiff.kinds._said_above import comes_anew, keeps_as_said, numbered_here
from schemadiff.kinds._type_change import type_change

Path = tuple[str, ...]
Parts = dict[Identity, DbObject]
_Sides = tuple[Catalog, Catalog]
RELATIONS: Final = ("table", FOREIGN)  # what can be part of another, or have parts
_PASSED_ON: Final = frozenset({"column", "default", "check"})
_MADE_BEFORE: Final = frozenset({*_PASSED_ON, "column_setting"})
BUILT: Final = frozenset({"primary_key", "unique", "index"})  # ATTACH makes them
_CLONED: Final = frozenset({"primary_key", "unique", "index", "foreign_key"})
_NOT_NULL: Final = ("not_null_name", "not_null_valid", "not_null_no_inherit")
_SETTINGS: Final = ("statistics", "storage", "compression", "options")
_ALIKE: Final = ("type", "collation")  # what a column has in common with the one above it


def parents(table: Any) -> tuple[Path, ...]:
    """Give the paths of the tables that a table is a part of or inherits from."""
    return (table.partition_of,) if table.partition_of else table.inherits


def relation(catalog: Catalog, path: Path) -> Any:
    """Give the table or foreign table of that name, or None."""
    found = (catalog.get(Identity(kind, path)) for kind in RELATIONS)
    return next((table for table in found if table is not None), None)


def belongings(catalog: Catalog, path: Path) -> Parts:
    """Give everything that a table has, its own or not, as if it were its own."""
    table = relation(catalog, path)
    if table is None:
        return {}
    found = {i: catalog.objects[i] for i in catalog.descendants(table.identity)}
    for parent in parents(table):
        for obj in _inherited(table, belongings(catalog, parent)):
            _merge(found, obj)
    for part in [o for i, o in found.items() if i.kind == "part_not_null"]:
        _merge_part(found, part)
    given_back(found)
    return found


def _merge_part(found: Parts, part: Any) -> None:
    """Have a column that a table has from another be NOT NULL where only this one says so."""
    column: Any = found.get(Identity("column", part.identity.path))
    if column is not None and not column.not_null:
        said = {name: getattr(part, name) for name in _NOT_NULL}
        found[column.identity] = replace(column, not_null=True, **said)


def _merge(found: Parts, obj: Any) -> None:
    """Add what comes from above to what is there; NOT NULL is a column where anybody says so."""
    known: Any = found.setdefault(obj.identity, obj)
    said = getattr(obj, "not_null", False) and not obj.not_null_no_inherit
    if said and not known.not_null:
        names = {name: getattr(obj, name) for name in ("not_null_name", "not_null_valid")}
        found[obj.identity] = replace(known, not_null=True, **names)


def _inherited(table: Any, above: Parts) -> Iterator[DbObject]:
    path = table.identity.path
    clones = {(kind, there): here for kind, here, there in getattr(table, "clones", ())}
    for identity, obj in above.items():
        kind, name = identity.kind, identity.name
        if kind in _PASSED_ON and not getattr(obj, "no_inherit", False):
            yield placed(obj, Identity(kind, (*path, name)), table)
        elif kind in _CLONED and (kind, name) in clones:
            yield placed(obj, Identity(kind, (*path, clones[kind, name])), table)


def placed(obj: Any, identity: Identity, table: Any) -> DbObject:
    """Give what a table has from another as it stands in this one."""
    of = table.identity.kind
    if identity.kind == "column":
        if obj.not_null_no_inherit:
            said = {"not_null_name": None, "not_null_no_inherit": False, "not_null_valid": True}
            obj = replace(obj, not_null=False, **said)
        # A part has no identity of its own: that is the whole table's.
        return replace(  # type: ignore[no-any-return]
            obj,
            identity=identity,
            identity_options=None,
            not_null_name=_not_null_name(obj, identity),
            not_null_apart=tuple(a for a in obj.not_null_apart if a[0] != identity.path[:2]),
            foreign_options=dict(getattr(table, "column_options", ())).get(identity.name, ()),
            of=of,
        )
    if identity.kind == "check":
        return replace(obj, identity=identity, of=of)  # type: ignore[no-any-return]
    if identity.kind in BUILT:  # its own is built, whatever other parts lack
        return replace(obj, identity=identity, valid=True)  # type: ignore[no-any-return]
    return replace(obj, identity=identity)  # type: ignore[no-any-return]


def _not_null_name(column: Any, identity: Identity) -> str | None:
    """Give the name that a part's NOT NULL has from its table, also after it stands alone (18)."""
    if not (column.not_null and column.names_not_null):
        return column.not_null_name  # type: ignore[no-any-return]
    _, table, name = column.identity.path
    there = column.not_null_name or make_name(table, name, "not_null")
    apart = dict(column.not_null_apart).get(identity.path[:2])
    there = apart.name if apart else there
    return None if there == make_name(identity.path[1], name, "not_null") else there


def _keep_names(before: Parts, after: Parts, table: Identity, desired: Catalog) -> None:
    """Leave the NOT NULLs of a table that joins another as they are called, but by its files.

    One of a column that it has alone gets another name also afterwards, and so does now.
    """
    above = [path for path in lineage(desired, table.path) if path != table.path]
    for identity in [i for i in after if i.kind == "column" and i.path[:2] == table.path]:
        if not any(Identity("column", (*path, identity.name)) in desired for path in above):
            continue
        old: Any = before.get(identity)
        new: Any = after[identity]
        chosen = getattr(desired.get(identity), "not_null_name", None)
        if old is not None and old.not_null and new.not_null and not chosen:
            after[identity] = replace(new, not_null_name=old.not_null_name)


def reconcile(current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
    """Give both sides with the tables that move standing alone."""
    before, after = dict(current.objects), dict(desired.objects)
    for identity in desired.of(*RELATIONS):
        old: Any = current.get(identity)
        new: Any = desired.objects[identity]
        if old is None or not (parents(old) or parents(new)) or comes_anew(old, new):
            continue
        apart = new.rejoins or (old.partition_of,) * (old.partition_of in new.inherits)
        left = [p for p in parents(old) if p not in parents(new) or p in apart]
        joined = [p for p in parents(new) if p not in parents(old) or p in apart]
        if identity.kind == FOREIGN and (left or joined):
            # Its columns stand alone in between, and have their options themselves.
            before[identity] = replace(old, column_options=())
            after[identity] = replace(new, column_options=())
        stays = [p for p in parents(old) if p not in left]
        if left:
            _add(before, old, current, left, stays)
            _bear_not_null(before, old, current, left)
        if joined:
            _add(after, new, desired, joined, stays)
            _refer(after, new, desired)
            _leave_to_whole(after, new, desired)
            _keep_names(before, after, new.identity, desired)
            _forget_equals(before, after, new, desired)
        if stays and old.inherits:
            was, will = (_handed_down(new, c, stays) for c in (current, desired))
            _forget_repeated(before, after, new, (was, will), (current, desired))
        if joined:
            _bear_not_null(after, new, desired, joined)
    if before.keys() == current.objects.keys() and after == desired.objects:
        return current, desired
    return replace(current, objects=before), replace(desired, objects=after)


def _add(
    objects: Parts, table: Any, catalog: Catalog, above: list[Path], stays: list[Path]
) -> None:
    """Add what a table has from others, but not what it goes on having from those that stay."""
    kept = {o.identity for p in stays for o in _inherited(table, belongings(catalog, p))}
    for parent in above:
        for obj in _inherited(table, belongings(catalog, parent)):
            if obj.identity not in kept:
                objects.setdefault(obj.identity, obj)


def _bear_not_null(objects: Parts, table: Any, catalog: Catalog, above: list[Path]) -> None:
    """Have a table that stands alone be NOT NULL itself where others than stay say so."""
    asked: Any
    for asked in [o for p in above for o in _inherited(table, belongings(catalog, p))]:
        if not getattr(asked, "not_null", False) or asked.not_null_no_inherit:
            continue
        if asked.identity in objects:
            _merge(objects, asked)
        else:
            part = Identity("part_not_null", asked.identity.path)
            names = (asked.not_null_name, asked.not_null_valid)
            objects.setdefault(part, PartNotNull(part, *names, of=table.identity.kind))


def _refer(after: Parts, table: Any, desired: Catalog) -> None:
    """Add the references that ATTACH would make, so that its rows are asked, and read before it.

    What was not built as a part says nothing of them; ATTACH gives them the names of the whole's.
    """
    if not table.partition_of or table.identity.kind == FOREIGN:
        return
    known = {there for kind, _, there in table.clones if kind == "foreign_key"}
    taken = {i.name for i in after if i.path[:2] == table.identity.path and len(i.path) > 2}  # noqa: PLR2004  its own
    for identity, obj in belongings(desired, table.partition_of).items():
        said: Any = obj
        new = identity.kind == "foreign_key" and identity.name not in known | taken
        if new and said.valid and said.enforced:
            here = Identity(identity.kind, (*table.identity.path, identity.name))
            after[here] = placed(obj, here, table)


def _leave_to_whole(after: Parts, table: Any, desired: Catalog) -> None:
    """Leave out the references of a new part to what it becomes a part of.

    They hold when its rows are there, so that the whole gets them after it, with all its parts.
    """
    above = {p for parent in parents(table) for p in lineage(desired, parent)}
    for identity in _under(after, table.identity):
        obj: Any = after[identity]
        if identity.kind == "foreign_key" and identity not in desired and obj.target in above:
            del after[identity]


def _forget_equals(before: Parts, after: Parts, table: Any, desired: Catalog) -> None:
    """Leave out the keys and indexes that ATTACH takes for those of the parent, by any name."""
    if not table.partition_of:
        return
    clones = {(kind, there): here for kind, here, there in getattr(table, "clones", ())}
    wanted = [o for i, o in belongings(desired, table.partition_of).items() if i.kind in _CLONED]
    for obj in wanted:
        kind, name = obj.identity.kind, obj.identity.name
        alike = placed(obj, Identity(kind, table.identity.path), table)
        for identity in _under(before, table.identity):
            there = before[identity]
            same = identity.kind == kind and identity not in desired
            if same and replace(there, identity=alike.identity) == alike:
                del before[identity]
                clone = Identity(kind, (*table.identity.path, clones.get((kind, name), "")))
                if clone not in desired:
                    after.pop(clone, None)
                break


def _forget_repeated(
    before: Parts, after: Parts, table: Any, inherited: tuple[Parts, Parts], sides: _Sides
) -> None:
    """Leave out what one side says again and both sides inherit, but defaults of one's own."""
    (was, will), (current, desired) = inherited, sides
    for identity in will.keys() - was.keys() - after.keys():
        if identity.kind == "column" and _merges(before.get(identity), will[identity]):
            after[identity] = will[identity]
            _keeps_default(after, identity, will)
            attach(after, identity, table, desired)
    for identity in sorted(was.keys() & will.keys()):  # columns before their defaults
        if (identity in before) == (identity in after):
            continue
        objects, above = (before, was) if identity in before else (after, will)
        said = objects[identity]
        column, default = (Identity(k, identity.path) for k in ("column", "default"))
        if identity == default:
            if column not in after and objects[identity] == above[identity]:
                del objects[identity]
        elif identity == column and identity in before:
            own = generated_here(after, said, will[identity], desired.version)
            after[identity] = _as_above(own, will[identity])
            _keeps_default(after, identity, will)
            attach(after, identity, table, desired)
        elif identity == column and numbered_here(before, after, said, was):
            attach(before, identity, table, current)
        else:
            del objects[identity]
            if identity == column and default in will:
                # What is said without a default has none, whatever the table above has.
                none = replace(will[default], expression="NULL")  # type: ignore[call-arg]
                after.setdefault(default, none)
            if identity == column:
                keeps_as_said(after, said, will[identity], desired.version)
                attach(after, identity, table, desired, own=False)


def _merges(own: Any, above: Any) -> bool:
    """Tell whether a table's own column can go on when a table above it gets one of that name."""
    if own is None or own.generated != above.generated:
        return False
    return not type_change(own.type, above.type).using


def _as_above(own: Any, above: Any) -> Any:
    """Say for the files that a column is the table's own, and as that above where it can differ."""
    own = replace(own, **{name: getattr(above, name) for name in (*_ALIKE, *_SETTINGS)})
    own = replace(own, identity_options=None, identity_sequence=None)
    if not own.not_null or above.not_null:
        return own
    return replace(own, not_null=False, not_null_name=None, not_null_no_inherit=False)


def _keeps_default(after: Parts, column: Identity, will: Parts) -> None:
    """Give the files a column's default as they mean it, who do not speak of the column."""
    default = Identity("default", column.path)
    said: Any = after.get(default, will.get(default))
    if said is None or said.expression == "NULL":
        after.pop(default, None)
    else:
        after[default] = replace(said, of="table")


def attach(
    objects: Parts, column: Identity, table: Any, catalog: Catalog, *, own: bool = True
) -> None:
    """Have what is attached to a column be so as it is to one of the table's own, or to another."""
    was, will = (table.identity.kind, "column") if own else ("column", table.identity.kind)
    above = table.identity if own else column
    for identity in catalog.children.get(above):
        if identity.kind in ("comment", "grant") and identity.path[:4] == (*column.path, was):
            moved = Identity(identity.kind, (*column.path, will, *identity.path[4:]))
            obj: Any = objects.pop(identity)
            objects[moved] = replace(obj, identity=moved, column=None if own else column.name)


def _handed_down(table: Any, catalog: Catalog, above: Iterable[Path]) -> Parts:
    """Give what a table has from some of its parents, of two the first's."""
    found: Parts = {}
    for parent in above:
        for obj in _inherited(table, belongings(catalog, parent)):
            _merge(found, obj)
    return found


def _under(objects: Parts, table: Identity) -> list[Identity]:
    return [i for i in objects if i.path[:2] == table.path and i.kind in _CLONED]


def parted(parent: Path) -> Identity:
    """Name the moment when whoever leaves a table has left it, so that its bounds are free."""
    return Identity("leftover", (*parent, "parted"))


def joined(parent: Path) -> Identity:
    """Name the moment when whoever becomes a part of a table is one, with its rows."""
    return Identity("leftover", (*parent, "joined"))


def stored_as(column: Identity) -> Identity:
    """Name the moment when a column has its settings, with which new parts begin."""
    return Identity("column_setting", column.path)


def lineage(catalog: Catalog, path: Path) -> Iterator[Path]:
    """Give a table's path, and those of all that it has something from."""
    yield path
    table = relation(catalog, path)
    for parent in parents(table) if table is not None else ():
        yield from lineage(catalog, parent)


def below(catalog: Catalog, path: Path) -> Iterator[Path]:
    """Give the paths of all that has something from a table, each once."""
    seen, queue = {path}, [path]
    while queue:
        whole = queue.pop(0)
        for each in sorted(i for k in RELATIONS for i in _resting(catalog, Identity(k, whole))):
            if each.path not in seen and whole in parents(catalog.objects[each]):
                seen.add(each.path)
                queue.append(each.path)
                yield each.path


def _resting(catalog: Catalog, whole: Identity) -> Iterator[Identity]:
    return (i for i in catalog.dependents.get(whole, ()) if i.kind in RELATIONS)


def freed(name: str, tables: Iterable[Path]) -> frozenset[Identity]:
    """Name the moment when a name of a constraint is free in tables."""
    return frozenset(Identity("leftover", (*path, name, "free")) for path in tables)


def within(catalog: Catalog, path: Path | None) -> frozenset[Identity]:
    """Name what a table hands on to its parts: to be there before one is made or attached."""
    if path is None:
        return frozenset()
    tables = (Identity(kind, each) for each in lineage(catalog, path) for kind in RELATIONS)
    found = {i for t in tables for i in catalog.descendants(t) if i.kind in _MADE_BEFORE}
    return frozenset(found | {stored_as(i) for i in found if i.kind == "column"})


def handed_on(table: Any, catalog: Catalog) -> frozenset[Identity]:
    """Name what has to be there, or gone, before a table is made as a part of others."""
    above = (within(catalog, p) | {parted(p)} for p in parents(table))
    return frozenset().union(*above)
