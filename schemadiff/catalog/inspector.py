"""Read a live database into a catalog: one query per kind, pipelined in one transaction.

The number of queries does not depend on the number of objects. Dependencies are read apart,
because a plan without changes needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import field
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.dependencies import read_dependencies
from schemadiff.catalog.transcript import Answer, Transcript
from schemadiff.catalog.unmanaged_sql import SHELL
from schemadiff.core.catalog import UNMANAGED, Catalog, Unmanaged
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, ObjectKind, Registry
from schemadiff.core.names import Names, Relation
from schemadiff.core.object import DbObject
from schemadiff.core.present import presence_sql
from schemadiff.core.record import record, replace
from schemadiff.core.request import Unread
from schemadiff.core.steady import steady

if TYPE_CHECKING:
    from psycopg import Connection

Known = dict[str, frozenset[tuple[str, str]]]  # a space of names -> (schema, name)

USER_NAMESPACES = "(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')"
TEMP_NAMESPACE = "n.oid = pg_my_temp_schema()"

_NAMESPACES = "SELECT oid, nspname FROM pg_namespace"
_RELATIONS = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind NOT IN ('t') AND {namespaces}"""
_COLUMNS = """
SELECT a.attrelid, a.attnum, a.attname
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND {namespaces}"""
_MEMBERS = """
SELECT c.relname, d.objid
FROM pg_depend d JOIN pg_class c ON c.oid = d.classid
WHERE d.deptype = 'e'"""

_EXTENSIONS = "SELECT extnamespace FROM pg_extension WHERE extnamespace <> 11"

# Types that no kind may read: an extension's, a base type. Row types and arrays follow others.
_TYPES = """
SELECT n.nspname, t.typname, e.extname
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
WHERE t.typrelid = 0 AND t.typcategory <> 'A' AND {namespaces}"""


# One text of all names: they are the server's own, and are looked at only where somebody asks.
# To leave out those that come again would take longer than to read them.
_ROUTINES = """
SELECT string_agg(f.proname, ' ') FROM pg_proc f
WHERE f.pronamespace = 'pg_catalog'::regnamespace AND strpos(f.proname, ' ') = 0"""

_MANY, _AT_ONCE = 1000, 3  # of so many relations few questions are enough for one round

_ROLES = "SELECT rolname, rolname = current_user FROM pg_roles"

_OF_RELATIONS = 3  # the first of what is asked for every kind
_SUPPORT = (
    *(_NAMESPACES, _RELATIONS, _COLUMNS),
    *(_MEMBERS, _EXTENSIONS, _TYPES, _ROUTINES, _ROLES),
)


@record(frozen=True)
class Inspection:
    """A catalog and the addresses by which pg_depend knows its objects."""

    catalog: Catalog
    addresses: Mapping[Address, Identity]
    names: Names
    outsiders: Mapping[Address, Unmanaged] = field(default_factory=dict)
    edges: tuple[Answer, ...] = ()  # what pg_depend said, where it was asked at the same time

    def known(self, registry: Registry) -> Known:
        """Name what the server has, extensions' members included: space -> (schema, name)."""
        return _known(self.catalog.objects, self.names, registry)


def inspect(
    connection: Connection[Any],
    registry: Registry,
    *,
    namespaces: str = USER_NAMESPACES,
    tell: Callable[[Known], None] | None = None,
    transcript: Transcript | None = None,
    near: Names | None = None,
) -> Inspection:
    """Read every kind; the connection is in a transaction with an empty search_path.

    `namespaces` is the condition on the alias `n` (pg_namespace) that says what is read. `tell`
    is given what `Inspection.known` says, long before the rest has been read. `transcript` is that
    of the transaction, for who wants to know what was asked. `near` is what was read of the same
    server, where this is about a few tables more: only those are looked at, for all the kinds.
    """
    asked = nullcontext(transcript) if transcript is not None else Transcript(connection)
    with asked as questions, steady():
        return _inspected(questions, registry, namespaces, tell, near)


