"""Roles of the server: CREATE ROLE, memberships, settings. Managed only on request.

They belong to the cluster, where other databases use them, so one that no file names is left as it
is unless a pattern of the config claims its name. The surprising fact: nothing here knows of
passwords. They are neither read (pg_roles hides them) nor compared nor written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from schemadiff.core.hazard import data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import Flag, Integer, OrNames, SpecModel, Sql, Text, by_name
from schemadiff.core.sql import ident, literal
from schemadiff.kinds._grants_sql import SCOPE
from schemadiff.kinds._here import HERE, here
from schemadiff.kinds._membership import (
    Membership,
    MembershipSpec,
    grant,
    memberships_sql,
    memberships_yaml,
    read_memberships,
    revoke,
    to_memberships,
)
from schemadiff.kinds._moment import moment
from schemadiff.kinds._settings import Setting, changes, pulled, read_settings, to_settings

_FLAGS: Mapping[str, str] = {
    "login": "rolcanlogin",
    "superuser": "rolsuper",
    "createdb": "rolcreatedb",
    "createrole": "rolcreaterole",
    "inherit": "rolinherit",
    "replication": "rolreplication",
    "bypassrls": "rolbypassrls",
}
_ATTRIBUTES = (*_FLAGS, "connection_limit", "valid_until")


class RoleSpec(SpecModel):
    """A role of the server, without its password; managed with `manage: [roles]` in the config."""

    shorthands: ClassVar = ({"type": "null"},)

    login: Flag = False
    """Whether it may connect."""
    superuser: Flag = False
    """Whether it may do everything."""
    createdb: Flag = False
    """Whether it may create databases."""
    createrole: Flag = False
    """Whether it may create roles."""
    inherit: Flag = True
    """Whether it has the privileges of its groups without SET ROLE."""
    replication: Flag = False
    """Whether it may replicate."""
    bypassrls: Flag = False
    """Whether row security does not hold for it."""
    connection_limit: Integer = -1
    """How many connections it may have; -1 is any number."""
    valid_until: Text | None = None
    """Until when its password is valid: `2030-01-01 00:00:00+00`."""
    member_of: Annotated[dict[Text, MembershipSpec] | None, BeforeValidator(by_name), OrNames()] = (
        None
    )
    """Its groups: a list, or a mapping with options; absent means as it is, `[]` none."""
    settings: dict[Text, Sql] | None = None
    """ALTER ROLE … SET: `{statement_timeout: 5s}`; absent means as it is, `{}` none."""
    database_settings: dict[Text, Sql] | None = None
    """ALTER ROLE … IN DATABASE … SET, for this database; absent means as it is, `{}` none."""
    said: Text | None = Field(default=None, alias="comment")
    """What COMMENT ON says about it; absent means no comment."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept nothing."""
        return {} if value is None else value


@record(frozen=True, slots=True)
class Role(DbObject):
    """A role; None is what the YAML does not speak of."""

    login: bool = False
    superuser: bool = False
    createdb: bool = False
    createrole: bool = False
    inherit: bool = True
    replication: bool = False
    bypassrls: bool = False
    connection_limit: int = -1
    valid_until: str | None = None
    member_of: tuple[Membership, ...] | None = None
    settings: tuple[Setting, ...] | None = None
    database_settings: tuple[Setting, ...] | None = None
    comment: str | None = None


