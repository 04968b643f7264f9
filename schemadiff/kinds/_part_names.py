"""What an attached part calls the NOT NULLs of its whole, and says of them in a comment (18).

pg_dump writes such a name, so it is a part's own though the constraint is not. The surprising fact:
an inherited constraint cannot be renamed, so the part is let go for it, and its rows are read as it
comes back. What nobody has named stays as it is called: parts that come from before 18 have all
names of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._column.alter import step
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._expand.which import Move, is_numbered, move_of
from schemadiff.kinds._not_null import (
    NAMES_NOT_NULL,
    alter_not_null,
    as_block,
    plain_not_null,
    rename_not_null,
)
from schemadiff.kinds._not_null_apart import Renaming, with_apart
from schemadiff.kinds._part_not_null import Called, PartNotNull, constraint_name, has_not_null
from schemadiff.kinds._said_above import comes_anew
from schemadiff.kinds._table.heirs import RELATIONS, lineage, parents, relation

_BEARERS: Final = ("column", "part_not_null")
_NUMBER: Final = """SELECT attnum FROM pg_catalog.pg_attribute
    WHERE attrelid = conrelid AND attname = {}"""
_MAKES_ANEW: Final = ("type", "collation", "generated", "virtual")
Path = tuple[str, ...]
Objects = dict[Identity, DbObject]

# Of the constraint `nn` of the part `c`: whether it is called otherwise than that of its whole, and
# whether it has a comment. The names of a whole are gathered once: there may be many parts.
APART_SQL: Final = """(nn.coninhcount > 0 AND c.relispartition
                AND (nn.conname = ANY (wholes.called)) IS NOT TRUE)"""
COMMENTED_SQL: Final = "(nn.coninhcount > 0 AND remark.objoid IS NOT NULL)"
# Whether an heir has said it besides the table above.
OWN_TOO_SQL: Final = "(nn.coninhcount > 0 AND nn.conislocal AND NOT c.relispartition)"
BESIDE_SQL: Final = """
            LEFT JOIN (
                SELECT w.conrelid, array_agg(w.conname) AS called FROM pg_constraint w
                WHERE w.contype = 'n' AND w.conrelid IN (SELECT inhparent FROM pg_inherits)
                GROUP BY w.conrelid) wholes ON wholes.conrelid = part.whole
            LEFT JOIN pg_description remark ON remark.objoid = nn.oid
                AND remark.classoid = 'pg_constraint'::regclass AND remark.objsubid = 0"""


def says(catalog: Catalog, identity: Identity) -> Any:
    """Give what makes a column of a part NOT NULL from above, None where nothing does."""
    table = relation(catalog, identity.path[:2])
    for parent in parents(table) if table is not None else ():
        further = Identity(identity.kind, (*parent, identity.name))
        near = (catalog.get(Identity("column", further.path)), catalog.get(further))
        for found in filter(is_passed_on, near):
            return found
        if (found := says(catalog, further)) is not None:
            return found
    return None


def is_passed_on(found: Any) -> bool:
    """Tell whether parts and heirs get a NOT NULL from what bears it."""
    if found is None or getattr(found, "inherited", False):
        return False
    return getattr(found, "not_null", True) and not found.not_null_no_inherit


def name_above(catalog: Catalog, identity: Identity) -> str:
    """Give what the table right above a part calls it."""
    return _name_in(catalog, identity, [*lineage(catalog, identity.path[:2])][1:])


def _name_here(catalog: Catalog, identity: Identity) -> str:
    return _name_in(catalog, identity, [*lineage(catalog, identity.path[:2])])


def _name_in(catalog: Catalog, identity: Identity, tables: Iterable[Path]) -> str:
    """Give the name in the first of some tables that has one of its own, or that of the bearer."""
    bearer = says(catalog, identity)
    apart = dict(with_apart(bearer, catalog).not_null_apart)
    for path in tables:
        part: Any = catalog.get(Identity(identity.kind, (*path, identity.name)))
        if part is not None and part.inherited and part.not_null_name:
            return str(part.not_null_name)
        if path in apart:
            return str(apart[path].name)
    return constraint_name(bearer)


def key_of(catalog: Catalog, identity: Identity) -> Identity | None:
    """Name the primary key of a part itself that makes a column NOT NULL."""
    for kind in RELATIONS:
        for each in catalog.children.get(Identity(kind, identity.path[:2]), ()):
            key: Any = catalog.objects[each]
            if each.kind == "primary_key" and identity.name in key.columns:
                return each
    return None


def _is_new(identity: Identity, current: Catalog, desired: Catalog) -> bool:
    """Tell whether a part is made by the plan, for the first time or anew."""
    old, new = (relation(side, identity.path[:2]) for side in (current, desired))
    return old is None or comes_anew(old, new)


class Sides:
    """Both sides of what parts call NOT NULLs that come from above, before or after."""

    def __init__(self, sides: tuple[Catalog, Catalog], before: Objects, after: Objects) -> None:
        self._before, self._after = before, after
        # As far as they are settled: the tables above come first.
        self._current, self._desired = (
            replace(side, objects=objects)
            for side, objects in zip(sides, (before, after), strict=True)
        )

    def settled(self, said: Iterable[Identity]) -> set[Identity]:
        """Give those that are compared by their names alone, and have the columns know them."""
        depth = {i: len([*lineage(self._desired, i.path[:2])]) for i in said}
        found = {i for i in sorted(depth, key=lambda i: (depth[i], i)) if self._settle(i)}
        self._tell(found)
        return found

    def _settle(self, identity: Identity) -> bool:
        old: Any = self._before.get(identity)
        new: Any = self._after.get(identity)
        if self._desired.version < NAMES_NOT_NULL or (old is None and new is None):
            return False
        had, will = says(self._current, identity), says(self._desired, identity)
        stays = relation(self._desired, identity.path[:2]) is not None
        if not stays or (will is None and new is None):
            return had is not None  # it goes with what makes it, and with what is said of it
        if will is None:
            return had is None and self._settle_under_key(identity, old, new)
        there = not _is_new(identity, self._current, self._desired)
        above = [*lineage(self._current, identity.path[:2])] if there else []
        if there and old is None and had is None and will.identity.path[:2] not in above:
            return False  # it joins that later, and has one of its own by then
        if not there or (old is None and had is None):
            name = new.not_null_name or name_above(self._desired, identity)
            own_too = bool(new.not_null_name) and not self._is_part(identity)
            self._after[identity] = replace(
                new, not_null_name=name, inherited=True, own_too=own_too
            )
        else:
            was, name = self._names(identity, old, new, above=had is not None)
            found = replace(old or new, not_null_name=was, inherited=had is not None)
            self._before[identity] = found
            self._after[identity] = replace(found, not_null_name=name, inherited=True)
        return True

    def _settle_under_key(self, identity: Identity, old: Any, new: Any) -> bool:
        """Have what a key of the part makes, before and after, differ by its name alone."""
        if not all(key_of(side, identity) for side in (self._current, self._desired)):
            return False
        if old is None:
            self._before[identity] = replace(new, not_null_name=None)
        elif new is None:
            path, name = identity.path[:2], identity.name
            columns = (Identity("column", (*p, name)) for p in lineage(self._desired, path))
            known = any(getattr(self._after.get(c), "names_not_null", False) for c in columns)
            self._after[identity] = replace(old, not_null_name=None) if known else old
        return True

    def _names(self, identity: Identity, old: Any, new: Any, *, above: bool) -> tuple[str, str]:
        """Give what a part calls it before, and is to call it; one that follows does not change."""
        said = new.not_null_name if new is not None else None
        is_part = self._is_part(identity)
        if not above:
            was = constraint_name(old)
            return was, said or was
        then, now = (name_above(side, identity) for side in (self._current, self._desired))
        if self._is_lost(identity):
            return (then, said) if is_part and said else (now, now)
        was = (old.not_null_name if old is not None else None) or then
        if said and old is not None and old.own_too:
            return was, said
        if is_part and (said or (then != now and self._follows(identity))):
            return was, said or now
        follows = not is_part or then != now or was == then
        return (now, now) if follows else (was, was)

    def _is_part(self, identity: Identity) -> bool:
        return relation(self._desired, identity.path[:2]).partition_of is not None

    def _is_lost(self, identity: Identity) -> bool:
        """Tell whether the name is lost as the column changes, and the comment, which goes too."""
        lost = _is_made_anew(identity, self._current, self._desired)
        if lost:
            self._before.pop(Identity("comment", (*identity.path, identity.kind)), None)
        return lost

    def _follows(self, identity: Identity) -> bool:
        """Tell whether the desired side was read, and calls it there as above."""
        bearer = says(self._desired, identity)
        called = dict(with_apart(bearer, self._desired).not_null_apart)
        return bool(bearer.names_not_null) and identity.path[:2] not in called

    def _tell(self, settled: Iterable[Identity]) -> None:
        """Have the columns know what their parts are to call it, as those that were read do."""
        found: dict[Identity, dict[Any, Called]] = {}
        for identity in settled:
            part: Any = self._after.get(identity)
            if part is None or not part.inherited:
                continue
            path, name = identity.path[:2], identity.name
            columns = (Identity("column", (*p, name)) for p in lineage(self._desired, path))
            for each in filter(self._after.get, columns):
                column: Any = self._after[each]
                apart = found.setdefault(each, dict(column.not_null_apart))
                before = apart.pop(path, None)
                own = part.own_too or (before is not None and before.own)
                if own or part.not_null_name != name_above(self._desired, identity):
                    apart[path] = Called(part.not_null_name, own)
        for identity, apart in found.items():
            column = self._after[identity]
            self._after[identity] = replace(column, not_null_apart=tuple(apart.items()))


def _is_made_anew(identity: Identity, current: Catalog, desired: Catalog) -> bool:
    """Tell whether the column changes so that the server makes its NOT NULL anew.

    ALTER COLUMN … TYPE makes that of the whole table again, which parts get under its name.
    """
    for path in lineage(desired, identity.path[:2]):
        column = Identity("column", (*path, identity.name))
        old: Any = current.get(column)
        new: Any = desired.get(column)
        if old is not None and new is not None:
            return any(getattr(old, name) != getattr(new, name) for name in _MAKES_ANEW)
    return False


def _is_named_in_its_place(column: DbObject, context: Context) -> bool:
    """Tell whether another column takes the place of one, and the names of its NOT NULLs."""
    move = isinstance(move_of(column, context), Move)
    return move and not is_numbered(column.identity, context)


def called_above(part: Any, *sides: Catalog) -> frozenset[Identity]:
    """Name what has to be called as it will be before a comment speaks of a part's NOT NULL."""
    path, name = part.identity.path[:2], part.identity.name
    wholes = {p for side in sides for p in lineage(side, path)} if part.inherited else ()
    return frozenset(Identity("column", (*p, name)) for p in wholes)


