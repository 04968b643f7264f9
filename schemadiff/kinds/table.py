"""Tables: CREATE TABLE without its columns, which are a kind of their own.

A partition has its columns from its parent; to others they are added, folded for the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import ClassVar

from pydantic import Field

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Host, Operation, Verb
from schemadiff.core.probing import partitioned
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, GrantedSpec, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._column.names import comment_columns
from schemadiff.kinds._default_parts import PART
from schemadiff.kinds._hazards.bounds import part_hazards
from schemadiff.kinds._hazards.common import row_security_hazards
from schemadiff.kinds._left_to_heirs import leave_to_heirs
from schemadiff.kinds._part_called import as_attached, as_part
from schemadiff.kinds._row.spec import RowsSaid, SpecRow
from schemadiff.kinds._row.type import ORDER_SQL, Ordered, Renames
from schemadiff.kinds._storage import Storage, storage_field, storage_yaml, to_storage
from schemadiff.kinds._table.alone import standing_alone
from schemadiff.kinds._table.anew import Anew, bring_back, goes_with, put_aside
from schemadiff.kinds._table.clones import CLONES_SQL, FOREIGN_KEYS_SQL, Clones, read_clones
from schemadiff.kinds._table.for_good import made_for_good
from schemadiff.kinds._table.heirs import (
    RELATIONS,
    handed_on,
    parents,
    parted,
)
from schemadiff.kinds._table.online import made_as_part, whole_of
from schemadiff.kinds._table.options import (
    access_method,
    after_creation,
    alter_parameters,
    alter_toast,
    logged,
    of_itself,
    options_yaml,
    parameters_sql,
    read_parameters,
    row_security,
    stands_in_circle,
    to_method,
)
from schemadiff.kinds._table.parts import Lineage, change_parents, to_bound
from schemadiff.kinds._table.rejoining import who_rejoins
from schemadiff.kinds._table.yaml import table_yaml


class TableSpec(GrantedSpec):
    """A table; columns, constraints, indexes and triggers stand in sections of their own."""

    guesses: ClassVar = {
        "constraints": "primary_key, unique, checks, foreign_keys, exclusions",
        "fields": "columns",
        **dict.fromkeys(("options", "storage"), "with"),
        "persistence": "unlogged",
        "partitions": "partition_of and bound, in each partition",
        "rls": "row_security",
        "values": "bound",
    }
    mixins: Texts = ()
    """Mixins whose columns, constraints and indexes the table gets as well."""
    unlogged: Flag = False
    """Whether it is unlogged: faster, and empty after a crash."""
    partition_by: Sql | None = None
    """The partition key: `range (created_at)`."""
    partition_of: Text | None = None
    """The partitioned table that it is a partition of."""
    bound: Sql | None = None
    """Its rows as a partition: `for values from (1) to (10)`, or `default`."""
    inherits: Texts = ()
    """The tables that it inherits from."""
    access_method: Text | None = None
    """The table access method; absent is `heap`, of a partitioned table what its parts say (17)."""
    tablespace: Text | None = None
    """The tablespace it lies in; absent is the database's own."""
    row_security: Flag = False
    """Whether policies apply."""
    force_row_security: Flag = False
    """Whether they apply to the owner too."""
    with_: dict[Text, Text] = storage_field()
    """Storage parameters, such as `fillfactor`; of TOAST: `toast.autovacuum_enabled`."""
    defaults: dict[Text, Sql] = Field(default={})
    """Defaults of columns that come from another table, where they differ from that table's."""
    rows: tuple[SpecRow, ...] | None = None
    """Rows that have to be there: lookup tables. What a row leaves out stays as it is."""
    rows_key: Texts = ()
    """The unique key by which rows are told apart; absent is the primary key."""
    rows_exact: Flag = False
    """Whether there may be no other rows: those are deleted, as data loss."""
    column_comments: dict[Text, Text] = Field(default={})
    """Comments on columns that come from another table: `{name: text}`."""

    shorthands: ClassVar = ()


KeyTypes = tuple[tuple[str, str, str | None], ...]  # column, type, collation