class RoleKind(ObjectKind):
    """CREATE ROLE."""

    name = "role"
    order = 1
    model = Role
    classid = "pg_authid"
    section = "roles"
    within = ("",)
    spec = RoleSpec
    alters = frozenset({*_ATTRIBUTES, "member_of", "settings", "database_settings", "comment"})
    manage = "roles"
    keeps = True
    is_role = True
    attempts_all = True

    def catalog_sql(self, version: int) -> str:
        """Read all roles but the server's own; of passwords nothing."""
        flags = ", ".join(f"x.{column}" for column in _FLAGS.values())
        config = (
            "(SELECT s.setconfig FROM pg_db_role_setting s "
            "WHERE s.setrole = x.oid AND s.setdatabase = {})"
        )
        return f"""
            SELECT x.oid, x.rolname, {flags}, x.rolconnlimit,
                   nullif(x.rolvaliduntil, 'infinity')::text,
                   ({memberships_sql(version)}), {config.format(0)}, {config.format(HERE)},
                   shobj_description(x.oid, 'pg_authid')
            FROM pg_roles x
            WHERE x.oid >= 16384 AND x.rolname !~ '^pg_' AND {SCOPE}"""

    def read(self, row: Row, names: Names) -> Role:
        """Make the role."""
        del names
        _, name, *flags, limit, until, members, config, here_, comment = row
        return Role(
            Identity("role", (name,)),
            **dict(zip(_FLAGS, flags, strict=True)),
            connection_limit=limit,
            valid_until=until,
            member_of=read_memberships(members),
            settings=read_settings(config),
            database_settings=read_settings(here_),
            comment=comment,
        )

    def expand(self, spec: RoleSpec, at: At) -> Iterable[Role]:
        """Make the role of its name."""
        until = None if spec.valid_until is None else moment(spec.valid_until, at, "valid_until")
        flags = {name: getattr(spec, name) for name in _FLAGS}
        yield Role(
            Identity("role", (at.name or "",)),
            **flags,
            connection_limit=spec.connection_limit,
            valid_until=until,
            member_of=to_memberships(spec.member_of, inherit=spec.inherit),
            settings=_settings(spec.settings, at, "settings"),
            database_settings=_settings(spec.database_settings, at, "database_settings"),
            comment=spec.said,
        )

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Leave what the YAML does not speak of."""
        assert isinstance(raw, Role)
        kept = ("member_of", "settings", "database_settings")
        left = {n: getattr(current, n) for n in kept if getattr(raw, n) is None}
        return replace(raw, **left) if left else raw

    def roles(self, obj: DbObject) -> Iterable[str]:
        """The groups, and who made it their member."""
        assert isinstance(obj, Role)
        return (r for each in obj.member_of or () for r in (each.group, each.grantor) if r)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write what is not the default."""
        del nested, style
        assert isinstance(obj, Role)
        fresh = Role(obj.identity)
        values: dict[str, YamlValue] = {
            n: getattr(obj, n) for n in _ATTRIBUTES if getattr(obj, n) != getattr(fresh, n)
        }
        if obj.member_of:
            values["member_of"] = memberships_yaml(obj.member_of, inherit=obj.inherit)
        if obj.settings:
            values["settings"] = pulled(obj.settings)
        if obj.database_settings:
            values["database_settings"] = pulled(obj.database_settings)
        if obj.comment is not None:
            values["comment"] = obj.comment
        return values

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: Role, context: Context) -> Iterable[Operation]:
        """CREATE ROLE, then what is set on it."""
        fresh = Role(new.identity)
        names = [n for n in _ATTRIBUTES if getattr(new, n) != getattr(fresh, n)]
        words = "".join(f" {word}" for word in _words(new, names))
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"CREATE ROLE {ident(new.identity.name)}{words}",
            guard=Guard(f"NOT {self.exists(new)}"),
            lock=LockMode.NONE,
            bound=False,
            provides=frozenset({new.identity}),
        )
        yield from self._rest(fresh, new, context)

    def alter(
        self, old: Role, new: Role, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER ROLE; each statement may be said again."""
        names = [n for n in _ATTRIBUTES if n in changed]
        name = ident(new.identity.name)
        if names:
            yield self._alter(new, f"ALTER ROLE {name} {' '.join(_words(new, names))}")
        yield from self._rest(old, new, context)

    def _rest(self, old: Role, new: Role, context: Context) -> Iterator[Operation]:
        name = ident(new.identity.name)
        for action in changes(old.settings or (), new.settings or ()):
            yield self._alter(new, f"ALTER ROLE {name} {action}")
        for action in changes(old.database_settings or (), new.database_settings or ()):
            yield self._alter(new, here(f"ALTER ROLE {name} IN DATABASE", action))
        if old.comment != new.comment:
            text = "NULL" if new.comment is None else literal(new.comment)
            yield self._alter(new, f"COMMENT ON ROLE {name} IS {text}")
        before = {(m.group, m.grantor): m for m in old.member_of or ()}
        after = {(m.group, m.grantor): m for m in new.member_of or ()}
        for key, each in before.items():
            group, *by = (Identity("role", (r,)) for r in key if r)
            # With a group that goes all its memberships go.
            if key not in after and (group in context.desired or group not in context.current):
                yield replace(self._alter(new, revoke(each, name)), releases=frozenset(by))
        for key, each in after.items():
            if before.get(key) != each:
                for sql in grant(before.get(key), each, new, context.version):
                    above = frozenset(Identity("role", (r,)) for r in key if r)
                    yield self._alter(new, sql, above)

    def _alter(self, new: Role, sql: str, above: frozenset[Identity] = frozenset()) -> Operation:
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=sql,
            requires=above | {new.identity},
            lock=LockMode.NONE,
            bound=False,
        )

    def drop(self, old: Role, context: Context) -> Iterable[Operation]:
        """DROP ROLE, which PostgreSQL refuses while anything in any database rests on it."""
        del context
        name = ident(old.identity.name)
        said = f"Role {name} goes from the whole server, with its password and its memberships."
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP ROLE IF EXISTS {name}",
            lock=LockMode.NONE,
            hazards=(data_loss("drop-object", old.identity, said),),
        )

    def exists(self, obj: Role) -> str:
        """Ask pg_roles."""
        name = literal(obj.identity.name)
        return f"EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {name})"


def _settings(spec: dict[str, str] | None, at: At, key: str) -> tuple[Setting, ...] | None:
    return None if spec is None else to_settings(spec, at, key)


def _words(role: Role, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        value = getattr(role, name)
        if name in _FLAGS:
            yield name.upper() if value else f"NO{name.upper()}"
        elif name == "connection_limit":
            yield f"CONNECTION LIMIT {value}"
        else:
            yield f"VALID UNTIL {literal(value or 'infinity')}"
