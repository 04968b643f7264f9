"""From what the user wrote to the desired catalog, asking the server as little as the case allows.

0. Text equal to the server's own words: equal, nothing is asked.
1. Expressions of tables: temporary tables in a transaction that is rolled back.
2. The rest: a scratch database with the smallest closure that answers.

Canonical text is not always a fixpoint, so what still differs is asked once more with the live
text in the user's place: equal means canon(desired) == live or canon(desired) == canon(live).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.inspector import Inspection, with_dependencies
from schemadiff.catalog.session import reading
from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry, overriding
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace
from schemadiff.core.said_back import said_back
from schemadiff.diff.renames import Renamed
from schemadiff.shadow.answers import Answers, only_texts_differ
from schemadiff.shadow.attempt import in_scratch
from schemadiff.shadow.build import build, read_back
from schemadiff.shadow.called import check_called
from schemadiff.shadow.closure import Mixed, in_live_order
from schemadiff.shadow.left_alone import (
    check_roles,
    check_tablespaces,
    check_versions,
    housed,
    housed_anew,
    left_alone,
)
from schemadiff.shadow.probe import probe
from schemadiff.shadow.question import Question
from schemadiff.shadow.renaming import carried, follow_hints
from schemadiff.shadow.server import Scratch, ShadowOptions
from schemadiff.shadow.taken import check_names
from schemadiff.shadow.tried import doubtful, trial, try_out
from schemadiff.spec.expand import Spec

if TYPE_CHECKING:
    from psycopg import Connection


@record(frozen=True)
class Resolved:
    """Both sides in the server's own words; `current` is as it will be after the renames."""

    current: Catalog
    desired: Catalog
    renames: tuple[Rename, ...]
    inspection: Inspection
    kept: Mapping[str, int] = field(default_factory=dict)  # by words: "grants on" how many objects


def resolve(
    spec: Spec,
    inspection: Inspection,
    connection: Connection[Any],
    registry: Registry,
    options: ShadowOptions | None = None,
) -> Resolved:
    """Give the desired catalog in the server's own words, and the renames that are due.

    The connection is the target's, outside of a transaction. Raises ShadowError for SQL that the
    server does not take, PlanError for renames that are not clear.
    """
    options = options or ShadowOptions()
    with Scratch(connection, options) as scratch:
        found = _resolve(Question(spec, inspection, connection, registry, options, scratch))
    if not spec.questions:
        return found
    from schemadiff.shadow.request import answered

    version = connection.info.server_version
    context = Context(found.current, found.desired, version, registry)
    current, desired = answered(spec, context, found.renames, connection)
    return replace(found, current=current, desired=desired)


def _resolve(ask: Question) -> Resolved:
    spec, inspection, registry = ask.spec, ask.inspection, ask.registry
    raw, differing = housed(ask, *adopted(spec.catalog, inspection, registry))
    renamed = Renamed((), inspection.catalog)
    hinted = any(o in inspection.catalog and n != o for n, o in spec.renames.items())
    if hinted or any(carried(inspection.catalog, spec.catalog, registry)):
        ask = replace(ask, inspection=_complete(ask))
        renamed = follow_hints(ask, raw)
    current = renamed.current
    there = current.objects
    if renamed.renames:
        # What the files leave to the server is now as it is called afterwards.
        called = replace(inspection, catalog=current)
        raw, _ = housed(ask, *adopted(spec.catalog, called, registry))
        differing = [i for i, o in raw.objects.items() if there.get(i) != o]
    missing = there.keys() - raw.objects.keys()
    gone = [there[i] for i in there if i in missing] if missing else []
    gone = [o for o in gone if not registry.of(o).permanent(o)]
    left = left_alone(raw, gone, spec, current, registry)
    raw, gone = left.raw, left.gone
    differing += left.less
    check_roles(ask, raw, differing)
    check_tablespaces(ask, raw, differing)
    check_versions(ask, raw, differing)
    check_called(ask, raw, differing)
    check_names(ask, raw, differing)
    if not differing and not gone and not renamed.renames:
        return Resolved(current, current, (), ask.inspection, left.kept)
    ask = replace(ask, inspection=_complete(ask))
    if not renamed.renames:
        edges = ask.inspection.catalog.dependencies
        current = replace(current, dependencies=edges, like=ask.inspection.catalog)
    shaken = _shaken(current, raw, frozenset(differing), [o.identity for o in gone], registry)
    try:
        desired = _ask(ask, raw, current, [*differing, *shaken])
    except ShadowError:
        if not shaken:
            raise
        # It does need what goes; the planner says so in better words.
        desired = _ask(ask, raw, current, differing)
    return Resolved(current, desired, renamed.renames, ask.inspection, left.kept)


