"""Renames, in the order in which they can run, and what the database is like after them.

Renaming a column changes the text of every view, check and index over it, and renaming a type the
signature of every routine that takes it: the server says so, in a scratch database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.inspector import Inspection
from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry, overriding
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.diff.renames import Renamed, apply_hints, called_anew, with_usual_names
from schemadiff.plan.routes import rename_operations
from schemadiff.shadow.attempt import in_scratch
from schemadiff.shadow.build import addresses, build, read_back
from schemadiff.shadow.closure import Mixed
from schemadiff.shadow.left_alone import housed_anew
from schemadiff.shadow.server import Scratch

if TYPE_CHECKING:
    from psycopg import Connection

    from schemadiff.shadow.question import Question


def follow_hints(ask: Question, raw: Catalog) -> Renamed:
    """Follow the hints; where a type is renamed, its routines are found by their new signatures."""
    done = Renamed((), ask.inspection.catalog)

    said = ask.spec.renames
    while (more := apply_hints(done.current, raw, said, ask.place, ask.registry)).renames:
        more = with_usual_names(more, raw, ask.place, ask.registry)
        before = replace(ask.inspection, catalog=done.current)
        after = after_renames(before, more, ask.scratch, ask.registry)
        done = Renamed((*done.renames, *more.renames), after)
    before = replace(ask.inspection, catalog=done.current)
    more = follow_moves(before, ask.spec.catalog, ask.scratch, ask.registry)
    return Renamed((*done.renames, *more.renames), more.current)


def follow_moves(
    inspection: Inspection, said: Catalog, scratch: Scratch, registry: Registry
) -> Renamed:
    """Find what moves under its name with all that it brings, and how the rest reads after that."""
    current = inspection.catalog
    moves = tuple(carried(current, said, registry))
    if not moves:
        return Renamed((), current)
    moved = Renamed(moves, brought_along(current, moves))
    return Renamed(moves, after_renames(inspection, moved, scratch, registry))


def carried(current: Catalog, said: Catalog, registry: Registry) -> Iterator[Rename]:
    """Find what keeps its name and moves, with all that it brings (an extension).

    What finds a name taken there is left to be altered when that is free.
    """
    speaking = overriding(registry, "carried")
    found = [
        Rename(old, moved)
        for identity in said.of(*speaking)
        if (old := current.get(identity)) is not None
        and (moved := registry[identity.kind].carried(old, said.objects[identity])) is not None
    ]
    occupying = overriding(registry, "occupies") if found else ()
    holders = (current.objects[i] for i in current.of(*occupying))
    taken = {n for obj in holders for n in registry.of(obj).occupies(obj)}
    while free := [r for r in found if not _taking(r, registry) & taken]:
        first = free[0]
        yield first
        taken -= _taking(Rename(first.new, first.old), registry)
        taken |= _taking(first, registry)
        found.remove(first)


def _taking(rename: Rename, registry: Registry) -> set[tuple[str, str, str]]:
    """Give the names that it has afterwards and had not before."""
    before, after = ({*registry.of(o).occupies(o)} for o in (rename.old, rename.new))
    return after - before


def brought_along(current: Catalog, moves: Iterable[Rename]) -> Catalog:
    """Give the catalog in which what moves under its name rests on where it is then."""
    after: dict[Identity, DbObject] = {m.identity: m.new for m in moves}
    edges = dict(current.dependencies)
    for identity, obj in after.items():
        left = frozenset(current.objects[identity].refers) - frozenset(obj.refers)
        edges[identity] = edges.get(identity, frozenset()) - left
    return current.with_objects([after.get(i, o) for i, o in current.objects.items()], edges)


def _homes(rename: Rename, registry: Registry) -> Iterator[Identity]:
    """Name the schemas that have to be there before it."""
    if rename.new.parent is not None:
        yield rename.new.parent
    yield from registry.of(rename.new).homes(rename.new)


def after_renames(
    inspection: Inspection,
    renamed: Renamed,
    scratch: Scratch,
    registry: Registry,
) -> Catalog:
    """Let the server say what the dependents look like after the renames.

    Renaming a column changes the text of every view, check and index over it; a scratch database
    with the smallest closure is renamed in and read back. What is never built there (a
    subscription) has nothing that rests on it.
    """
    before = inspection.catalog
    renames = [r for r in renamed.renames if registry.of(r.new).built]
    if not renames:
        return renamed.current
    touched: set[Identity] = set()
    for rename in renames:
        old = rename.old.identity
        touched.update(i for i in (old, *before.descendants(old)) if i in before)
    touched.update(i for i in before.objects if i not in renamed.current)  # moved along with it
    dependents = {d for i in touched for d in before.dependents.get(i, ())}
    again = sorted(touched | dependents)
    live = Mixed(housed_anew(before, registry), frozenset(), registry)
    homes = [h for r in renames for h in _homes(r, registry) if h in before]

    def renamed_there(empty: Connection[Any], wanted: Catalog) -> Catalog:
        build(empty, wanted, registry, lambda i: i.path[0], lambda _: None)
        version = empty.info.server_version
        context = Context(renamed.current, renamed.current, version, registry)
        empty.execute("SET search_path = ''")
        first = addresses(empty, registry)
        renamed_too = {r.new.identity for r in renames}
        for home in (h for r in renames for h in _homes(r, registry)):
            there = home in before or home in renamed_too
            made = None if there else registry[home.kind].implicit(home)
            for op in registry[home.kind].create(made, context) if made else ():
                empty.execute(op.sql.encode())
        for rename, op in rename_operations(renames, context, before):
            _renamed_in(empty, rename, op.sql)
        last = read_back(empty, registry)
        said = last.catalog
        current = called_anew(before, renamed.current, first, last.addresses, said)
        return current.with_objects(
            registry.of(s).as_live(s, o) if (s := said.get(i)) is not None else o
            for i, o in current.objects.items()
        )

    return in_scratch(scratch, live, [*again, *homes], renamed_there)


def _renamed_in(scratch: Connection[Any], rename: Rename, sql: str) -> None:
    """Run a rename; what moves along (the index of a key) may find its name taken.

    There is what PostgreSQL renames in no case, a shell type, and what it lets only a superuser
    rename: the functions that come with a range.
    """
    from psycopg import errors

    taken = (errors.DuplicateTable, errors.DuplicateObject)
    try:
        scratch.execute(sql.encode())
    except (*taken, errors.UndefinedObject, errors.InsufficientPrivilege) as error:
        first = "rename what is in the way first, in a plan of its own"
        denied = isinstance(error, errors.InsufficientPrivilege)
        otherwise = "plan as a role that may do it" if denied else "leave out renamed_from"
        old = ".".join(rename.old.identity.path)
        said = error.diag.message_primary or error
        raise PlanError(
            Diagnostic(
                code="SD050",
                message=f"{rename.new.identity} cannot be renamed from {old}: {said}",
                hint=first if isinstance(error, taken) else otherwise,
            )
        ) from error