def called_from_above(new: PartNotNull, context: Context) -> Iterator[Operation]:
    """Have what the plan makes come from above called so; new parts see to it as they are made."""
    before = name_above(context.desired, new.identity)
    made = _is_new(new.identity, context.current, context.desired)
    if made or new.parent in context.replaced or before == new.not_null_name:
        return
    bearer = says(context.desired, new.identity).identity
    if bearer in context.current:
        # One of its own, which the one from above is joined with, keeps its name.
        own = replace(plain_not_null(new), awaited_by=frozenset({bearer}))
        yield replace(own, provides=frozenset({new.identity}))
    else:
        for op in renamed_apart(replace(new, not_null_name=before), new, context):
            # The name that it gives up nobody waits for: it has it from what the plan makes.
            yield replace(op, provides=frozenset({new.identity}))


def said_with_heir(new: PartNotNull, context: Context) -> Iterator[Operation]:
    """Say it with a new heir, whose own it is besides that of the table above.

    Said later it would have the name of that.
    """
    if not (new.own_too and _is_new(new.identity, context.current, context.desired)):
        return
    column, name = ident(new.identity.name), constraint_name(new)
    op = step(new, "SET NOT NULL", has_not_null(new.parent.path, name, "NOT conislocal"))
    said = Fold(new.parent, f"CONSTRAINT {ident(name)} NOT NULL {column}", rank=25)
    yield replace(op, verb=Verb.CREATE, fold=said)


