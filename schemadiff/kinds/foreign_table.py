"""Foreign tables: CREATE FOREIGN TABLE, without the columns and checks, which are other kinds.

Their rows are elsewhere, so that dropping one loses nothing. One that is a partition or an heir
has its columns from another table, but says the OPTIONS of each itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import field
from typing import ClassVar

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Host, Operation, Verb
from schemadiff.core.privileged import NOTHING, Said
from schemadiff.core.probing import partitioned
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import GrantedSpec, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._bound_preflight import BoundQuestions
from schemadiff.kinds._column.names import comment_columns
from schemadiff.kinds._default_parts import PART
from schemadiff.kinds._foreign.part import (
    COLUMN_OPTIONS_SQL,
    PARENTS_SQL,
    ColumnOptions,
    part_copied,
    read_column_options,
    refuse_keys,
    set_options,
    to_column_options,
)
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._form import in_order, sql_value
from schemadiff.kinds._options import changes, clause, options_sql, pairs, stored
from schemadiff.kinds._part_called import as_attached, as_part
from schemadiff.kinds._row.type import Ordered, Renames
from schemadiff.kinds._table.anew import goes_with
from schemadiff.kinds._table.heirs import RELATIONS, parents, within
from schemadiff.kinds._table.online import made_as_part, whole_of
from schemadiff.kinds._table.parts import Lineage, change_parents, to_bound
from schemadiff.kinds._table.yaml import table_yaml
from schemadiff.kinds._view import gone, is_relation, moves


class ForeignTableSpec(GrantedSpec):
    """A foreign table; columns and checks stand in sections of their own."""

    server: Text
    """The foreign server on which its rows are."""
    options: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Options of the table: `{name: value}`."""
    partition_of: Text | None = None
    """The partitioned table that it is a partition of."""
    bound: Sql | None = None
    """Its rows as a partition: `for values from (1) to (10)`, or `default`."""
    inherits: Texts = ()
    """The tables that it inherits from."""
    column_options: dict[Text, dict[Text, Text]] = {}  # noqa: RUF012  pydantic copies it
    """Options of columns that come from another table: `{column: {name: value}}`."""
    defaults: dict[Text, Sql] = {}  # noqa: RUF012  pydantic copies it
    """Defaults of columns that come from another table, where they differ from that table's."""
    column_comments: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Comments on columns that come from another table: `{name: text}`."""

    shorthands: ClassVar = ()


@record(frozen=True, slots=True)
class ForeignTable(Ordered, DbObject):
    """A foreign table; `column_options` are those of columns that come from another table."""

    server: str
    options: tuple[str, ...] = ()
    partition_of: tuple[str, str] | None = None
    bound: str | None = None
    inherits: tuple[tuple[str, str], ...] = ()
    column_options: ColumnOptions = ()
    row: tuple[str, ...] = field(default=(), compare=False)  # as of a table, on the way back
    row_renames: Renames = field(default=(), compare=False)
    rejoins: tuple[tuple[str, str], ...] = ()  # tables above it that are made anew

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The server, and the tables that it is a part of."""
        yield Identity("server", (self.server,))
        for each in parents(self):
            yield from (Identity(kind, each) for kind in RELATIONS)


