"""Explicit renames (`renamed_from`) and the catalog as it will be after them.

A hint left in the files after the rename is harmless: the old name is gone and nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, Registry, overriding
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.record import record
from schemadiff.diff.moved import Moving, renamed_catalog


@record(frozen=True)
class Renamed:
    """The renames in the order in which they can run, and the catalog after them."""

    renames: tuple[Rename, ...]
    current: Catalog


def apply_hints(
    current: Catalog,
    desired: Catalog,
    hints: Mapping[Identity, Identity],
    place: Callable[[Identity], Place | None],
    registry: Registry | None = None,
) -> Renamed:
    """Decide which hints mean a rename now; raises PlanError where that is not clear.

    What has the name, is of another kind and goes, steps aside until then.
    """
    wrong: list[Diagnostic] = []
    renames: list[Rename] = []
    waiting = _in_turn(current, hints)
    taken = _Taken(current, registry)
    side = Moving(current)
    wrong += _ambiguous(waiting, place)
    # What stands in something that is renamed may trade names, which shows when that is done.
    while waiting and not (wrong := wrong + _circles(dict(waiting), side.catalog, place)):
        later: list[tuple[Identity, Identity]] = []
        for new, old in waiting:
            reason = _conflict(new, old, side, desired, hints)
            if reason == "wait":
                later.append((new, old))
            elif reason:
                wrong.append(_refuse(new, old, reason, place))
            elif old in side and new not in side:
                holders = taken.by_others(side.called(old, new), side)
                if any(_moves_on(each.identity, side, hints) for each in holders):
                    later.append((new, old))
                    continue
                aside = [*_stepping_aside(holders, desired, registry)]
                renames += [side.rename(*each) for each in (*aside, (old, new))]
        if len(later) == len(waiting) and (away := _out_of_the_way(later, side, registry)):
            renames.append(side.rename(*away))
            later = [(new, away[1] if old == away[0] else old) for new, old in later]
            hints = dict(later)
        elif len(later) == len(waiting):
            reason = "they trade names, and that has no order that keeps both"
            wrong += [_refuse(new, old, reason, place) for new, old in later]
            break
        waiting = later
    if wrong:
        raise PlanError(*wrong)
    return Renamed(tuple(renames), side.catalog)


def with_usual_names(
    renamed: Renamed,
    desired: Catalog,
    place: Callable[[Identity], Place | None],
    registry: Registry | None = None,
) -> Renamed:
    """Rename what lives beside something that was renamed, where it has the name that is usual.

    Nobody says that the sequence of a serial column is called otherwise when its table is; made
    anew, it would begin at 1 again.
    """
    current = renamed.current
    new = [r.new.identity.path for r in renamed.renames]
    hints: dict[Identity, Identity] = {}
    for identity, obj in desired.objects.items():
        column = obj.beside
        if column is None or identity in current:
            continue
        if any(column.path[: len(path)] == path for path in new):
            before = [
                i
                for i in current.dependents.get(column, ())
                if i.kind == identity.kind and i not in desired and current.objects[i].beside
            ]
            if len(before) == 1:
                hints[identity] = before[0]
    more = apply_hints(current, desired, hints, place, registry)
    return Renamed((*renamed.renames, *more.renames), more.current)


def _conflict(
    new: Identity,
    old: Identity,
    current: Container[Identity],
    desired: Catalog,
    hints: Mapping[Identity, Identity],
) -> str:
    if old not in current:
        return ""
    if new not in current:
        return ""  # where the old name is desired as well, something else gets it
    if _moves_on(new, current, hints):
        return "wait"
    if old not in desired:
        return f"both {old.path[-1]} and {new.path[-1]} exist"
    # Both exist and both are desired: long done.
    return ""


def _in_turn(
    current: Catalog, hints: Mapping[Identity, Identity]
) -> list[tuple[Identity, Identity]]:
    """Give the hints of what is outside first.

    What goes along with another is called so already when its turn comes.
    """
    along = {
        each
        for new, old in hints.items()
        if old in current and new not in current
        for each in current.objects[old].takes_along(new, current)
    }
    by_depth = sorted(hints.items(), key=lambda i: (len(i[0].path), i[1] in along, i[0]))
    return [(new, old) for new, old in by_depth if new != old]


class _Taken:
    """The names that are or were taken: who has one is looked for where a rename takes it."""

    def __init__(self, first: Catalog, registry: Registry | None) -> None:
        self._first, self._registry = first, registry
        self._names: set[tuple[str, ...]] | None = None

    def by_others(self, rename: Rename, side: Moving) -> list[DbObject]:
        """Give what is of another kind and has a name that a rename takes."""
        if self._registry is None:
            return []
        kind = self._registry.of(rename.new)
        wanted = {*kind.occupies(rename.new)} - {*kind.occupies(rename.old)}
        if self._names is None:
            self._names = {n for obj in self._asked(self._first) for n in self._of(obj)}
        found = [] if wanted.isdisjoint(self._names) else [*self._asked(side.catalog)]
        self._names |= wanted
        others = (obj for obj in found if obj.identity.kind != rename.identity.kind)
        return [obj for obj in others if not wanted.isdisjoint(self._of(obj))]

    def _asked(self, catalog: Catalog) -> Iterator[DbObject]:
        assert self._registry is not None
        asked = catalog.of(*overriding(self._registry, "occupies"))
        return (catalog.objects[i] for i in asked)

    def _of(self, obj: DbObject) -> Iterable[tuple[str, ...]]:
        assert self._registry is not None
        return self._registry.of(obj).occupies(obj)


def _stepping_aside(
    holders: list[DbObject], desired: Catalog, registry: Registry | None
) -> Iterator[tuple[Identity, Identity]]:
    """Give the names that things have until they go, if that loses nothing that they hold."""
    for obj in holders:
        assert registry is not None
        identity, kind = obj.identity, registry.of(obj)
        if identity not in desired and not (kind.holds_data or kind.moves_over):
            free = temporary_name("in the way", identity.kind, *identity.path)
            yield identity, kind.former(identity, (free,))


def _out_of_the_way(
    waiting: list[tuple[Identity, Identity]], side: Moving, registry: Registry | None
) -> tuple[Identity, Identity] | None:
    """Give the name that one of a circle of several kinds has in between.

    Whether that was done shows afterwards: what has the old name is of another kind.
    """
    if registry is None:
        return None
    for new, old in waiting:
        free = temporary_name("traded name", new.kind, *new.path)
        if old in side and new not in side and old.name != free:
            return old, registry[old.kind].former(old, (free,))
    return None


def _moves_on(
    identity: Identity, current: Container[Identity], hints: Mapping[Identity, Identity]
) -> bool:
    """Tell whether an object gets another name itself, at once or when that is free."""
    heirs, seen = [identity], {identity}
    while heirs:
        each = heirs.pop()
        for new in (n for n, old in hints.items() if old == each):
            if new not in current or new == identity:  # a circle is for another round to see
                return True
            if new not in seen:
                seen.add(new)
                heirs.append(new)
    return False


def _ambiguous(
    hints: list[tuple[Identity, Identity]], place: Callable[[Identity], Place | None]
) -> list[Diagnostic]:
    by_old: dict[Identity, list[Identity]] = {}
    for new, old in hints:
        by_old.setdefault(old, []).append(new)
    return [
        _refuse(news[1], old, f"{news[0]} claims to come from it too", place)
        for old, news in by_old.items()
        if len(news) > 1
    ]


def _circles(
    hints: Mapping[Identity, Identity],
    current: Catalog,
    place: Callable[[Identity], Place | None],
) -> list[Diagnostic]:
    """Names that are traded in a circle: whether that was done already, nobody can tell."""
    wrong = []
    for new in sorted(hints):
        circle, each = [new], hints[new]
        while each in hints and each not in circle:
            circle.append(each)
            each = hints[each]
        if each == new == min(circle) and len(circle) > 1 and all(i in current for i in circle):
            names = " and ".join(i.name for i in circle)
            reason = (
                f"{names} trade names, and afterwards nobody could tell whether that was done; "
                "rename one of them to a name that is free, and in a second plan the others"
            )
            wrong.append(_refuse(new, hints[new], reason, place))
    return wrong


def _refuse(
    new: Identity, old: Identity, reason: str, place: Callable[[Identity], Place | None]
) -> Diagnostic:
    return Diagnostic(
        code="SD050",
        message=f"{new} cannot be renamed from {old.called}: {reason}",
        hint="remove renamed_from, or the name that should no longer exist",
        place=place(new),
    )


def called_anew(
    before: Catalog,
    after: Catalog,
    first: Mapping[Address, Identity],
    last: Mapping[Address, Identity],
    said: Catalog,
) -> Catalog:
    """Give the catalog after renames with what is called otherwise though nobody renamed it.

    The types in a signature are a part of the name. What has the same address at `first` and at
    `last`, when the catalog `said` was read, is the same object.
    """
    moved = dict(zip(before.objects, after.objects, strict=True))
    for address, old in first.items():
        here, new = moved.get(old, old), last.get(address)
        if new is not None and new != here and here in after and here not in said:
            after = renamed_catalog(after, here, new)
    return after
