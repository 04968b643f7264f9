"""What stays where the files do not speak of it (owners, grants), and what the server lacks.

The surprising fact: an object that is made anew loses its grants and its owner, so what the files
do not speak of is taken into the desired side as it is, to be made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace
from schemadiff.core.sql import ident
from schemadiff.spec.expand import Spec

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Inspection
    from schemadiff.shadow.question import Question


@record(frozen=True, slots=True)
class Left:
    """The desired side with what is kept, what goes all the same, and how many have what is kept.

    `less` names what is kept in part, `kept` counts the rest by the words of the kind: "grants on"
    how many objects.
    """

    raw: Catalog
    gone: list[DbObject]
    less: Sequence[Identity]
    kept: Mapping[str, int]


def left_alone(
    raw: Catalog, gone: list[DbObject], spec: Spec, current: Catalog, registry: Registry
) -> Left:
    """Take over what is kept."""
    found = {o.identity: o for o in gone if _is_kept(o, raw, spec, registry)}
    asked = {k.name for k in registry if k.keeps} - spec.kept
    kept = {i: o for i, o in found.items() if i.kind not in asked}
    raw = replace(raw, spoken=spec.spoken)
    if not found:
        return Left(raw, gone, (), {})
    raw = replace(raw, objects={**raw.objects, **kept})
    for obj in (o for i, o in found.items() if i.kind in asked):
        if (left := registry.of(obj).stays(obj, current, raw)) is not None:
            kept[obj.identity] = left
    going = [o for o in gone if o.identity not in kept]
    less = [i for i, o in kept.items() if o != found[i]]
    counted = (o for i, o in found.items() if kept.get(i) == o)
    raw = replace(raw, objects={**raw.objects, **kept})
    return Left(raw, going, less, _counted(counted, registry))


def housed(
    ask: Question, raw: Catalog, differing: list[Identity]
) -> tuple[Catalog, list[Identity]]:
    """Add the schemas of what the files only name (an extension), as where something lives.

    One that an extension brings is not made for what else lives in it.
    """
    asked = overriding(ask.registry, "homes")
    current, there = ask.inspection.catalog, ask.inspection.names.namespaces.values()
    brought = {
        i
        for i in differing
        if i not in current and i.path == (i.name,) and i.name in there
        if ask.registry[i.kind].implicit(i) == raw.objects[i]
    }
    if brought:
        raw = raw.with_objects(o for i, o in raw.objects.items() if i not in brought)
        differing = [i for i in differing if i not in brought]
    found: dict[Identity, DbObject] = {}
    for identity in (i for i in raw.objects if i.kind in asked):
        for home in ask.registry[identity.kind].homes(raw.objects[identity]):
            live = current.get(home)
            # One that is out of scope, or an extension's own, is nobody's to make.
            new = ask.registry[home.kind].implicit(home) if home.name not in there else None
            if home not in raw and home not in ask.spec.renames.values() and (live or new):
                found[home] = live or new  # type: ignore[assignment]
    differing += [i for i in found if i not in current]
    return replace(raw, objects={**raw.objects, **found}) if found else raw, differing


def housed_anew(current: Catalog, registry: Registry) -> Catalog:
    """Add the schemas that are new, and to which something of a catalog after renames has moved."""
    homes = {o.parent for o in current.objects.values()} - {None, *current.objects}
    made = (registry[home.kind].implicit(home) for home in homes if home is not None)
    new = {obj.identity: obj for obj in made if obj is not None}
    return replace(current, objects={**current.objects, **new}) if new else current


def _counted(kept: Iterable[DbObject], registry: Registry) -> Mapping[str, int]:
    found: dict[str, set[Identity]] = defaultdict(set)
    for obj in kept:
        kind = registry.of(obj)
        if kind.kept_words and not kind.goes_without_saying(obj):
            found[kind.kept_words].add(kind.speaker(obj))
    return {words: len(found[words]) for words in sorted(found, reverse=True)}


def _is_kept(obj: DbObject, raw: Catalog, spec: Spec, registry: Registry) -> bool:
    kind = registry.of(obj)
    if not kind.keeps:
        # What goes without saying where its parent is (the sequence of an identity column).
        return obj.parent in raw and kind.implicit(obj.identity, raw) == obj
    speaker = kind.speaker(obj)
    if (kind.name, speaker) in spec.spoken or obj.identity in spec.sources:
        return False
    parent = obj.parent
    if parent is None or parent in raw:
        return True
    made = registry[parent.kind].implicit(parent, raw)
    return made is not None and (registry.of(made).permanent(made) or made.parent in raw)


def as_written(inspection: Inspection, spec: Spec, registry: Registry) -> Inspection:
    """Give a scratch database with the owners and grants of its spec, which are not made there.

    No role has to exist for that.
    """
    inspection = replace(inspection, names=replace(inspection.names, roles=None))
    told = suited(spec.catalog, inspection, registry).objects.values()
    kept = (o for o in told if not registry.of(o).built)
    catalog = inspection.catalog
    return replace(inspection, catalog=catalog.with_objects((*catalog.objects.values(), *kept)))


def suited(raw: Catalog, inspection: Inspection, registry: Registry) -> Catalog:
    """Give the desired side as this server tells it, without what goes without saying."""
    asked = overriding(registry, "suited")
    objects: dict[Identity, DbObject] = {}
    for identity, obj in raw.objects.items():
        own: DbObject | None = obj
        if identity.kind in asked:
            own = registry.of(obj).suited(obj, raw, inspection.catalog, inspection.names)
        if own is not None:
            objects[identity] = own
    return replace(raw, objects=objects)


def check_roles(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> None:
    """Raise PlanError for roles that are not on the server, with all the places."""
    known = ask.inspection.names.roles
    if known is None:
        return
    made = {k.name for k in ask.registry if k.is_role}
    if made:
        known |= {i.name for i in raw.objects if i.kind in made}
    wrong = [d for i in differing for d in _missing(ask, raw.objects[i], known)]
    if wrong:
        raise PlanError(*wrong)


def check_versions(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> None:
    """Raise PlanError for what this server is too old for, with all the places."""
    version = ask.inspection.names.version
    wrong = [
        Diagnostic(
            code="SD079",
            message=f"{i}: {what} needs PostgreSQL {since}; the server is {version // 10000}",
            hint="leave it out, or plan for a newer server",
            place=ask.place(i),
        )
        for i in differing
        for what, since in ask.registry[i.kind].newer(raw.objects[i], version)
    ]
    if wrong:
        raise PlanError(*wrong)


def check_tablespaces(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> None:
    """Raise PlanError for tablespaces that are not on the server, with all the places."""
    asked = overriding(ask.registry, "tablespaces")
    needed = {
        (identity, name)
        for identity in differing
        if identity.kind in asked
        for name in ask.registry[identity.kind].tablespaces(raw.objects[identity])
    }
    if not needed:
        return
    rows = ask.connection.execute("SELECT spcname FROM pg_catalog.pg_tablespace").fetchall()
    known = {name for (name,) in rows}
    wrong = [
        Diagnostic(
            code="SD076",
            message=f"{identity}: there is no tablespace {name} on the server",
            hint=f"CREATE TABLESPACE {ident(name)} LOCATION '…'; it belongs to the whole server",
            place=ask.place(identity),
        )
        for identity, name in sorted(needed)
        if name not in known
    ]
    if wrong:
        raise PlanError(*wrong)


def _missing(ask: Question, obj: DbObject, known: frozenset[str]) -> Iterable[Diagnostic]:
    for role in sorted(set(ask.registry.of(obj).roles(obj)) - known):
        yield Diagnostic(
            code="SD075",
            message=f"{obj.identity}: there is no role {role} on the server",
            hint=f"CREATE ROLE {ident(role)}; a role belongs to the whole server",
            place=ask.place(obj.identity),
        )