class ForeignTableKind(BoundQuestions, Lineage):
    """CREATE FOREIGN TABLE."""

    name = FOREIGN
    file = "{name}"
    order = 60
    present = "relkind = 'f'"
    model = ForeignTable
    section = "foreign_tables"
    spec = ForeignTableSpec
    lasting = frozenset({"row", "row_renames"})
    alters = frozenset(
        {"options", "partition_of", "bound", "inherits", "rejoins", "column_options"}
    )
    replaces = frozenset({"server"})
    texts = frozenset({"bound"})
    harmless = frozenset({"partition_of", "rejoins"})
    hosts_probes = True
    spaces = frozenset({"relation", "type"})
    comment_on = "FOREIGN TABLE"

    def catalog_sql(self, version: int) -> str:
        """Read the foreign tables."""
        del version
        return f"""
            SELECT c.oid, n.nspname, c.relname, s.srvname, {options_sql("f.ftoptions")},
                   c.relispartition, {PARENTS_SQL}, {COLUMN_OPTIONS_SQL}
            FROM pg_foreign_table f
            JOIN pg_class c ON c.oid = f.ftrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_foreign_server s ON s.oid = f.ftserver
            WHERE {{namespaces}}"""

    def read(self, row: Row, names: Names) -> ForeignTable | None:
        """Make the foreign table."""
        del names
        _, schema, name, server, options, is_partition, bound, found, column_options = row
        above = tuple((s, n) for s, n in found) if found else ()
        return ForeignTable(
            Identity(FOREIGN, (schema, name)),
            server,
            AnyOrder(options),
            above[0] if is_partition and above else None,
            bound,
            AnyOrder(() if is_partition else above),
            read_column_options(column_options),
        )

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A relation's name is taken among relations and among types."""
        schema, name = obj.identity.path
        return (("relation", schema, name), ("type", schema, name))

    def expand(self, spec: ForeignTableSpec, at: At) -> Iterable[ForeignTable]:
        """Make the foreign table of its name."""
        table = ForeignTable(
            Identity(FOREIGN, (at.schema, at.name or "")),
            spec.server,
            stored(spec.options),
            at.relation(spec.partition_of, "partition_of") if spec.partition_of else None,
            to_bound(spec, "foreign table", at),
            AnyOrder(at.relation(p, "inherits", i) for i, p in enumerate(spec.inherits)),
            to_column_options(spec.column_options),
        )
        yield table
        for column, text in spec.defaults.items():
            expression = at.expression(text, "defaults", column)
            at.child("default", table, column, (expression, PART), "defaults", column)
        comment_columns(spec, table, at)

    def settle(self, obj: DbObject, catalog: Catalog) -> DbObject:
        """Refuse what cannot be above a foreign partition."""
        refuse_keys(obj, catalog)
        return obj

    def stands_with(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """A partition stands with its table."""
        assert isinstance(obj, ForeignTable)
        return Identity("table", obj.partition_of) if obj.partition_of else None

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the server and the options, then the sections."""
        assert isinstance(obj, ForeignTable)
        head: dict[str, YamlValue] = {"server": obj.server}
        if obj.options:
            head["options"] = pairs(obj.options)
        if obj.partition_of:
            head["partition_of"] = style.relation(*obj.partition_of)
            head["bound"] = obj.bound
        if obj.inherits:
            head["inherits"] = [style.relation(*p) for p in obj.inherits]
        if obj.column_options:
            head["column_options"] = {name: pairs(o) for name, o in obj.column_options}
        return head | table_yaml(obj.identity, nested, style)

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Ask for its server."""
        del identity
        if changed is None:
            server = ident(said("server"))
            yield f" on {server}", f"CREATE FOREIGN TABLE pg_temp.{NOTHING} () SERVER {server}"

    def create(self, new: ForeignTable, context: Context) -> Iterable[Operation]:
        """CREATE FOREIGN TABLE; columns and checks are folded in later."""
        above = (within(context.desired, p) for p in parents(new))
        needed: frozenset[Identity] = frozenset().union(*above)
        head = f"CREATE FOREIGN TABLE IF NOT EXISTS {new.identity.sql}"
        tail = f"SERVER {ident(new.server)}{clause(new.options)}"
        if new.partition_of:
            sql = f"{head} {as_part(new, context.desired)} {new.bound} {tail}"
            made = Operation(verb=Verb.CREATE, target=new.identity, sql=sql, requires=needed)
            yield from made_as_part(new, made, context)
            yield from as_attached(new, context)
        else:
            tail = lines(
                f") INHERITS ({comma(qualified(*p) for p in new.inherits)})"
                if new.inherits
                else ")",
                tail,
                separator=" ",
            )
            yield Operation(
                verb=Verb.CREATE,
                target=new.identity,
                sql=f"{head} ({tail}",
                host=Host(head + " (\n    ", "\n" + tail, ",\n    "),
                lock=LockMode.SHARE_UPDATE_EXCLUSIVE if new.inherits else LockMode.NONE,
                requires=needed,
            )
        for op in set_options(new, (), new.column_options):
            yield replace(op, requires=frozenset({new.identity}))

    def drop(self, old: ForeignTable, context: Context) -> Iterable[Operation]:
        """DROP FOREIGN TABLE; a part may go with its table, and come back."""
        if goes_with(old, context):
            return
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP FOREIGN TABLE IF EXISTS {old.identity.sql}",
            guard=gone(old.identity, "f", context),
            touches=whole_of(old),
            releases=frozenset().union(*(within(context.current, p) for p in parents(old))),
        )

    def alter(
        self, old: ForeignTable, new: ForeignTable, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER FOREIGN TABLE … OPTIONS, attach, detach, inherit."""
        if "options" in changed:
            stored_now = in_order(options_sql("f.ftoptions"))
            yield Operation(
                verb=Verb.ALTER,
                target=new.identity,
                sql=f"ALTER FOREIGN TABLE {new.identity.sql} {changes(old.options, new.options)}",
                guard=Guard(_where(new, f"{stored_now} <> {sql_value(new.options)}")),
            )
        yield from set_options(new, old.column_options, new.column_options)
        yield from change_parents(old, new, changed, context)

    def carries(self, obj: ForeignTable, context: Context) -> bool:
        """Columns that come from another table move with theirs."""
        del context
        return bool(obj.partition_of or obj.inherits)

    def copied(self, obj: ForeignTable, context: Context) -> Identity | None:
        """A part of a table that may be made anew; no row of it is copied."""
        return part_copied(obj, context)

    def rename(self, old: ForeignTable, new: ForeignTable, context: Context) -> Iterable[Operation]:
        """ALTER FOREIGN TABLE … SET SCHEMA, RENAME TO."""
        del context
        return moves("FOREIGN TABLE", old, new, "f")

    def exists(self, obj: ForeignTable) -> str:
        """Ask pg_class; a table or another relation may have the name."""
        return is_relation(obj.identity.sql, "f")

    def differs(self, new: ForeignTable) -> str:
        """It is on another server."""
        return _where(new, f"s.srvname <> {literal(new.server)}")

    def probe_host(self, obj: ForeignTable, relation: str, parts: Iterable[str]) -> str | None:
        """Make a temporary partitioned table, which says expressions in the same words."""
        if obj.partition_of or obj.inherits:
            return None
        return partitioned(relation, parts)


def _where(table: ForeignTable, condition: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_foreign_table f "
        "JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver "
        f"WHERE f.ftrelid = to_regclass({literal(table.identity.sql)}) AND {condition})"
    )
