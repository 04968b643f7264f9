"""Schemas.

`public` belongs to every database as initdb made it: it is created where something lives in it,
and never dropped because nobody mentions it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.hazard import data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import GrantedSpec
from schemadiff.core.sql import ident, literal


class SchemaSpec(GrantedSpec):
    """A schema; everything that the top level of a file may hold may also stand inside it."""

    shorthands: ClassVar = ({"type": "null"},)

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept an empty value: a schema has no attribute of its own."""
        return {} if value is None else value


@record(frozen=True, slots=True)
class Schema(DbObject):
    """A row of pg_namespace."""


class SchemaKind(Checked):
    """CREATE SCHEMA."""

    name = "schema"
    order = 10
    model = Schema
    classid = "pg_namespace"
    section = "schemas"
    spec = SchemaSpec
    within = ("",)
    holds_data = True
    comment_on = "SCHEMA"
    used_by_name = True

    def catalog_sql(self, version: int) -> str:
        """Read all schemas but the server's own."""
        del version
        return "SELECT n.oid, n.nspname FROM pg_namespace n WHERE {namespaces}"

    def read(self, row: Row, names: Names) -> Schema | None:
        """Make the schema."""
        del names
        return Schema(Identity("schema", (row[1],)))

    def expand(self, spec: SchemaSpec, at: At) -> Iterable[Schema]:
        """Make the schema of its name."""
        del spec
        return (Schema(Identity("schema", (at.name or "",))),)

    def implicit(self, identity: Identity, among: Catalog | None = None) -> Schema:
        """A schema in which something lives need not be declared."""
        del among
        return Schema(identity)

    def faults(self, obj: Schema, catalog: Catalog) -> Iterable[Fault]:
        """The server keeps its own schemas for itself (manual, 5.10.5)."""
        del catalog
        name = obj.identity.name
        if name.startswith("pg_") or name == "information_schema":
            message = f"the schema {name} belongs to the server"
            yield Fault("SD028", message, "take another name; pg_ begins those of the server")

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write an empty mapping; what lives in it stands in its own files."""
        del obj, style
        return dict(nested)

    def create(self, new: Schema, context: Context) -> Iterable[Operation]:
        """CREATE SCHEMA IF NOT EXISTS, after extensions that live elsewhere: one may bring it."""
        now, then = context.current, context.desired
        bringing = [k for k in context.registry if k.brings]
        made = {i: k for k in bringing for i in then.of(k.name) if i not in now}
        named = {home for i, kind in made.items() for home in kind.homes(then.objects[i])}
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE SCHEMA IF NOT EXISTS {new.identity.sql}",
            requires=frozenset(made if new.identity not in named else ()),
            lock=LockMode.NONE,
        )

    def drop(self, old: Schema, context: Context) -> Iterable[Operation]:
        """DROP SCHEMA, without CASCADE: what we do not manage in it makes the statement fail."""
        del context
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP SCHEMA IF EXISTS {old.identity.sql}",
            lock=LockMode.NONE,
            hazards=(
                data_loss("drop-schema", old.identity, f"Schema {old.identity.sql} is dropped."),
            ),
        )

    def rename(self, old: Schema, new: Schema, context: Context) -> Iterable[Operation]:
        """ALTER SCHEMA … RENAME TO."""
        del context
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"ALTER SCHEMA {old.identity.sql} RENAME TO {ident(new.identity.name)}",
            guard=Guard(f"to_regnamespace({literal(old.identity.sql)}) IS NOT NULL"),
            lock=LockMode.NONE,
        )
        if self.permanent(old):
            # What every `public` is born with says nothing there; under another name it would.
            name = literal(new.identity.sql)
            said = f"pg_catalog.obj_description(to_regnamespace({name}), 'pg_namespace')"
            yield Operation(
                verb=Verb.RENAME,
                target=new.identity,
                sql=f"COMMENT ON SCHEMA {new.identity.sql} IS NULL",
                guard=Guard(f"{said} = 'standard public schema'"),
                lock=LockMode.NONE,
            )

    def permanent(self, obj: Schema) -> bool:
        """Every database has `public`."""
        return obj.identity.name == "public"

    def exists(self, obj: Schema) -> str:
        """Ask to_regnamespace."""
        return f"to_regnamespace({literal(obj.identity.sql)}) IS NOT NULL"
