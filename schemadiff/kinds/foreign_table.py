"""Foreign tables: CREATE FOREIGN TABLE, without the columns and checks, which are other kinds.

Their rows are elsewhere, so that dropping one loses nothing. One that is a partition or an heir is
left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Host, Operation, Verb
from schemadiff.core.spec_model import GrantedSpec, Text
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._foreign import FOREIGN, WHOLE
from schemadiff.kinds._form import sql_value
from schemadiff.kinds._options import changes, clause, options_sql, pairs, stored
from schemadiff.kinds._table_yaml import table_yaml
from schemadiff.kinds._view import gone, is_relation, moves

PROBE_COLUMN = "schemadiff_probe"


class ForeignTableSpec(GrantedSpec):
    """A foreign table; columns and checks stand in sections of their own."""

    server: Text
    """The foreign server on which its rows are."""
    options: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Options of the table: `{name: value}`."""

    shorthands: ClassVar = ()


@dataclass(frozen=True, slots=True)
class ForeignTable(DbObject):
    """A foreign table that is no part of another table."""

    server: str
    options: tuple[str, ...] = ()

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The server."""
        yield Identity("server", (self.server,))


class ForeignTableKind(ObjectKind):
    """CREATE FOREIGN TABLE."""

    name = FOREIGN
    file = "{name}"
    order = 60
    model = ForeignTable
    section = "foreign_tables"
    spec = ForeignTableSpec
    alters = frozenset({"options"})
    replaces = frozenset({"server"})
    hosts_probes = True
    spaces = frozenset({"relation", "type"})
    comment_on = "FOREIGN TABLE"

    def catalog_sql(self, version: int) -> str:
        """Read the foreign tables that are no parts."""
        del version
        return f"""
            SELECT c.oid, n.nspname, c.relname, s.srvname, {options_sql("f.ftoptions")}
            FROM pg_foreign_table f
            JOIN pg_class c ON c.oid = f.ftrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_foreign_server s ON s.oid = f.ftserver
            WHERE {WHOLE} AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> ForeignTable | None:
        """Make the foreign table."""
        del names
        _, schema, name, server, options = row
        return ForeignTable(Identity(FOREIGN, (schema, name)), server, tuple(options))

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A relation's name is taken among relations and among types."""
        schema, name = obj.identity.path
        return (("relation", schema, name), ("type", schema, name))

    def expand(self, spec: ForeignTableSpec, at: At) -> Iterable[ForeignTable]:
        """Make the foreign table of its name."""
        identity = Identity(FOREIGN, (at.schema, at.name or ""))
        yield ForeignTable(identity, spec.server, stored(spec.options))

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the server and the options, then the sections."""
        assert isinstance(obj, ForeignTable)
        head: dict[str, YamlValue] = {"server": obj.server}
        if obj.options:
            head["options"] = pairs(obj.options)
        return head | table_yaml(obj.identity, nested, style)

    def create(self, new: ForeignTable, context: Context) -> Iterable[Operation]:
        """CREATE FOREIGN TABLE; columns and checks are folded in later."""
        del context
        head = f"CREATE FOREIGN TABLE IF NOT EXISTS {new.identity.sql} ("
        tail = f") SERVER {ident(new.server)}{clause(new.options)}"
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=head + tail,
            host=Host(head + "\n    ", "\n" + tail, ",\n    "),
            lock=LockMode.NONE,
        )

    def drop(self, old: ForeignTable, context: Context) -> Iterable[Operation]:
        """DROP FOREIGN TABLE."""
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP FOREIGN TABLE IF EXISTS {old.identity.sql}",
            guard=gone(old.identity, "f", context),
        )

    def alter(
        self, old: ForeignTable, new: ForeignTable, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER FOREIGN TABLE … OPTIONS."""
        del changed, context
        stored_now = options_sql("f.ftoptions")
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER FOREIGN TABLE {new.identity.sql} {changes(old.options, new.options)}",
            guard=Guard(_where(new, f"{stored_now} <> {sql_value(new.options)}")),
        )

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

    def probe(self, obj: ForeignTable, relation: str) -> str | None:
        """Make a temporary partitioned table, which says expressions in the same words."""
        del obj
        key = f"PARTITION BY LIST ({PROBE_COLUMN})"
        return f"CREATE TEMPORARY TABLE {relation} ({PROBE_COLUMN} integer) {key}"


def _where(table: ForeignTable, condition: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_foreign_table f "
        "JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver "
        f"WHERE f.ftrelid = to_regclass({literal(table.identity.sql)}) AND {condition})"
    )
