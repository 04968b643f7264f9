"""The tablespace that a table, an index or a materialized view lies in: SET TABLESPACE.

There is an object only where it is not the database's own. The surprising facts: moving copies the
whole file while nobody can read it, so an index in use is built anew there instead; and a new
partition takes over its table's tablespace, so that one which is to lie elsewhere is moved back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Transaction, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.kinds._index.comment import OF_PART

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
            SELECT c.oid, con.oid, coalesce(t.spcname, ''), whole.oid IS NOT NULL
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace AND t.oid >= 16384
            LEFT JOIN pg_constraint con
                ON con.conindid = c.oid AND con.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_class whole ON c.relispartition AND c.relkind IN ('i', 'I')
                AND whole.oid = pg_partition_root(c.oid)
            WHERE EXISTS (SELECT FROM pg_tablespace WHERE oid >= 16384)
              AND c.relkind IN ('r', 'p', 'm', 'i', 'I') AND {namespaces}
              AND CASE WHEN whole.oid IS NULL THEN c.reltablespace >= 16384
                       ELSE c.reltablespace <> whole.reltablespace END"""

    def read(self, row: Row, names: Names) -> Tablespace | None:
        """Make the tablespace if its target is known."""
        oid, constraint, name, is_part = row
        at = ("pg_constraint", constraint, 0) if constraint else ("pg_class", oid, 0)
        target = names.addresses.get((OF_PART, oid, 0) if is_part else at)
        return None if target is None else Tablespace(_identity(target), name)

    def address(self, row: Row) -> Address:
        """Nothing depends on it, so the address has only to be unique."""
        return ("pg_tablespace of pg_class", row[0], 0)

    def expand(self, spec: str, at: At) -> Iterable[Tablespace]:
        """Make the tablespace of the parent, unless it is the usual one."""
        assert at.parent is not None
        usual = spec == DEFAULT
        if not usual or at.parent.identity.kind == OF_PART:
            yield Tablespace(_identity(at.parent.identity), "" if usual else spec)

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
        return obj.tablespace or DEFAULT

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
        """SET TABLESPACE to what is usual there, or nothing where the target goes."""
        usual = ""
        if old.parent.kind == OF_PART and (part := context.desired.get(old.parent)) is not None:
            whole = context.desired.get(_of_whole(part))
            usual = whole.tablespace if isinstance(whole, Tablespace) else ""
        for op in self._move(Verb.DROP, replace(old, tablespace=usual), context):
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
        of_all = parted and words == "INDEX" and kind != OF_PART
        space = ident(new.tablespace) if new.tablespace else ""
        relation = _relation(target)
        lock, transaction = LockMode.ACCESS_EXCLUSIVE, Transaction.INSIDE
        if online:
            sql = f"REINDEX (TABLESPACE {space}) INDEX CONCURRENTLY {relation}"
            lock, transaction = LockMode.SHARE_UPDATE_EXCLUSIVE, Transaction.OUTSIDE
        elif of_all:
            sql = _of_all(new, _tree(new, relation, context))
        elif new.tablespace:
            sql = f"ALTER {words} {relation} SET TABLESPACE {space}"
        else:
            sql = _by_name(f"ALTER {words} {relation}")
        one = f"oid = to_regclass({literal(relation)})"
        if of_all:
            one = f"oid IN (SELECT relid FROM {_tree(new, relation, context)})"
        yield Operation(
            verb=verb,
            target=new.identity,
            sql=sql,
            guard=Guard(_elsewhere(new, one)),
            # The whole's is moved with those of its parts that say nothing.
            requires=frozenset({_of_whole(target)} if kind == OF_PART else ()),
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


def _relation(target: Any) -> str:
    """Name the relation, which of a constraint is its index."""
    path = target.place.path if target.identity.kind == OF_PART else target.identity.path
    return qualified(path[0], path[-1])


def _of_whole(part: Any) -> Identity:
    return _identity(part.whole)


def _tree(new: Tablespace, relation: str, context: Context) -> str:
    """Name an index of a partitioned table and its parts, but for those that lie elsewhere."""
    tree = f"pg_catalog.pg_partition_tree(to_regclass({literal(relation)}))"
    others = (context.desired.objects[i] for i in context.desired.of("tablespace"))
    parts: list[Any] = [
        context.desired.objects[o.parent]
        for o in others
        if o.parent is not None and o.parent.kind == OF_PART
    ]
    apart = [literal(_relation(part)) for part in parts if _of_whole(part) == new.identity]
    if not apart:
        return tree
    return f"{tree} WHERE relid <> ALL (ARRAY[{comma(apart)}]::pg_catalog.regclass[])"


def _of_all(new: Tablespace, tree: str) -> str:
    """Move an index of a partitioned table with its parts, which nobody else can name."""
    space = literal(new.tablespace) if new.tablespace else _OWN
    body = (
        "\nDECLARE part pg_catalog.regclass;\nBEGIN\n"
        f"FOR part IN SELECT relid FROM {tree} LOOP\n"
        "EXECUTE pg_catalog.format('ALTER INDEX %s SET TABLESPACE %I', part, "
        f"{space});\nEND LOOP;\nEND\n"
    )
    return f"DO {dollar(body, 'parts')}"


def _elsewhere(new: Tablespace, one: str) -> str:
    """Say that it does not lie there yet."""
    there = "0"
    if new.tablespace:
        there = (
            "(SELECT t.oid FROM pg_catalog.pg_tablespace t "
            f"WHERE t.spcname = {literal(new.tablespace)})"
        )
    return (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE {one} "
        f"AND reltablespace IS DISTINCT FROM {there})"
    )