def _shaken(
    current: Catalog,
    raw: Catalog,
    differing: frozenset[Identity],
    gone: Iterable[Identity],
    registry: Registry,
) -> list[Identity]:
    """Find what reads as before though something goes that it rests on: now it means another.

    A key whose column gets another type says nothing of the operator class that went with it.
    """
    new = {i.path for i in differing if i not in current and registry[i.kind].spaces}
    # A table has columns from another one, whose types are its own as far as the server tells.
    wholes = {raw.objects[i].parent for i in differing if registry[i.kind].essential}
    found: set[Identity] = set()
    for each in gone:
        followed = any(each.path[:n] in new for n in range(2, len(each.path) + 1))
        found.update(
            d
            for d in current.dependents.get(each, ())
            if d in raw
            and (
                followed
                or _has_texts(raw.objects[d], registry)
                or current.depends_on(d) & (differing | wholes)
            )
        )
    return sorted(found - differing)


def _complete(ask: Question) -> Inspection:
    """Read pg_depend, unless it was read before."""
    if ask.inspection.catalog.dependencies:
        return ask.inspection
    with reading(ask.connection):
        return with_dependencies(ask.connection, ask.inspection)


def adopted(
    raw: Catalog, inspection: Inspection, registry: Registry
) -> tuple[Catalog, list[Identity]]:
    """Take over what the YAML leaves to the server; gives also what differs all the same.

    Whatever does not differ is the live object itself, unless the user says more.
    """
    adopting = {name: registry[name].adopt for name in overriding(registry, "adopt")}
    suiting = {name: registry[name].suited for name in overriding(registry, "suited")}
    telling = overriding(registry, "says_how") | overriding(registry, "says_more")
    objects: dict[Identity, DbObject] = {}
    differing: list[Identity] = []
    current = inspection.catalog
    there = current.objects
    for identity, obj in raw.objects.items():
        live = there.get(identity)
        own: DbObject | None = obj
        if live is obj:
            pass
        elif identity.kind in suiting:
            own = suiting[identity.kind](obj, raw, current, inspection.names)
        elif live is not None and obj != live and identity.kind in adopting:
            own = adopting[identity.kind](obj, live)
        if own is None:
            continue
        if live is not None and own == live:
            # One tuple for both sides is found much faster; what is not compared is the user's own.
            more = identity.kind in telling and registry.of(own).says_more(own)
            objects[live.identity] = own if more else live
        else:
            objects[identity] = own
            differing.append(identity)
    return replace(raw, objects=objects), differing


def _take_over(raw: Catalog, current: Catalog) -> Catalog:
    """Give the desired side, as a catalog that is nearly the other one."""
    return Catalog(
        raw.objects,
        current.dependencies,
        version=current.version,
        spoken=raw.spoken,
        like=current,
    )


def _ask(ask: Question, raw: Catalog, current: Catalog, differing: list[Identity]) -> Catalog:
    desired = _take_over(raw, current)
    edges = dict(current.dependencies)
    for identity in differing:
        edges.pop(identity, None)
    asked = [i for i in differing if _has_texts(desired.objects[i], ask.registry)]
    objects = {**desired.objects, **{i: _to_read(desired.objects[i], ask.registry) for i in asked}}
    desired = replace(desired, objects=objects, dependencies=edges)
    mixed = Mixed(desired, frozenset(differing), ask.registry)
    answers, left = Answers(), list[Identity]()
    if asked:
        answers, left = probe(ask, mixed, current, asked)
    tried = doubtful(mixed, current, differing, answers.objects)
    if left:
        version = ask.connection.info.server_version
        known = Context(current, _answered(desired, answers), version, ask.registry)
        ordered = replace(mixed, catalog=in_live_order(desired, known))
        answers = answers.merged(_by_shadow(ask, ordered, current, left, tried))
    elif tried:
        try_out(ask, mixed, tried)
    silent = {i: mixed.named(i) for i in differing if i not in answers.edges}
    desired = replace(desired, guessed=frozenset(silent))
    unheard = [i for i in asked if i not in answers.objects]
    return _kept(_answered(desired, Answers(edges=silent).merged(answers)), unheard, ask.registry)