@record(frozen=True, slots=True)
class Table(Ordered, DbObject):
    """An ordinary or partitioned table, or a partition."""

    unlogged: bool = False
    partition_by: str | None = None
    partition_of: tuple[str, str] | None = None
    bound: str | None = None
    inherits: tuple[tuple[str, str], ...] = ()
    access_method: str | None = None
    row_security: bool = False
    force_row_security: bool = False
    storage: Storage = ()
    clones: Clones = field(default=(), compare=False)
    row: tuple[str, ...] = field(default=(), compare=False)  # columns in order, where that is asked
    row_renames: Renames = field(default=(), compare=False)
    key_types: KeyTypes = field(default=(), compare=False)  # it is made anew for those, or for the
    column_order: tuple[str, ...] = ()  # order of its type's columns
    rejoins: tuple[tuple[str, str], ...] = ()  # tables above it that are made anew

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The parents in the sense of inheritance, and the access method."""
        for each in parents(self):
            yield from (Identity(kind, each) for kind in RELATIONS)
        if self.access_method is not None:
            yield Identity("access_method", (self.access_method,))


class TableKind(Anew, Lineage):
    """CREATE TABLE."""

    name = "table"
    evaluates = True
    file = "{name}"
    order = 60
    present = "relkind IN ('r', 'p')"
    model = Table
    section = "tables"
    spec = TableSpec
    harmless = frozenset({"unlogged", "partition_of", "row_security", "force_row_security"})
    alters = harmless | {"bound", "inherits", "rejoins", "access_method", "storage"}
    replaces = frozenset({"partition_by", "column_order"})
    lasting = frozenset({"row", "row_renames"})
    moved_attributes = frozenset({"inherited columns"})
    texts = frozenset({"partition_by", "bound"})
    holds_data = True
    hosts_probes = True
    spaces = frozenset({"relation", "type"})
    comment_on = "TABLE"
    used_by_name = True
    has_rows = True

    def catalog_sql(self, version: int) -> str:
        """Read ordinary and partitioned tables."""
        del version
        return f"""
            SELECT c.oid, n.nspname, c.relname, c.relpersistence::text,
                   CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
                   CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
                   c.relispartition,
                   CASE WHEN c.relispartition OR EXISTS
                             (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid)
                        THEN (SELECT array_agg(ARRAY[pn.nspname::text, pc.relname::text]
                                               ORDER BY i.inhseqno)
                              FROM pg_inherits i
                              JOIN pg_class pc ON pc.oid = i.inhparent
                              JOIN pg_namespace pn ON pn.oid = pc.relnamespace
                              WHERE i.inhrelid = c.oid) END,
                   CASE WHEN c.relam <> 2 OR c.relkind = 'p'
                        THEN (SELECT amname FROM pg_am WHERE pg_am.oid = c.relam) END,
                   c.relrowsecurity, c.relforcerowsecurity, c.reloptions, toast.reloptions,
                   indexes.clones, keys.clones, {ORDER_SQL}
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
            LEFT JOIN ({CLONES_SQL}) indexes ON indexes.relation = c.oid
            LEFT JOIN ({FOREIGN_KEYS_SQL}) keys ON keys.relation = c.oid
            WHERE c.relkind IN ('r', 'p') AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> Table | None:
        """Make the table."""
        del names
        _, schema, name, persistence, partition_by, bound, is_partition, parents, *rest = row
        method, secured, forced, own, toast, indexes, keys, order = rest
        above = tuple((s, n) for s, n in parents) if parents else ()
        return Table(
            Identity("table", (schema, name)),
            persistence == "u",
            partition_by,
            above[0] if is_partition and above else None,
            bound,
            AnyOrder(() if is_partition else above),
            method,
            secured,
            forced,
            read_parameters(own, toast),
            read_clones(indexes, keys),
            row=tuple(order or ()),
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A relation's name is taken among relations and among types."""
        schema, name = obj.identity.path
        return (("relation", schema, name), ("type", schema, name))

    def expand(self, spec: TableSpec, at: At) -> Iterable[Table]:
        """Make the table of its name."""
        parent = at.relation(spec.partition_of, "partition_of") if spec.partition_of else None
        table = Table(
            Identity("table", (at.schema, at.name or "")),
            spec.unlogged,
            at.clause(spec.partition_by, "partition_by") if spec.partition_by else None,
            parent,
            to_bound(spec, "table", at),
            AnyOrder(at.relation(p, "inherits", i) for i, p in enumerate(spec.inherits)),
            to_method(spec.access_method, divided=spec.partition_by is not None),
            spec.row_security,
            spec.force_row_security,
            to_storage(spec.with_),
        )
        yield table
        for column, text in spec.defaults.items():
            expression = at.expression(text, "defaults", column)
            at.child("default", table, column, (expression, PART), "defaults", column)
        if spec.rows is not None:
            at.child("rows", table, None, RowsSaid(spec.rows, spec.rows_key, spec.rows_exact))
        elif spec.rows_key or spec.rows_exact:
            key, hint = "rows_key" if spec.rows_key else "rows_exact", "list the rows, or rows: []"
            at.fail("SD181", f"table {at.name}: {key} without rows", hint, key)
        comment_columns(spec, table, at)

    def stands_with(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """A partition stands with its table."""
        assert isinstance(obj, Table)
        return Identity("table", obj.partition_of) if obj.partition_of else None

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default, then the sections, constraints in their columns."""
        assert isinstance(obj, Table)
        head: dict[str, YamlValue] = {}
        if obj.unlogged:
            head["unlogged"] = True
        if obj.partition_of:
            head["partition_of"] = style.relation(*obj.partition_of)
            head["bound"] = obj.bound
        if obj.partition_by:
            head["partition_by"] = obj.partition_by
        if obj.inherits:
            head["inherits"] = [style.relation(*p) for p in obj.inherits]
        head |= options_yaml(obj)
        if obj.storage:
            head["with"] = storage_yaml(obj.storage)
        rows = nested.pop("rows", {})
        tail = rows.get("", {})
        assert isinstance(tail, dict)
        return head | table_yaml(obj.identity, nested, style) | tail

    def create(self, new: Table, context: Context) -> Iterable[Operation]:
        """CREATE TABLE; columns and constraints are folded in later."""
        needed = handed_on(new, context.desired)
        unlogged = "UNLOGGED " if new.unlogged else ""
        head = f"CREATE {unlogged}TABLE IF NOT EXISTS {new.identity.sql}"
        tail = lines(
            as_part(new, context.desired),
            f"INHERITS ({comma(qualified(*p) for p in new.inherits)})" if new.inherits else None,
            new.bound,
            f"PARTITION BY {new.partition_by}" if new.partition_by else None,
            f"USING {ident(new.access_method)}" if new.access_method else None,
            f"WITH ({parameters_sql(new.storage)})" if new.storage else None,
            separator=" ",
        )
        sql, host, lock = f"{head} {tail}", None, LockMode.ACCESS_EXCLUSIVE
        if not new.partition_of:
            tail = f") {tail}".rstrip()
            sql, host = f"{head} ({tail}", Host(f"{head} (\n    ", f"\n{tail}", ",\n    ")
            lock = LockMode.SHARE_UPDATE_EXCLUSIVE if new.inherits else LockMode.NONE
        made = Operation(
            verb=Verb.CREATE, target=new.identity, sql=sql, host=host, lock=lock, requires=needed
        )
        yield from made_as_part(new, made, context) if new.partition_of else (made,)
        yield from as_attached(new, context)
        yield from bring_back(new, context)
        yield from after_creation(row_security(None, new))

    def drop(self, old: Table, context: Context) -> Iterable[Operation]:
        """DROP TABLE; of one that is made anew the rows go on."""
        if aside := put_aside(old, context):
            yield aside
        if aside or goes_with(old, context):
            return
        message = f"All rows of {old.identity.sql} are lost."
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP TABLE IF EXISTS {old.identity.sql}",
            provides=frozenset(map(parted, parents(old))),
            touches=whole_of(old),
            hazards=(data_loss("drop-table", old.identity, message),),
        )

    def alter(
        self, old: Table, new: Table, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """What is set on the table, attach, detach, inherit."""
        if "unlogged" in changed:
            yield logged(new, context)
        if "access_method" in changed:
            yield access_method(new, context)
        yield from of_itself(row_security(old, new))
        yield from of_itself(alter_parameters(old, new))
        yield from change_parents(old, new, changed, context)
        yield from alter_toast(old, new, context)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Compare tables that are attached or detached as they are between."""
        return made_for_good(
            *leave_to_heirs(*standing_alone(current, who_rejoins(current, desired)))
        )

    def rename(self, old: Table, new: Table, context: Context) -> Iterable[Operation]:
        """ALTER TABLE … SET SCHEMA, RENAME TO."""
        del context
        schema, name = old.identity.path
        if schema != new.identity.schema:
            yield Operation(
                verb=Verb.RENAME,
                target=new.identity,
                sql=f"ALTER TABLE {old.identity.sql} SET SCHEMA {ident(new.identity.schema)}",
                guard=Guard(self.exists(old)),
            )
            schema = new.identity.schema
        if name != new.identity.name:
            before = Identity("table", (schema, name))
            yield Operation(
                verb=Verb.RENAME,
                target=new.identity,
                sql=f"ALTER TABLE {before.sql} RENAME TO {ident(new.identity.name)}",
                guard=Guard(self.exists(replace(old, identity=before))),
            )

    def hazards(
        self, old: Table | None, new: Table | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when policies count no more."""
        yield from super().hazards(old, new, changed, context)
        yield from part_hazards(old, new, context)
        if old is not None and new is not None:
            yield from row_security_hazards(old, new)

    def carries(self, obj: Table, context: Context) -> bool:
        """Columns that come from another table move with theirs; a typed table is untied."""
        typed = Identity("of_type", obj.identity.path) in context.current
        return typed or bool(obj.partition_of or obj.inherits)

    def unsettles(
        self, old: Table, new: Table, changed: frozenset[str], dependent: DbObject, context: Context
    ) -> bool:
        """What reads a part itself is in the way when its inherited columns move."""
        if "unlogged" in changed and stands_in_circle(dependent, new, context):
            return True
        return changed == self.moved_attributes and dependent.identity.kind in _READERS

    def probe_host(self, obj: Table, relation: str, parts: Iterable[str]) -> str | None:
        """Make a temporary partitioned table: no heap, no toast, two milliseconds."""
        if obj.partition_by or obj.partition_of or obj.inherits:
            return None
        return partitioned(relation, parts)

    def exists(self, obj: Table) -> str:
        """Ask pg_class; a view or another relation may have the name."""
        return (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
            f"to_regclass({literal(obj.identity.sql)}) AND relkind IN ('r', 'p'))"
        )


_READERS = frozenset({"view", "materialized_view", "policy", "trigger", "rule", "default"})