def is_from_above_alone(column: Path, context: Context) -> bool:
    """Tell whether an heir has the NOT NULL of a column from above, and does not say it itself."""
    table: Any = relation(context.desired, column[:2])
    if context.version < NAMES_NOT_NULL or not getattr(table, "inherits", ()):
        return False
    own, part = (context.desired.get(Identity(kind, column)) for kind in _BEARERS)
    if own is not None or getattr(part, "own_too", False):
        return False
    return says(context.desired, Identity("part_not_null", column)) is not None


def named_after_key(new: PartNotNull, context: Context) -> Operation | None:
    """Rename what the key of a new part makes, which may be made with the part."""
    key = key_of(context.desired, new.identity)
    there = not _is_new(new.identity, context.current, context.desired)
    if key is None or not new.not_null_name or there:
        return None
    op = rename_not_null(new, constraint_name(replace(new, not_null_name=None)))
    made = frozenset({new.parent, key})
    return replace(op, requires=made, provides=frozenset({new.identity}), bound=False)


def kept_from_above(new: PartNotNull, context: Context) -> Iterator[Operation]:
    """Have a part keep what goes above it, for which no rows are read, and call it by its name."""
    before = _name_here(context.current, new.identity)
    inherited = has_not_null(new.parent.path, before, "coninhcount > 0 AND NOT conislocal")
    above = frozenset({says(context.current, new.identity).identity})
    *steps, last = (
        replace(step(new, "SET NOT NULL", inherited), awaited_by=above),
        *called_anew(new, context),
    )
    yield from steps
    yield replace(last, provides=frozenset({new.identity}))


