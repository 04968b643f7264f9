"""What exists on a server and no kind of the registry manages: nothing may be passed over.

All queries go in one round in the transaction of the inspection. The surprising fact: what is
managed is decided by addresses. Everything that the server has is asked for, without the OIDs that
the kinds have read; so a kind that leaves out some of its objects is found out as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.inspector import Inspection
from schemadiff.catalog.transcript import Answer, Transcript
from schemadiff.catalog.unmanaged_around import around
from schemadiff.catalog.unmanaged_attributes import (
    ATTRIBUTES,
    COMMENTS,
    DATABASE,
    GRANTS,
    LARGE_OBJECTS,
    QUERIES,
    Attribute,
)
from schemadiff.catalog.unmanaged_given import GIVEN
from schemadiff.catalog.unmanaged_sql import (
    BORN,
    FIRST,
    NOT_NULL,
    NOT_NULL_SINCE,
    OBJECTS,
    unknown,
)
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.default_names import make_name
from schemadiff.core.kind import Address, Registry
from schemadiff.core.object import DbObject, all_fields
from schemadiff.core.record import record
from schemadiff.core.steady import steady

if TYPE_CHECKING:
    from psycopg import Connection

_OF_EXTENSION = "on an object of an extension"
_NOT_OURS = "an object of the server or of an extension"
_COMMENTS = "pg_description"
_NOT_NULL_SAYS = {"not_null_valid", "not_null_no_inherit"}


def read_unmanaged(
    connection: Connection[Any], inspection: Inspection, registry: Registry
) -> tuple[Unmanaged, ...]:
    """List what is neither the server's own, nor an extension's, nor managed, sorted.

    The connection is in the transaction of the inspection (or in another with the same state).
    An attribute that the kind of its object does not carry has the object's kind and name, and
    the attribute as the reason.
    """
    return find_unmanaged(connection, inspection, registry).everything()


@record(frozen=True, slots=True)
class Found:
    """Unmanaged objects by address, and attributes of managed ones."""

    objects: Mapping[Address, Unmanaged]
    attributes: tuple[Unmanaged, ...]

    def everything(self) -> tuple[Unmanaged, ...]:
        """List objects and attributes, each once, sorted."""
        return tuple(sorted({*self.objects.values(), *self.attributes}))


def find_unmanaged(
    connection: Connection[Any],
    inspection: Inspection,
    registry: Registry,
    transcript: Transcript | None = None,
) -> Found:
    """Find the same as `read_unmanaged`, with the addresses of the objects."""
    asked = nullcontext(transcript) if transcript is not None else Transcript(connection)
    with asked as questions, steady():
        return _Reader(inspection, registry).read(questions)


class _Reader:
    def __init__(self, inspection: Inspection, registry: Registry) -> None:
        self._addresses = inspection.addresses
        self._objects = inspection.catalog.objects
        self._members = inspection.names.members
        self._version = inspection.names.version
        self._names = inspection.names
        self._registry = registry
        self._born: set[tuple[str, int]] = set()

    def read(self, transcript: Transcript) -> Found:
        """Ask everything in one round and sort out the answers."""
        known = self._known()
        conditions = {c: unknown(",".join(map(str, oids))) for c, oids in known.items()}
        nobody = unknown("")
        objects = [s.sql.replace("{unknown}", conditions.get(s.catalog, nobody)) for s in OBJECTS]
        not_null = [NOT_NULL.replace("{unknown}", nobody)] * (self._version >= NOT_NULL_SINCE)
        attributes = [q.sql(self._version) for q in (*QUERIES, GIVEN)]
        others = [self._comments(known), LARGE_OBJECTS, DATABASE]
        extended = any(oid >= FIRST for _, oid in self._members)
        beside = around(self._version, _NOT_OURS, extended=extended)
        rounds = (objects, not_null, attributes, GRANTS, others, beside, [BORN] * extended)
        answers = [[transcript.ask(sql) for sql in each] for each in rounds]
        self._born = {(catalog, oid) for answer in answers[6] for catalog, oid in answer}
        unmanaged: dict[Address, Unmanaged] = {}
        for source, answer in zip(OBJECTS, answers[0], strict=True):
            unmanaged.update(self._sort_out(source.catalog, answer))
        for answer in answers[1]:
            unmanaged.update(self._not_nulls(answer))
        seen: list[Unmanaged] = []
        for answer in answers[2]:
            seen += self._attributes(answer)
        for answer in answers[3]:
            seen += self._grants(answer, unmanaged)
        seen += self._left_comments(answers[4][0], unmanaged)
        count = answers[4][1].rows[0][0]
        if count:
            seen.append(Unmanaged("large object", f"{count} in all"))
        for catalog, oid, words, name in answers[4][2]:
            if (catalog, oid, 0) not in self._addresses:
                seen.append(Unmanaged(words, name))
        seen += [Unmanaged(*row) for answer in answers[5] for row in answer]
        return Found(unmanaged, tuple(seen))

    def _known(self) -> dict[str, list[int]]:
        """Give the OIDs that are managed or an extension's, by catalog."""
        found: dict[str, list[int]] = defaultdict(list)
        for catalog, oid, number in self._addresses:
            if not number and oid >= FIRST:
                found[catalog].append(oid)
        for catalog, oid in self._members:
            if oid >= FIRST:
                found[catalog].append(oid)
        return found

    def _comments(self, known: Mapping[str, list[int]]) -> str:
        """Give the query for comments on what is no object, or for all where no kind reads any."""
        oids: list[int] = []
        if any(kind.classid == _COMMENTS for kind in self._registry):
            none = ("pg_attrdef", _COMMENTS)  # what nobody can comment on
            oids = [o for c, some in known.items() if not c.startswith(none) for o in some]
        return COMMENTS.replace("{known}", "{" + ",".join(map(str, oids)) + "}")

    def _sort_out(self, catalog: str, answer: Answer) -> Iterator[tuple[Address, Unmanaged]]:
        """Keep the objects whose relation is managed: those of an unmanaged one fall under it."""
        for oid, relation, kind, name, reason in answer:
            member = ("pg_class", relation) in self._members
            if relation and not member and ("pg_class", relation, 0) not in self._addresses:
                continue
            if member and (catalog, oid) in self._born:
                continue
            why = _OF_EXTENSION if member and not reason else reason
            yield (catalog, oid, 0), Unmanaged(kind, name, why)

    def _not_nulls(self, answer: Answer) -> Iterator[tuple[Address, Unmanaged]]:
        """Keep the NOT NULLs that say more than the column does: by their name, or otherwise."""
        addresses, relations, columns = self._addresses, self._names.relations, self._names.columns
        for oid, relation, number, name, reason, domain in answer:
            address = ("pg_constraint", oid, 0)
            if address in addresses:
                continue
            if domain is not None:
                (schema, table), column = domain, ""
                if self._bears(("pg_type", relation, 0), reason, "not_null_name"):
                    continue
            elif ("pg_class", relation, 0) in addresses:
                schema, table, _ = relations[relation]
                column = columns[relation][number]
                if not reason and name == f"{table}_{column}_not_null":
                    continue  # as nearly always, and there are as many as columns
                if self._bears(("pg_class", relation, number), reason):
                    continue
            else:
                continue
            if reason or name != make_name(table, column, "not_null"):
                why = reason or "named otherwise than by default"
                yield address, Unmanaged("not-null constraint", f"{schema}.{table}.{name}", why)

    def _bears(self, bearer: Address, reason: str, *says: str) -> bool:
        """Tell whether an object says the name of its NOT NULL, and what else there is to it."""
        identity = self._addresses.get(bearer)
        if identity is None:
            return False
        needed = {*says} | (_NOT_NULL_SAYS if reason else set())
        return {*all_fields(type(self._objects[identity]))} >= needed

    def _attributes(self, answer: Answer) -> Iterator[Unmanaged]:
        """Name the attributes that the kinds do not carry."""
        for catalog, oid, number, part, keys in answer:
            identity = self._addresses.get((catalog, oid, number))
            if identity is None:
                continue
            kind, name = identity.kind, ".".join(p for p in identity.path if p)
            obj = None if part and part[0] else self._objects[identity]
            if part:
                kind = f"{kind} {part[0]}".strip()
                name = f"{name}.{part[1]}" if part[0] else f"{name} {part[1]}"
            for key in keys:
                attribute = ATTRIBUTES[key]
                if obj is not None and self._carried(obj, attribute):
                    continue
                if obj is not None or not self._managed_by_kind(attribute):
                    yield Unmanaged(kind, name, attribute.words)

    def _grants(
        self, answer: Answer, unmanaged: Mapping[Address, Unmanaged]
    ) -> Iterator[Unmanaged]:
        """Name what has grants; those on an unmanaged object fall under it."""
        for catalog, oid, name in answer:
            if (catalog, oid, 0) in unmanaged:
                continue
            identity = self._addresses.get((catalog, oid, 0))
            if identity and self._carried(self._objects[identity], ATTRIBUTES["granted"]):
                continue
            foreign = oid < FIRST or (catalog, oid) in self._members
            if foreign and self._managed_by_kind(ATTRIBUTES["granted"]):
                continue
            yield Unmanaged("grant on", name, _NOT_OURS if foreign else "")

    def _left_comments(
        self, answer: Answer, unmanaged: Mapping[Address, Unmanaged]
    ) -> Iterator[Unmanaged]:
        """Name the comments that no kind has read; those on an unmanaged object fall under it."""
        for catalog, oid, number, name in answer:
            if (f"{_COMMENTS} of {catalog}", oid, number) in self._addresses:
                continue
            if (catalog, oid, 0) not in unmanaged and (catalog, oid) not in self._members:
                yield Unmanaged("comment on", name or f"{catalog} {oid}")

    def _carried(self, obj: DbObject, attribute: Attribute) -> bool:
        """Tell whether an object's kind carries an attribute."""
        if self._managed_by_kind(attribute):
            return True
        fields = all_fields(type(obj))
        return any(
            name in fields and isinstance(getattr(obj, name), attribute.holds)
            for name in attribute.fields.split()
        )

    def _managed_by_kind(self, attribute: Attribute) -> bool:
        """Tell whether the registry has a kind for the attribute."""
        return not self._registry.by_name.keys().isdisjoint(attribute.kinds.split())
