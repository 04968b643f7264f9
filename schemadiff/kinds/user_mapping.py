"""User mappings of foreign servers: CREATE USER MAPPING (manual).

Their options may hold passwords. Those are never read, shown, compared or set. The surprising fact:
pg_user_mappings shows the options only to whoever owns the server or is the user mapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import ClassVar

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import SpecModel, Text
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._form import in_order, sql_value
from schemadiff.kinds._options import changes, clause, options_sql, pairs, secret_sql, stored

# Who may not see the options of a mapping, of which there may be some (manual, pg_user_mappings).
_HIDDEN = """(x.umoptions IS NULL AND x.usename <> current_user
                    AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)
                    AND (x.umuser <> 0 OR NOT pg_has_role(
                        (SELECT s.srvowner FROM pg_foreign_server s WHERE s.oid = x.srvid),
                        'USAGE')))"""


class UserMappingSpec(SpecModel):
    """The options for a role (`public` for everybody); the options alone are the short form."""

    shorthands: ClassVar = ({"type": "null"},)

    options: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Options of the mapping: `{name: value}`; passwords do not belong here."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept nothing."""
        return {} if value is None else value


@record(frozen=True, slots=True)
class UserMapping(DbObject):
    """A user mapping; its path is server and role."""

    options: tuple[str, ...] = ()
    secret: bool = field(default=False, compare=False)  # it has one, or what we do not see

    @property
    def parent(self) -> Identity:
        """The server."""
        return Identity("server", self.identity.path[:1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The role, where roles are managed."""
        yield Identity("role", self.identity.path[1:])


class UserMappingKind(ObjectKind):
    """CREATE USER MAPPING."""

    name = "user_mapping"
    order = 59
    model = UserMapping
    classid = "pg_user_mapping"
    section = "user_mappings"
    within = ("server",)
    spec = UserMappingSpec
    alters = frozenset({"options"})

    def catalog_sql(self, version: int) -> str:
        """Read all mappings, without secrets."""
        del version
        return f"""
            SELECT x.umid, x.srvid, x.srvname, x.usename, {options_sql("x.umoptions")},
                   {secret_sql("x.umoptions")} OR {_HIDDEN}
            FROM pg_user_mappings x
            WHERE EXISTS (SELECT 1 FROM pg_namespace n
                          WHERE n.oid <> pg_my_temp_schema() AND {{namespaces}})"""

    def read(self, row: Row, names: Names) -> UserMapping | None:
        """Make the mapping; one of an extension's server is the extension's business."""
        _, server, server_name, role, options, secret = row
        if not names.ours("pg_foreign_server", server):
            return None
        return UserMapping(Identity(self.name, (server_name, role)), AnyOrder(options), secret)

    def address(self, row: Row) -> Address:
        """Give the address in pg_user_mapping."""
        return (self.classid, row[0], 0)

    def expand(self, spec: UserMappingSpec, at: At) -> Iterable[UserMapping]:
        """Make the mapping of a role."""
        assert at.parent is not None
        path = (at.parent.identity.name, at.name or "")
        yield UserMapping(Identity(self.name, path), stored(spec.options))

    def roles(self, obj: DbObject) -> Iterable[str]:
        """The role, unless it is for everybody."""
        role = obj.identity.name
        return () if role == "public" else (role,)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the options."""
        del nested, style
        assert isinstance(obj, UserMapping)
        return {"options": pairs(obj.options)} if obj.options else {}

    def create(self, new: UserMapping, context: Context) -> Iterable[Operation]:
        """CREATE USER MAPPING IF NOT EXISTS."""
        del context
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE USER MAPPING IF NOT EXISTS {_subject(new)}{clause(new.options)}",
            lock=LockMode.NONE,
        )

    def alter(
        self, old: UserMapping, new: UserMapping, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER USER MAPPING."""
        del changed, context
        differs = (
            f"{in_order(options_sql('x.umoptions'))} IS DISTINCT FROM {sql_value(new.options)}"
        )
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER USER MAPPING {_subject(new)} {changes(old.options, new.options)}",
            guard=Guard(_found(new, f" AND {differs}")),
            lock=LockMode.NONE,
        )

    def drop(self, old: UserMapping, context: Context) -> Iterable[Operation]:
        """DROP USER MAPPING; guarded, for a missing role is an error."""
        if old.secret and context.rebuilding:
            raise PlanError(_loses_secret(old))
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP USER MAPPING IF EXISTS {_subject(old)}",
            guard=Guard(self.exists(old)),
            lock=LockMode.NONE,
        )

    def exists(self, obj: UserMapping) -> str:
        """Ask pg_user_mappings."""
        return _found(obj)


def _loses_secret(mapping: UserMapping) -> Diagnostic:
    role = "PUBLIC" if mapping.identity.name == "public" else ident(mapping.identity.name)
    server = mapping.parent
    message = f"{server} would be made anew, and {mapping.identity} holds a secret, or options "
    message += "that the role may not see, which nobody could give again"
    hint = f"take it out before (ALTER USER MAPPING FOR {role} SERVER {ident(server.name)} "
    hint += "OPTIONS (DROP password), say), and give it again after"
    about = (server, mapping.identity)
    return Diagnostic(code="SD060", message=message, hint=hint, about=about)


def _subject(mapping: UserMapping) -> str:
    server, role = mapping.identity.path
    return f"FOR {'PUBLIC' if role == 'public' else ident(role)} SERVER {ident(server)}"


def _found(mapping: UserMapping, condition: str = "") -> str:
    server, role = mapping.identity.path
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_user_mappings x "
        f"WHERE x.srvname = {literal(server)} AND x.usename = {literal(role)}{condition})"
    )
