"""The tablespace that a table, an index or a materialized view lies in: SET TABLESPACE.

There is an object only where it is not the database's own. The surprising facts: moving copies the
whole file while nobody can read it, so an index in use is built anew there instead; and a new
partition takes over its table's tablespace, so that one which is to lie elsewhere is moved back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Transaction, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import dollar, ident, literal, qualified

DEFAULT = "pg_default"
_WORDS = {"table": "TABLE", "materialized_view": "MATERIALIZED VIEW"}
_OWN = (
    "(SELECT t.spcname FROM pg_catalog.pg_tablespace t JOIN pg_catalog.pg_database d "
    "ON d.dattablespace = t.oid WHERE d.datname = pg_catalog.current_database())"
)


@record(frozen=True, slots=True)
class Tablespace(DbObject):
    """A tablespace; its path is the target's path and kind. No name is the database's own."""

    tablespace: str

    @property
    def parent(self) -> Identity:
        """The target."""
        path = self.identity.path
        return Identity(path[-1], path[:-1])

    @property
    def relation(self) -> str:
        """The relation, which of a constraint is its index, as SQL."""
        path = self.identity.path[:-1]
        return qualified(path[0], path[-1])


class TablespaceKind(ObjectKind):
    """SET TABLESPACE."""

    name = "tablespace"
    order = 80
    present_in = "pg_class"
    present = "reltablespace >= 16384"
    model = Tablespace
    classid = "pg_tablespace"
    attached = "tablespace"
    alters = frozenset({"tablespace"})

    @property
    def built(self) -> bool:
        """A scratch database may be on a server that does not have it."""
        return False

    def catalog_sql(self, version: int) -> str:
        """Read what lies elsewhere; where there are no tablespaces nothing is looked at."""
        del version
        return """
            SELECT c.oid, con.oid, t.spcname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_tablespace t ON t.oid = c.reltablespace
            LEFT JOIN pg_constraint con
                ON con.conindid = c.oid AND con.contype IN ('p', 'u', 'x')
            WHERE EXISTS (SELECT FROM pg_tablespace WHERE oid >= 16384)
              AND c.reltablespace >= 16384 AND c.relkind IN ('r', 'p', 'm', 'i', 'I')
              AND NOT (c.relispartition AND c.relkind IN ('i', 'I')) AND {namespaces}"""

    def read(self, row: Row, names: Names) -> Tablespace | None:
        """Make the tablespace if its target is known."""
        oid, constraint, name = row
        at = ("pg_constraint", constraint, 0) if constraint else ("pg_class", oid, 0)
        target = names.addresses.get(at)
        return None if target is None else Tablespace(_identity(target), name)

    def address(self, row: Row) -> Address:
        """Nothing depends on it, so the address has only to be unique."""
        return ("pg_tablespace of pg_class", row[0], 0)

    def expand(self, spec: str, at: At) -> Iterable[Tablespace]:
        """Make the tablespace of the parent, unless it is the usual one."""
        assert at.parent is not None
        if spec != DEFAULT:
            yield Tablespace(_identity(at.parent.identity), spec)

    def tablespaces(self, obj: DbObject) -> Iterable[str]:
        """It has to be there."""
        assert isinstance(obj, Tablespace)
        return (obj.tablespace,) if obj.tablespace else ()

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """There is one."""
        del obj, style
        return ""

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the name."""
        del nested, style
        assert isinstance(obj, Tablespace)
        return obj.tablespace

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Have new partitions of tables that lie elsewhere moved where they are to be."""
        above = {i.path[:2] for i in (*current.of(self.name), *desired.of(self.name))}
        if not above:
            return current, desired
        more = [
            Tablespace(own, "")
            for identity, obj in desired.objects.items()
            if getattr(obj, "partition_of", None) in above and identity not in current
            for own in (_identity(identity),)
            if own not in desired
        ]
        if not more:
            return current, desired
        return current, desired.with_objects((*desired.objects.values(), *more))

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: Tablespace, context: Context) -> Iterable[Operation]:
        """SET TABLESPACE."""
        yield from self._move(Verb.CREATE, new, context)

    def alter(
        self, old: Tablespace, new: Tablespace, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET TABLESPACE."""
        del old, changed
        for op in self._move(Verb.ALTER, new, context):
            # It is moved when what it is itself has changed.
            yield replace(
                op,
                requires=frozenset({new.parent}),
                provides=frozenset({new.identity}),
                bound=False,
            )

    def drop(self, old: Tablespace, context: Context) -> Iterable[Operation]:
        """SET TABLESPACE to the database's own, or nothing where the target goes."""
        for op in self._move(Verb.DROP, replace(old, tablespace=""), context):
            yield replace(op, fold=Fold(old.parent, ""))

    def _move(self, verb: Verb, new: Tablespace, context: Context) -> Iterator[Operation]:
        target: Any = context.desired.get(new.parent) or context.current.get(new.parent)
        table: Any = context.desired.get(Identity("table", new.identity.path[:2]))
        parted = getattr(table, "partition_by", None) is not None
        kind = target.identity.kind
        exists = new.parent in context.current
        words = _WORDS.get(kind, "INDEX")
        online = (
            words == "INDEX"
            and new.tablespace
            and not parted
            and kind != "exclusion"
            and context.busy(new)
        )
        space = ident(new.tablespace) if new.tablespace else ""
        lock, transaction = LockMode.ACCESS_EXCLUSIVE, Transaction.INSIDE
        if online:
            sql = f"REINDEX (TABLESPACE {space}) INDEX CONCURRENTLY {new.relation}"
            lock, transaction = LockMode.SHARE_UPDATE_EXCLUSIVE, Transaction.OUTSIDE
        elif parted and words == "INDEX":
            sql = _of_all(new)
        elif new.tablespace:
            sql = f"ALTER {words} {new.relation} SET TABLESPACE {space}"
        else:
            sql = _by_name(f"ALTER {words} {new.relation}")
        yield Operation(
            verb=verb,
            target=new.identity,
            sql=sql,
            guard=Guard(_elsewhere(new, parted=parted and words == "INDEX")),
            lock=lock if exists or online or words == "INDEX" else LockMode.NONE,
            rewrites=words != "INDEX" and exists and not parted,
            transaction=transaction,
        )


