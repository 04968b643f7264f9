"""DEPENDS ON EXTENSION: what goes with an extension though it is no member of it.

DROP EXTENSION takes it along without a word, so the mark goes before the extension does, and an
object that stays outlives it. The surprising fact: of a key it is the index that can be marked, by
ALTER INDEX; the manual names it nowhere, pg_dump writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._brought import EVERYWHERE
from schemadiff.kinds._grants_sql import SCOPE
from schemadiff.kinds._index.comment import INDEX, OF_PART, half_of

# What ALTER … DEPENDS ON EXTENSION locks of each. Of a trigger the table is only looked at.
_LOCKS = {
    "function": LockMode.NONE,
    "procedure": LockMode.NONE,
    "aggregate": LockMode.NONE,
    "trigger": LockMode.ACCESS_SHARE,
    "materialized_view": LockMode.ACCESS_EXCLUSIVE,
    "index": LockMode.ACCESS_EXCLUSIVE,
    "primary_key": LockMode.ACCESS_EXCLUSIVE,
    "unique": LockMode.ACCESS_EXCLUSIVE,
    "exclusion": LockMode.ACCESS_EXCLUSIVE,
    OF_PART: LockMode.ACCESS_EXCLUSIVE,
}


@record(frozen=True, slots=True)
class ExtensionDependency(DbObject):
    """A mark; its path is the target's path and kind, and the extension.

    `columns` are those of an index: the server builds it anew when one of them gets another type,
    and forgets the mark.
    """

    columns: frozenset[Identity] = field(default=frozenset(), compare=False)

    @property
    def parent(self) -> Identity:
        """The target."""
        *path, kind, _ = self.identity.path
        return Identity(kind, tuple(path))

    @property
    def refers(self) -> Iterator[Identity]:
        """The extension, and the columns."""
        yield Identity("extension", (self.identity.name,))
        yield from self.columns


class ExtensionDependencyKind(Checked):
    """ALTER … DEPENDS ON EXTENSION."""

    name = "extension_dependency"
    order = 910
    model = ExtensionDependency
    classid = "pg_depend"
    attached = "depends_on_extensions"

    def catalog_sql(self, version: int) -> str:
        """Read all marks on what users made."""
        del version
        return f"""
            SELECT d.objid, c.relname, con.oid, e.extname, i.indrelid,
                   i.indkey::int2[] || ARRAY(
                       SELECT r.refobjsubid::int2 FROM pg_depend r
                       WHERE r.classid = d.classid AND r.objid = d.objid
                         AND r.refclassid = d.classid AND r.refobjid = i.indrelid)
            FROM pg_depend d
            JOIN pg_class c ON c.oid = d.classid
            JOIN pg_extension e ON e.oid = d.refobjid
            LEFT JOIN pg_constraint con ON d.classid = 'pg_class'::regclass
                AND con.conindid = d.objid AND con.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_index i
                ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
            WHERE d.deptype = 'x' AND d.refclassid = 'pg_extension'::regclass AND {SCOPE}"""

    def read(self, row: Row, names: Names) -> ExtensionDependency | None:
        """Make the mark if its target is known."""
        oid, catalog, constraint, extension, table, numbers = row
        at = ("pg_constraint", constraint, 0) if constraint else (catalog, oid, 0)
        target = names.addresses.get(at) or names.addresses.get((OF_PART, oid, 0))
        if target is None or target.kind not in _LOCKS:
            return None
        found = (names.addresses.get(("pg_class", table, n)) for n in numbers or () if n > 0)
        columns = frozenset(i for i in found if i is not None and i.kind == "column")
        return ExtensionDependency(_identity(target, extension), columns)

    def address(self, row: Row) -> Address:
        """Nothing depends on a mark, so the address has only to be unique."""
        return (f"pg_depend of {row[1]} on {row[3]}", row[0], 0)

    def expand(self, spec: Sequence[str], at: At) -> Iterable[ExtensionDependency]:
        """Make the marks of the parent."""
        assert at.parent is not None
        for extension in dict.fromkeys(spec):
            yield ExtensionDependency(_identity(at.parent.identity, extension))

    def lacks(self, obj: ExtensionDependency, catalog: Catalog) -> Iterable[Fault]:
        """Look for the extension."""
        name = obj.identity.name
        if name != EVERYWHERE and Identity("extension", (name,)) not in catalog:
            message = f"{obj.parent} depends on extension {name}, which is not declared"
            hint = "name it under extensions:, or take it out of depends_on_extensions"
            yield Fault("SD078", message, hint)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """There is one key for all marks of an object."""
        del obj, style
        return ""

    def attached_yaml(self, objects: Sequence[DbObject], style: Style) -> YamlValue:
        """Write the names of the extensions."""
        del style
        return [o.identity.name for o in objects]

    def clings(self, obj: ExtensionDependency, gone: Identity, version: int) -> bool:
        """To the columns that its target has: they are said of the target as it was."""
        del version
        return gone in obj.columns

    def create(self, new: ExtensionDependency, context: Context) -> Iterable[Operation]:
        """DEPENDS ON EXTENSION, which is safe to repeat."""
        yield _say(Verb.CREATE, new, context)

    def drop(self, old: ExtensionDependency, context: Context) -> Iterable[Operation]:
        """NO DEPENDS ON EXTENSION, or nothing where the target goes."""
        yield _say(Verb.DROP, old, context)


def _say(verb: Verb, mark: ExtensionDependency, context: Context) -> Operation:
    target = context.desired.get(mark.parent) or context.current.get(mark.parent)
    assert target is not None
    kind, extension = context.registry.of(target), mark.identity.name
    on, exists = half_of(INDEX, target) or (kind.comment_target(target), kind.exists(target))
    if target.identity.kind == "aggregate":
        schema, name, types = target.identity.path
        on = f"ROUTINE {qualified(schema, name)}({types})"
    there = f"EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = {literal(extension)})"
    conditions = " AND ".join(filter(None, (exists, there)))
    drops = verb is Verb.DROP
    return Operation(
        verb=verb,
        target=mark.identity,
        sql=f"ALTER {on} {'NO ' * drops}DEPENDS ON EXTENSION {ident(extension)}",
        guard=Guard(conditions) if drops else None,
        lock=_LOCKS[target.identity.kind],
        fold=Fold(mark.parent, "") if drops else None,
    )


def _identity(target: Identity, extension: str) -> Identity:
    # The kind and the extension come last, so that a renamed ancestor is a change of prefix.
    return Identity("extension_dependency", (*target.path, target.kind, extension))