def called_anew(new: PartNotNull, context: Context) -> Iterator[Operation]:
    """Rename what a part keeps under the name that it has from above."""
    bearer = says(context.current, new.identity) if context.version >= NAMES_NOT_NULL else None
    if bearer is None:
        return
    before = _name_here(context.current, new.identity)
    if before != constraint_name(new):
        above = frozenset({bearer.identity})
        yield replace(rename_not_null(new, before), requires=above, bound=False)


def can_be_kept(new: PartNotNull, context: Context) -> bool:
    """Tell whether a part has from above what it is to have by itself."""
    if context.version < NAMES_NOT_NULL or new.not_null_no_inherit or not new.not_null_valid:
        return False
    bearer = says(context.current, new.identity)
    return bearer is not None and bearer.not_null_valid


def renamed_apart(old: PartNotNull, new: PartNotNull, context: Context) -> Iterator[Operation]:
    """Rename it after the tables above have theirs, or before they have one."""
    bearer = says(context.desired, new.identity).identity
    if not old.inherited:
        op = rename_not_null(new, constraint_name(old))
        yield replace(op, awaited_by=frozenset({bearer}))
        return
    path, column = new.identity.path[:2], new.identity.name
    _, *wholes = lineage(context.desired, path)
    swapped = filter(None, (context.desired.get(Identity("column", (*p, column))) for p in wholes))
    if any(_is_named_in_its_place(c, context) for c in swapped):
        return  # the column that takes its place has the name
    above = frozenset(Identity(k, (*p, column)) for p in wholes for k in _BEARERS)
    if _is_made_anew(new.identity, context.current, context.desired):
        renaming = Renaming(old, new, context, lambda *_: True)
        name = constraint_name(new)
        plain = rename_not_null(new, constraint_name(old))
        op = as_block(plain, renaming.of_part_anew(name), renaming)
        mine = f"conkey[1] = ({_NUMBER.format(literal(column))})"
        guard = Guard(f"NOT {has_not_null(path, name, mine)}")
        above |= {settled((*p, column)) for p in wholes}
        yield replace(op, guard=guard, requires=op.requires | above)
        return
    then = _called_by_then(old, wholes, context)
    for op in alter_not_null(then, new, frozenset({"not_null_name"}), context):
        # The name that it has for a moment is nobody's to wait for.
        provides = op.provides if then is old else frozenset()
        yield replace(op, requires=op.requires | above, provides=provides)


def _called_by_then(old: PartNotNull, wholes: list[Path], context: Context) -> PartNotNull:
    """Give it the name that it gets with that of the table above, if both are called alike now."""

    def name(side: Catalog) -> str | None:
        of = (Identity(k, (*p, old.identity.name)) for p in wholes for k in _BEARERS)
        return next((constraint_name(side.objects[i]) for i in of if i in side), None)

    before, after = name(context.current), name(context.desired)
    if after is None or constraint_name(old) != before:
        return old
    return replace(old, not_null_name=after)