def _inspected(
    transcript: Transcript,
    registry: Registry,
    namespaces: str,
    tell: Callable[[Known], None] | None,
    near: Names | None,
) -> Inspection:
    version = transcript.version
    support = _SUPPORT if near is None else _SUPPORT[:_OF_RELATIONS]
    kinds = [k for k in registry if not isinstance(k, Unread)]
    if near is None:
        kinds = _present(transcript, kinds)
    early = [k for k in kinds if is_found_by_name(k)]
    late = [k for k in kinds if not is_found_by_name(k)]

    def ask(queries: Iterable[str]) -> list[Answer]:
        return [transcript.ask(q.replace("{namespaces}", namespaces)) for q in queries]

    answers = ask([*support, *(k.catalog_sql(version) for k in early)])
    others = ask(k.catalog_sql(version) for k in late)
    names = _names(version, answers[: len(support)], near)
    if len(names.relations) > _MANY:
        transcript.at_once = _AT_ONCE
    addresses: dict[Address, Identity] = {}
    names.addresses = addresses
    found: dict[str, dict[Identity, DbObject]] = {}
    for kind, answer in zip(early, answers[len(support) :], strict=True):
        found[kind.name] = _read(kind, answer, names, addresses)
    if tell is not None:
        tell(_known([i for some in found.values() for i in some], names, registry))
    for kind, answer in zip(late, others, strict=True):
        found[kind.name] = _read(kind, answer, names, addresses)
    objects: dict[Identity, DbObject] = {}
    for kind in registry:
        objects.update(found.get(kind.name, ()))
    return Inspection(Catalog(objects, version=version), addresses, names)


def _present(transcript: Transcript, kinds: list[ObjectKind]) -> list[ObjectKind]:
    """List the kinds to ask for: those of which the server may have any."""
    sql, order = presence_sql(k.whereabouts for k in kinds if k.whereabouts is not None)
    # A query of subqueries alone always gives one row.
    found = transcript.ask(sql).rows[0][0] if order else ()
    there = {where for where, is_there in zip(order, found, strict=True) if is_there}
    return [k for k in kinds if k.whereabouts is None or k.whereabouts in there]


def is_found_by_name(kind: ObjectKind) -> bool:
    """Tell whether others may name it without its parent: of an index nobody ever does."""
    return bool(kind.spaces) and "" in kind.within


def _known(objects: Iterable[Identity], names: Names, registry: Registry) -> Known:
    found: dict[str, set[tuple[str, str]]] = {}
    spaces = {k.name: (k.spaces, k.name_part) for k in registry if is_found_by_name(k)}
    bringing = {k.name for k in registry if k.brings}
    for identity in objects:
        if identity.kind in bringing:
            found.setdefault("bringing", set()).add(("", identity.name))
        if identity.kind in spaces:
            there, part = spaces[identity.kind]
            for space in there:
                found.setdefault(space, set()).add((identity.path[0], identity.path[part]))
    found.setdefault("type", set()).update(names.type_names)
    found["member"] = set(names.brought)
    system = (("pg_catalog", name) for name in names.system_routines.split())
    found.setdefault("routine", set()).update(system)
    return {space: frozenset(some) for space, some in found.items()}


def _read(
    kind: ObjectKind, answer: Answer, names: Names, addresses: dict[Address, Identity]
) -> dict[Identity, DbObject]:
    """Make the objects of one kind, and note their addresses."""
    read, address, members = kind.read, kind.address, names.members
    found: dict[Identity, DbObject] = {}
    for row in answer.rows:
        at = address(row)
        if members and at[:2] in members:
            continue
        obj = read(row, names)
        if obj is None:
            continue
        identity = obj.identity
        found[identity] = obj
        addresses[at] = identity
    return found


def with_dependencies(connection: Connection[Any], inspection: Inspection) -> Inspection:
    """Give the catalog with its edges; pg_depend is read now, unless that was done."""
    others = {
        address: Identity(UNMANAGED, (what.kind, what.name))
        for address, what in inspection.outsiders.items()
        if what.reason != SHELL  # which goes with the operator that names it
    }
    everything = {**others, **inspection.addresses}
    edges = read_dependencies(connection, everything, told=inspection.edges)
    return replace(inspection, catalog=replace(inspection.catalog, dependencies=edges))


def _names(version: int, answers: list[Answer], near: Names | None) -> Names:
    namespaces, relations, columns, *others = answers
    names = Names(version) if near is None else replace(near)
    names.namespaces = dict(namespaces.rows)
    names.relations = {oid: Relation(s, n, k) for oid, s, n, k in relations}
    by_relation: dict[int, dict[int, str]] = {}
    for relation, number, name in columns:
        found = by_relation.get(relation)
        if found is None:
            found = by_relation[relation] = {}
        found[number] = name
    names.columns = by_relation
    if near is not None:
        return names
    members, extensions, types, routines, roles = others
    names.extension_schemas = frozenset(e for (e,) in extensions)
    names.type_names = tuple((s, n) for s, n, _ in types)
    names.brought = tuple((e, n) for _, n, e in types if e is not None)
    # An aggregate without groups always gives one row.
    names.system_routines = routines.rows[0][0]
    known: dict[str, bool] = dict(roles.rows)
    names.roles = frozenset(known)
    names.user = next((role for role, is_user in known.items() if is_user), "")
    names.members = frozenset((c, o) for c, o in members)
    return names
