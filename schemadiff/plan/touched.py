"""What a plan touches, and in which forms it may be found when the plan is applied.

Every object is known by a fingerprint of its own, so that a change elsewhere in the database stops
nobody. The surprising fact: a plan that was stopped part-way is still good. Each object is then in
the form that it was planned from, in the one that it was planned for, or in one between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.object import DbObject, changed_attributes, fingerprint
from schemadiff.core.plan import Expected, Plan, Watch
from schemadiff.core.record import record, replace
from schemadiff.core.request import Unread

_AGAIN = "make the plan again: schemadiff plan"


@record(frozen=True)
class Sides:
    """The database as it is, as it is after the explicit renames, and as it is to be."""

    live: Catalog
    renamed: Catalog
    desired: Catalog

    @property
    def moved(self) -> bool:
        """Tell whether anything is renamed."""
        return self.renamed.objects is not self.live.objects

    def __iter__(self) -> Iterator[Catalog]:
        """Give them in their order."""
        yield self.live
        if self.moved:
            yield self.renamed
        yield self.desired


def pinned(plan: Plan, sides: Sides, registry: Registry) -> Plan:
    """Say in a plan what it was made from: the objects that it touches, and both states of them."""
    sides = _without_dropped(plan, sides)
    found = expected(plan, sides, registry)
    return replace(
        plan,
        expected=found,
        watches=tuple(_watches(plan, registry)),
        current_fingerprint=_state(sides.live, found),
        desired_fingerprint=_state(sides.desired, found),
    )


def _without_dropped(plan: Plan, sides: Sides) -> Sides:
    """Take from the desired side what is named there and dropped: something else takes it over."""
    gone = {c.identity for c in plan.changes if isinstance(c, Drop) and c.identity in sides.desired}
    if not gone:
        return sides
    kept = (o for i, o in sides.desired.objects.items() if i not in gone)
    return replace(sides, desired=sides.desired.with_objects(kept))


def _state(side: Catalog, found: Iterable[Expected]) -> str:
    said = [(str(e.identity), _print(side.get(e.identity))) for e in found]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def expected(plan: Plan, sides: Sides, registry: Registry) -> tuple[Expected, ...]:
    """Give each object that the plan touches, or rests on, with the forms it may have."""
    wholes = {i for c in (*plan.changes, *plan.rebuilt) if _made_anew(c) for i in _names(c)}
    touched = _touched(plan, sides, wholes)
    anew = {
        c.identity for c in (*plan.changes, *plan.rebuilt) if isinstance(c, Alter) and c.replace
    }
    anew |= {d for i in anew for s in sides for d in s.descendants(i)}
    loose = {
        c.identity: _print(registry.of(c.old).lets_go(c.old, c.cause))
        for c in plan.rebuilt
        if isinstance(c, Alter) and c.cause is not None and not c.replace
    }
    between = _between(plan, sides, registry)
    changed = {i for c in (*plan.changes, *plan.rebuilt) for i in _names(c)}
    proven = {op.target for op in plan.operations()} - changed
    found: list[Expected] = []
    for identity in sorted(
        touched | _near(touched, sides) | _shaping(touched, anew, sides, registry)
    ):
        kind = registry[identity.kind]
        if isinstance(kind, Unread):
            found += _unread(identity, sides, kind)
            continue
        forms = [*_forms(identity, sides, registry), *between.get(identity, ())]
        if identity in loose:
            forms.append(loose[identity])
        # What another change has made again on its way is proven at the end.
        again = identity in proven and identity in sides.live
        if identity in anew or again:
            new = sides.desired.get(identity)
            made = kind.stages(None, new, frozenset()) if new else ()
            gone = [None] if identity in anew or kind.fleeting else []
            forms += [*gone, *map(_print, made)]
        live = sides.live.get(identity)
        found.append(
            Expected(
                identity,
                _print(live),
                tuple(dict.fromkeys(forms)),
                whole=identity in wholes,
                goes=identity not in sides.desired and identity not in between,
            )
        )
    return tuple(found)


def _unread(identity: Identity, sides: Sides, kind: Unread) -> Iterator[Expected]:
    """Give the forms of what no inspection reads, where it can be read again."""
    old, new = sides.renamed.get(identity), sides.desired.get(identity)
    counted = [None if o is None else kind.watched(o) for o in (old, new)]
    if any(c is None and o is not None for c, o in zip(counted, (old, new), strict=True)):
        return
    forms = [_print(c) for c in counted]
    if new is not None:
        changed = frozenset() if old is None else changed_attributes(old, new)
        forms += [_print(kind.watched(each)) for each in kind.stages(old, new, changed)]
    yield Expected(identity, forms[0], tuple(dict.fromkeys(forms)))


def _watches(plan: Plan, registry: Registry) -> Iterator[Watch]:
    for kind in registry:
        if isinstance(kind, Unread):
            names = {c.identity: c for c in plan.changes if c.identity.kind == kind.name}
            yield from kind.watches(c.old if isinstance(c, Drop) else c.new for c in names.values())


def changed_since(
    expectations: Iterable[Expected], live: Catalog, registry: Registry
) -> list[Diagnostic]:
    """Say what is neither as it was planned from nor as the plan itself would have left it."""
    known = {e.identity: e for e in expectations}
    wrong = []
    for identity, each in known.items():
        obj = live.get(identity)
        if _fits(obj, each.forms):
            continue
        happened = "has changed"
        if obj is None:
            happened = "is gone"
        elif each.planned is None:
            happened = "has appeared"
        wrong.append(_since(identity, happened))
    wrong += _shaped_otherwise(known, live, registry)
    wholes = {i for i, e in known.items() if e.whole}
    for identity, obj in live.objects.items() if wholes else ():
        if identity in known or registry.of(obj).keeps:
            continue
        above = obj.parent
        while above is not None and above not in wholes:
            found = live.get(above)
            above = found.parent if found is not None else None
        if above is not None:
            wrong.append(_since(identity, "has appeared"))
    return wrong


def _shaped_otherwise(
    known: Mapping[Identity, Expected], live: Catalog, registry: Registry
) -> Iterator[Diagnostic]:
    """Name what has appeared, and decides how something is that is still to be made."""
    made = [
        i
        for i, e in known.items()
        if None in e.forms and any(e.forms) and (e.planned is not None or i not in live)
        if not e.goes
    ]
    speaking = overriding(registry, "shapes")
    for identity, obj in live.objects.items():
        if identity.kind not in speaking or identity in known:
            continue
        if any(registry.of(obj).shapes(obj, i) for i in made):
            yield _since(identity, "has appeared")


def _since(identity: Identity, happened: str) -> Diagnostic:
    message = f"{identity} {happened} since the plan was made; nothing was changed"
    return Diagnostic(code="SD508", message=message, hint=_AGAIN)


def _print(obj: DbObject | None, without: tuple[str, ...] = ()) -> str | None:
    """Give the fingerprint of a form, with the names of what does not count in it."""
    if obj is None:
        return None
    return "/".join([fingerprint(obj, without), *without])


def _fits(obj: DbObject | None, forms: Iterable[str | None]) -> bool:
    if obj is None:
        return None in forms
    return any(f is not None and f == _print(obj, tuple(f.split("/")[1:])) for f in forms)


def _made_anew(change: Change) -> bool:
    """Tell whether everything that lives in the object goes with it."""
    return isinstance(change, Drop) or (isinstance(change, Alter) and change.replace)


def _names(change: Change) -> tuple[Identity, ...]:
    if isinstance(change, Rename):
        return (change.old.identity, change.new.identity)
    return (change.identity,)


def _touched(plan: Plan, sides: Sides, wholes: set[Identity]) -> set[Identity]:
    """Name what changes, with all that goes, comes or moves with it."""
    found = {i for c in (*plan.changes, *plan.rebuilt) for i in _names(c)}
    found |= {op.target for op in plan.operations()}
    moving = wholes | {i for c in plan.changes if isinstance(c, Rename | Create) for i in _names(c)}
    found |= {d for i in moving for s in sides for d in s.descendants(i)}
    if sides.moved:
        before, after = sides.live.objects, sides.renamed.objects
        found |= {i for i in {*before, *after} if before.get(i) is not after.get(i)}
    return {i for i in found if any(i in s for s in sides)}


def _near(touched: set[Identity], sides: Sides) -> set[Identity]:
    """Name what the touched rests on: where it lives, and what it depends on."""
    found: set[Identity] = set()
    for side in sides:
        for identity in touched:
            obj = side.get(identity)
            if obj is None:
                continue
            found |= {i for i in side.depends_on(identity) if i in side}
            while obj is not None and (above := obj.parent) is not None:
                obj = side.get(above)
                if obj is not None:
                    found.add(above)
    return found


def _shaping(
    touched: set[Identity], anew: set[Identity], sides: Sides, registry: Registry
) -> set[Identity]:
    """Name what decides how something is that is made, or made anew."""
    speaking = overriding(registry, "shapes")
    made = [i for i in touched if i in sides.desired and (i in anew or i not in sides.live)]
    return {
        identity
        for side in sides
        for identity, obj in side.objects.items()
        if identity.kind in speaking and any(registry.of(obj).shapes(obj, i) for i in made)
    }


def _between(
    plan: Plan, sides: Sides, registry: Registry
) -> dict[Identity, tuple[str | None, ...]]:
    """Give the forms of what a table has while it stands alone, before it is attached elsewhere."""
    found: dict[Identity, tuple[str | None, ...]] = {}
    for change in plan.changes:
        match change:
            case Alter(old, new, changed):
                if new.identity not in sides.desired or old.identity not in sides.renamed:
                    forms = registry.of(new).stages(old, new, changed)
                    found[new.identity] = (_print(old), _print(new), *map(_print, forms))
            case Drop(old):
                if old.identity not in sides.renamed:
                    found[old.identity] = (_print(old),)
            case Create(new):
                if new.identity not in sides.desired:
                    found[new.identity] = (_print(new),)
            case Rename():
                pass
    return found


def _forms(identity: Identity, sides: Sides, registry: Registry) -> list[str | None]:
    """Give the forms of an object from the first side to the last, and those between."""
    kind = registry[identity.kind]
    old, new = sides.renamed.get(identity), sides.desired.get(identity)
    forms = [_print(sides.live.get(identity)), _print(old)]
    if new is None:
        return forms if old is not None and kind.permanent(old) else [*forms, None]
    made = [new]
    if old != new:
        changed = frozenset() if old is None else changed_attributes(old, new)
        made += kind.stages(old, new, changed)
    silent: dict[str, Any] = dict.fromkeys(kind.forgotten)
    made += [replace(each, **silent) for each in made if silent]
    without = tuple(sorted(n for n in kind.left_open if getattr(new, n) is None))
    return [*forms, *(_print(each, without) for each in made)]
