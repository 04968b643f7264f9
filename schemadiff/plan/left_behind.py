"""What stays while something that it rests on goes for good, though it reads as before."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard


def left_behind(
    gone: Iterable[Identity],
    created: Iterable[Identity],
    altered: Container[Identity],
    renamed: Mapping[Identity, Identity],
    context: Context,
) -> Iterator[tuple[Identity, Identity]]:
    """Find what rests on something else from now on, with what goes from under it.

    Something of another kind takes the name, an overload is called, another key is referred to.
    What is `renamed` is told by its old name.
    """
    current, desired, registry = context.current, context.desired, context.registry
    new = {i.path for i in created}
    overloads = {i for i in created if registry[i.kind].overloads}
    for identity in gone:
        # While both are there a call could mean either, and PostgreSQL refuses it.
        rivals = {i for i in overloads if i.path[:2] == identity.path[:2]}
        names = {identity.path[:n] for n in range(2, len(identity.path) + 1)} & new
        for dependent in sorted(current.dependents.get(identity, ())):
            then = renamed.get(dependent, dependent)
            if then not in desired or needs(then, identity, context):
                continue
            rests = desired.depends_on(then)
            anew = then not in altered or rests & rivals or any(i.path in names for i in rests)
            anew = anew or _clings(then, identity, context)
            anew = anew or _chose(dependent, identity, context)
            if anew or _reads_rows(dependent, identity, context):
                yield dependent, identity


def _reads_rows(dependent: Identity, gone: Identity, context: Context) -> bool:
    """Tell whether something calls a routine whose rows lose a part, and so read otherwise."""
    current, whole = context.current, context.current.objects[gone].parent
    stays = current.depends_on(dependent) & context.desired.depends_on(dependent)
    # What nobody asked to manage, such as a role, is in no catalog and has no kind here.
    routines = (i for i in stays if i in current and context.registry[i.kind].overloads)
    return any(whole in current.depends_on(i) for i in routines)


def still_needed(dropped: AbstractSet[Identity], context: Context) -> Iterator[Diagnostic]:
    """Refuse a drop of something that a desired object still needs."""
    current, desired = context.current, context.desired
    gone = frozenset(i for i in current.objects if i in dropped and i not in desired)
    pairs = (
        (i, n) for i in (desired.objects if gone else ()) for n in desired.depends_on(i) & gone
    )
    missing = {pair for pair in pairs if needs(*pair, context)}
    for identity, needed in sorted(missing):
        part = current.get(needed)
        if part is not None and (identity, part.parent) in missing:
            continue  # the whole says it
        message = f"{identity} still needs {needed}, which is to be dropped"
        hint = f"keep {needed}, or change or drop {identity} too"
        yield Diagnostic(code="SD061", message=message, hint=hint, about=(identity,))


def still_there(identity: Identity, dropped: set[Identity], context: Context) -> Guard | None:
    """The condition that what is dropped has not been dropped yet, with all that it is in."""
    if identity not in dropped:
        return None
    obj = context.current.objects[identity]
    while obj.parent in dropped:
        obj = context.current.objects[obj.parent]
    condition = context.registry.of(obj).exists(obj)
    return Guard(condition) if condition else None


def from_under(
    identity: Identity,
    forced: AbstractSet[Identity],
    replaced: Mapping[Identity, Identity],
    dropped: AbstractSet[Identity],
    context: Context,
) -> Iterator[Identity]:
    """Name what goes from under something that could be altered in place, in another order.

    Its new form says how it is altered, and not always that it has to go.
    """
    going = dropped | replaced.keys() if identity in forced else frozenset[Identity]()
    for each in sorted(context.current.depends_on(identity) & going):
        cause, seen = each, set[Identity]()
        while cause in replaced and cause not in seen:
            seen.add(cause)
            cause = replaced[cause]
        if not forced & {cause, *seen}:
            yield each


def needs(identity: Identity, gone: Identity, context: Context) -> bool:
    """Tell whether a desired object cannot be without what is to be dropped."""
    desired = context.desired
    if gone not in desired.depends_on(identity):
        return False
    obj = desired.objects[identity]
    if _clings(identity, gone, context) or context.registry.of(obj).above_tells(obj, gone):
        return False
    others = desired.depends_on(identity) - {gone}
    if any(i.path == gone.path and i in desired for i in others):
        return False  # it says the name alone, which something of another kind has from now on
    return not context.registry.of(obj).alternatives(obj, desired)


def _chose(identity: Identity, gone: Identity, context: Context) -> bool:
    """Tell whether what goes is one of several that would do, so altering does not let go of it."""
    obj = context.current.objects[identity]
    return gone in context.registry.of(obj).alternatives(obj, context.current)


def _clings(identity: Identity, gone: Identity, context: Context) -> bool:
    obj = context.desired.objects[identity]
    return context.registry.of(obj).clings(obj, gone, context.version)


def displaced(
    old: DbObject | None, new: DbObject | None, changed: frozenset[str], context: Context
) -> list[tuple[Identity, Identity]]:
    """Give what has to go for what is altered or made, though it does not rest on it."""
    if new is None:
        return []
    found = context.registry.of(new).displaces(old, new, changed, context)
    return [(each, new.identity) for each in found]