def _kept(desired: Catalog, unheard: Iterable[Identity], registry: Registry) -> Catalog:
    """Leave out that of which the server keeps nothing, though it was told."""
    objects = dict(desired.objects)
    for identity in unheard:
        obj = registry[identity.kind].unkept(objects.pop(identity))
        if obj is not None:
            objects[identity] = obj
    return desired if objects == desired.objects else replace(desired, objects=objects)


def _answered(desired: Catalog, answers: Answers) -> Catalog:
    objects = dict(desired.objects)
    objects.update(answers.objects)
    return desired.with_objects(objects.values(), {**desired.dependencies, **answers.edges})


def _has_texts(obj: DbObject, registry: Registry) -> bool:
    return any(getattr(obj, name) for name in registry.of(obj).texts)


def _to_read(obj: DbObject, registry: Registry) -> DbObject:
    """Take what is in the words of a server, which pull has written, for what that server has."""
    texts = {name: getattr(obj, name) for name in registry.of(obj).texts}
    back = {name: said_back(text) for name, text in texts.items() if isinstance(text, str)}
    changed: dict[str, Any] = {n: text for n, text in back.items() if text != texts[n]}
    return replace(obj, **changed) if changed else obj


def _by_shadow(
    ask: Question, mixed: Mixed, current: Catalog, asked: list[Identity], tried: list[Identity]
) -> Answers:
    """Build what is asked in a scratch database and read it back; what is tried is built too."""

    def answers(scratch: Connection[Any], wanted: Catalog) -> Answers:
        counts = trial(mixed, tried, asked, scratch, ask.connection)
        build(scratch, wanted, ask.registry, ask.schema, ask.place, trial=counts)
        said = read_back(scratch, ask.registry).catalog
        objects = {
            i: carry(mixed.catalog.objects[i], said.objects[i])
            for i in wanted.objects
            if i in mixed.raw and i in said
        }
        known = {i: said.depends_on(i) for i in objects}
        known |= {i: said.depends_on(i) for i in asked if i in said}
        return Answers(objects, known)

    found = in_scratch(ask.scratch, mixed, [*asked, *tried], answers)
    return _settled(ask, mixed, current, found)


def _settled(ask: Question, mixed: Mixed, current: Catalog, answers: Answers) -> Answers:
    """Put what still differs to the server once more: the live text, then the answer itself."""
    registry, said = ask.registry, answers.objects
    unlike = [i for i in said if only_texts_differ(said[i], current.get(i), registry)]
    if not unlike:
        return answers
    again = _said_again(ask, current, unlike)
    settled = [i for i in unlike if again.get(i) == said[i]]
    left = [i for i in unlike if i not in settled]
    if left:
        twice = _said_again(ask, _answered(mixed.catalog, answers), left)
        settled += [
            i for i in left if i in twice and twice[i] in (current.objects[i], again.get(i))
        ]
    return answers.as_they_are(current, settled)


def _said_again(ask: Question, catalog: Catalog, asked: list[Identity]) -> dict[Identity, DbObject]:
    """Put the server's own text to the server, as if it were the user's."""
    catalog = housed_anew(catalog, ask.registry)
    live = Mixed(catalog, frozenset(), ask.registry)

    def said_again(scratch: Connection[Any], wanted: Catalog) -> dict[Identity, DbObject]:
        build(scratch, wanted, ask.registry, lambda i: i.path[0], lambda _: None)
        said = read_back(scratch, ask.registry).catalog
        return {i: said.objects[i] for i in asked if i in said}

    try:
        return in_scratch(ask.scratch, live, asked, said_again)
    except ShadowError:
        # A live body may name what is called otherwise by now: what rests on it is not said again.
        if len(asked) == 1:
            return {}
    return {i: o for each in asked for i, o in _said_again(ask, catalog, [each]).items()}


def carry(raw: DbObject, said: DbObject) -> DbObject:
    """Keep what only the user can say (how to convert a column) where the server is silent."""
    kept: dict[str, Any] = {}
    for each in fields(raw):
        if each.compare or each.name == "identity":
            continue
        default = each.default
        if getattr(said, each.name) == default and getattr(raw, each.name) != default:
            kept[each.name] = getattr(raw, each.name)
    return replace(said, **kept) if kept else said
