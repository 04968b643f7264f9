"""CLUSTER ON: the index by which a bare CLUSTER sorts a table or a materialized view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import SpecModel, Text
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._table.index import (
    CONSTRAINTS,
    WHOLE_SQL,
    IndexMark,
    IndexMarkKind,
    marked,
    whole_of,
)


class ClusterOnSpec(SpecModel):
    """CLUSTER ON; the name of the index is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    index: Text
    """The index that CLUSTER goes by."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the name of the index."""
        return {"index": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class ClusterOn(IndexMark):
    """The index of a table that CLUSTER goes by."""


class ClusterOnKind(IndexMarkKind):
    """ALTER TABLE or MATERIALIZED VIEW … CLUSTER ON."""

    name = "cluster_on"
    order = 79
    model = ClusterOn
    section = "cluster_on"
    within = ("table", "materialized_view")
    spec = ClusterOnSpec
    alters = frozenset({"index"})

    def catalog_sql(self, version: int) -> str:
        """Read the indexes that are marked."""
        del version
        return f"""
            SELECT c.oid, n.nspname, c.relname, c.relkind = 'm', ic.relname, con.contype::text,
                   {WHOLE_SQL}
            FROM pg_index x
            JOIN pg_class c ON c.oid = x.indrelid AND c.relkind IN ('r', 'p', 'm')
            JOIN pg_class ic ON ic.oid = x.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_constraint con
                ON con.conindid = x.indexrelid AND con.contype IN ('p', 'u', 'x')
            WHERE x.indisclustered AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> ClusterOn | None:
        """Make the object."""
        oid, schema, table, materialized, index, contype, whole = row
        if not names.ours("pg_class", oid):
            return None
        kind = CONSTRAINTS.get(contype, "index")
        of = "materialized_view" if materialized else "table"
        path = (schema, table)
        return ClusterOn(Identity(self.name, path), index, kind, of, whole_of(path, whole))

    def expand(self, spec: ClusterOnSpec, at: At) -> Iterable[ClusterOn]:
        """Make the object."""
        assert at.parent is not None
        above = at.parent.identity
        yield ClusterOn(Identity(self.name, above.path), spec.index, of=above.kind)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the name of the index."""
        del nested, style
        assert isinstance(obj, ClusterOn)
        return obj.index

    def create(self, new: ClusterOn, context: Context) -> Iterable[Operation]:
        """CLUSTER ON, which sorts nothing by itself."""
        del context
        action = f"CLUSTER ON {ident(new.index or '')}"
        missing = f"NOT {marked(new, 'indisclustered')}"
        yield self.statement(Verb.CREATE, new, action, LockMode.SHARE_UPDATE_EXCLUSIVE, missing)

    def drop(self, old: ClusterOn, context: Context) -> Iterable[Operation]:
        """SET WITHOUT CLUSTER."""
        del context
        there = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indrelid = "
            f"to_regclass({literal(old.identity.sql)}) AND indisclustered)"
        )
        action, lock = "SET WITHOUT CLUSTER", LockMode.SHARE_UPDATE_EXCLUSIVE
        yield self.statement(Verb.DROP, old, action, lock, there)
