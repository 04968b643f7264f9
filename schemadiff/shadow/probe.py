"""Ask the target itself: temporary partitioned tables in a transaction that is rolled back.

A partitioned table has no heap and no toast, so one costs about two milliseconds. It bears the
real table's name, because a correlated subquery prints it, and stands last in the search_path,
because `from t` has to mean the real one.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from schemadiff.catalog.dependencies import read_dependencies
from schemadiff.catalog.inspector import TEMP_NAMESPACE, inspect
from schemadiff.catalog.settings import telling
from schemadiff.catalog.trial import rolled_back
from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, Registry
from schemadiff.core.object import DbObject
from schemadiff.core.portions import portions
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident
from schemadiff.shadow.answers import Answers, only_texts_differ
from schemadiff.shadow.closure import Mixed

if TYPE_CHECKING:
    from schemadiff.shadow.question import Question

_TABLES = 100  # at once: each has indexes, and the server others to serve

Work = Mapping[Identity, list[Identity]]  # a relation -> what is asked of it


def probe(
    ask: Question, mixed: Mixed, current: Catalog, asked: list[Identity]
) -> tuple[Answers, list[Identity]]:
    """Give what could be answered, and what is left for a scratch database."""
    from psycopg import Error

    work = _work(ask, mixed, current, asked)
    if not work or ask.options.url:
        return Answers(), asked
    try:
        with rolled_back(ask.connection) as willing:
            if not willing:
                return Answers(), asked
            answers = _round(ask, work, mixed.catalog)
            doubtful = [
                i
                for i, o in answers.objects.items()
                if only_texts_differ(o, current.get(i), ask.registry)
            ]
            answers = _settled(ask, mixed, current, answers, doubtful)
    except Error:
        # Whatever the server did not take is said with its place by the scratch database.
        return Answers(), asked
    told = {i for items in work.values() for i in items}
    return answers, [
        i
        for i in asked
        if i not in answers.objects and not (i in told and _is_unkept(ask, mixed, i))
    ]


def _is_unkept(ask: Question, mixed: Mixed, identity: Identity) -> bool:
    """Tell whether it is an answer, too, that the server has nothing of what it was told."""
    obj = mixed.catalog.objects[identity]
    return ask.registry.of(obj).unkept(obj) is not obj


def _settled(
    ask: Question, mixed: Mixed, current: Catalog, answers: Answers, doubtful: list[Identity]
) -> Answers:
    """Put what still differs to the server once more: the answer itself, and the live text."""
    if not doubtful:
        return answers
    answered = {**mixed.catalog.objects, **answers.objects}
    said = mixed.catalog.with_objects(answered.values())
    twice = _round(ask, _hosted(ask, said, doubtful), said)
    left = [i for i in doubtful if twice.objects.get(i) != current.objects[i]]
    again = _round(ask, _hosted(ask, current, left), current)
    settled = [i for i in doubtful if i not in left]
    for identity, live in again.objects.items():
        if live in (answers.objects[identity], twice.objects.get(identity)):
            settled.append(identity)
    return answers.as_they_are(current, settled)


def _hosted(ask: Question, catalog: Catalog, asked: list[Identity]) -> Work:
    work: dict[Identity, list[Identity]] = defaultdict(list)
    for identity in asked:
        host = _host(ask.registry, catalog, identity)
        if host is not None and _probes(ask.registry, catalog, identity):
            work[host].append(identity)
    return work


# --- what can be asked here ------------------------------------------------------------------


def _work(ask: Question, mixed: Mixed, current: Catalog, asked: list[Identity]) -> Work:
    registry, desired = ask.registry, mixed.catalog
    if any(registry[i.kind].brings or registry[i.kind].unspoken for i in mixed.raw):
        return {}  # what an extension brings may be what they name; casts are used without a word
    found: dict[Identity, list[Identity]] = defaultdict(list)
    for identity in asked:
        host = _host(registry, desired, identity)
        if host is not None and identity != host and _probes(registry, desired, identity):
            found[host].append(identity)
    names: set[str] = set()
    work: dict[Identity, list[Identity]] = {}
    for host, items in found.items():
        if host.name not in names and _stands_alone(mixed, current, host, items):
            names.add(host.name)
            work[host] = items
    return work


def _host(registry: Registry, catalog: Catalog, identity: Identity) -> Identity | None:
    current: Identity | None = identity
    while current is not None and (obj := catalog.get(current)) is not None:
        if registry[current.kind].hosts_probes:
            return current
        current = obj.parent
    return None


def _probes(registry: Registry, catalog: Catalog, identity: Identity) -> bool:
    obj = catalog.objects[identity]
    return registry.of(obj).is_probed(obj)


def _stands_alone(mixed: Mixed, current: Catalog, host: Identity, items: list[Identity]) -> bool:
    """Nothing outside of the table that the questions may rest on is about to change."""
    catalog = mixed.catalog
    if not _probes(mixed.registry, catalog, host):
        return False
    inside = {host, *catalog.descendants(host)}
    columns = [i for i in inside if mixed.registry[i.kind].essential]
    needed = {n for i in (*items, *columns) for n in mixed.needs(i)} - inside
    if not needed.isdisjoint(mixed.raw):
        return False
    # The rows of a function have the columns of its table.
    called = {k.name for k in mixed.registry if k.overloads}
    routines = (i for i in needed if i.kind in called and i in catalog)
    tables = {n for each in routines for n in mixed.needs(each)} - inside
    sides = (catalog, current)
    parts = {c for t in tables for side in sides for c in side.children.get(t, ())}
    essential = {k.name for k in mixed.registry if k.essential}
    return all(c in catalog and c not in mixed.raw for c in parts if c.kind in essential)


# --- asking ----------------------------------------------------------------------------------


def _round(ask: Question, work: Work, catalog: Catalog) -> Answers:
    """Make the temporary tables of one side, read them back, and forget them again."""
    answers = Answers()
    for portion in portions(list(work.items()), _TABLES):
        answers = answers.merged(_asked(ask, dict(portion), catalog))
    return answers


def _asked(ask: Question, work: Work, catalog: Catalog) -> Answers:
    with ask.connection.transaction(force_rollback=True):
        with ask.connection.pipeline():
            for statement in _statements(ask, work, catalog):
                ask.connection.execute(statement.encode())
        telling(ask.connection)
        return _read(ask, work, catalog)


def _statements(ask: Question, work: Work, catalog: Catalog) -> Iterator[str]:
    extensions = _extension_schemas(ask)
    for host, items in work.items():
        path = dict.fromkeys([ask.schema(host), "public", *extensions])
        yield f"SET LOCAL search_path = {comma(map(ident, path))}, pg_temp"
        relation = f"pg_temp.{ident(host.name)}"
        children = catalog.descendants(host)
        wanted = frozenset(items)
        chosen = [i for i in children if i in wanted or ask.registry[i.kind].essential]
        chosen.sort(key=lambda i: ask.registry[i.kind].order)
        inside = [(ask.registry[i.kind], catalog.objects[i]) for i in chosen]
        made, parts = catalog.objects[host], [kind.probe_part(obj) for kind, obj in inside]
        said = [part for part in parts if part is not None]
        added = [kind.probe(obj, relation) for kind, obj in inside]
        for statement in (ask.registry.of(made).probe_host(made, relation, said), *added):
            if statement is not None:
                yield statement


def _extension_schemas(ask: Question) -> list[str]:
    names = ask.inspection.names
    return sorted({names.namespaces[n] for n in names.extension_schemas if n in names.namespaces})


def _read(ask: Question, work: Work, catalog: Catalog) -> Answers:
    wanted = {i for items in work.values() for i in items}
    kinds = {i.kind for i in wanted} | {h.kind for h in work}
    registry = Registry(tuple(k for k in ask.registry if k.name in kinds or k.essential))
    names = ask.inspection.names
    said = inspect(ask.connection, registry, namespaces=TEMP_NAMESPACE, near=names)
    schemas = {h.name: h.schema for h in work}
    real = {
        i: Identity(i.kind, (schemas[i.path[1]], *i.path[1:]))
        for i in said.catalog.objects
        if len(i.path) > 1 and i.path[1] in schemas
    }
    objects = {
        real[i]: _in_its_words(catalog.objects[real[i]], obj, ask.registry)
        for i, obj in said.catalog.objects.items()
        if real.get(i) in wanted
    }
    addresses = {a: real[i] for a, i in said.addresses.items() if i in real}
    known = cast("dict[Address, Identity]", ask.inspection.addresses)  # it is only read
    everything = ChainMap(addresses, known)
    edges = read_dependencies(ask.connection, everything, addresses)
    return Answers(objects, {i: edges.get(i, frozenset()) for i in objects})


def _in_its_words(raw: DbObject, said: DbObject, registry: Registry) -> DbObject:
    kind = registry.of(raw)
    words: dict[str, Any] = {name: getattr(said, name) for name in kind.texts | kind.learned}
    return replace(raw, **words)