def _identity(target: Identity) -> Identity:
    # The kind comes last, so that a renamed ancestor is a change of prefix here too.
    return Identity("tablespace", (*target.path, target.kind))


def _by_name(statement: str) -> str:
    """Move to the database's own tablespace, whose name only the server knows."""
    text = literal(statement.replace("%", "%%") + " SET TABLESPACE %I")
    body = f" BEGIN EXECUTE pg_catalog.format({text}, {_OWN}); END "
    return f"DO {dollar(body, 'own')}"


def _of_all(new: Tablespace) -> str:
    """Move an index of a partitioned table with its parts, which nobody else can name."""
    space = literal(new.tablespace) if new.tablespace else _OWN
    body = (
        "\nDECLARE part pg_catalog.regclass;\nBEGIN\n"
        "FOR part IN SELECT relid FROM "
        f"pg_catalog.pg_partition_tree({literal(new.relation)}) LOOP\n"
        "EXECUTE pg_catalog.format('ALTER INDEX %s SET TABLESPACE %I', part, "
        f"{space});\nEND LOOP;\nEND\n"
    )
    return f"DO {dollar(body, 'parts')}"


def _elsewhere(new: Tablespace, *, parted: bool) -> str:
    """Say that it does not lie there yet."""
    there = "0"
    if new.tablespace:
        there = (
            "(SELECT t.oid FROM pg_catalog.pg_tablespace t "
            f"WHERE t.spcname = {literal(new.tablespace)})"
        )
    one = f"oid = to_regclass({literal(new.relation)})"
    if parted:
        one = (
            "oid IN (SELECT relid FROM pg_catalog.pg_partition_tree("
            f"to_regclass({literal(new.relation)})))"
        )
    return (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE {one} "
        f"AND reltablespace IS DISTINCT FROM {there})"
    )
