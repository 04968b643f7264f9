"""Default privileges: what new objects of a role get (ALTER DEFAULT PRIVILEGES, manual).

One object per role, or per role and schema. The surprising fact: without a schema they replace
PostgreSQL's own default, so they can take EXECUTE from PUBLIC; in a schema they only add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import GranteeSpec, SpecModel, Text
from schemadiff.core.sql import ident
from schemadiff.kinds._grants_sql import BY_ROLE, SCOPE
from schemadiff.kinds._hazards.common import grantee, public_hazard
from schemadiff.kinds._privileges import (
    FUNCTIONS,
    GRANTABLE,
    LARGE_OBJECTS,
    PUBLIC,
    SCHEMAS,
    SEQUENCES,
    TABLES,
    TYPES,
    Rights,
    Subject,
    read_spec,
    rights,
    statements,
    written,
)

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog

_CLASSES = {
    "r": TABLES,
    "S": SEQUENCES,
    "f": FUNCTIONS,
    "T": TYPES,
    "n": SCHEMAS,
    "L": LARGE_OBJECTS,
}
_BY_KEY = {c.plural.replace(" ", "_"): c for c in _CLASSES.values()}
_BY_PLURAL = {c.plural: c for c in _CLASSES.values()}

Granted = tuple[str, str, Rights]


class DefaultPrivilegeSpec(SpecModel):
    """Default privileges of a role; the key is `role`, or `role in schema`."""

    tables: dict[Text, GranteeSpec] = {}  # noqa: RUF012  pydantic copies it
    """On tables and views: `{role: [select]}`."""
    sequences: dict[Text, GranteeSpec] = {}  # noqa: RUF012  pydantic copies it
    """On sequences."""
    functions: dict[Text, GranteeSpec] = {}  # noqa: RUF012  pydantic copies it
    """On functions, procedures and aggregates; `{public: []}` takes EXECUTE from everybody."""
    types: dict[Text, GranteeSpec] = {}  # noqa: RUF012  pydantic copies it
    """On types and domains."""
    schemas: dict[Text, GranteeSpec] = {}  # noqa: RUF012  pydantic copies it
    """On schemas."""
    large_objects: dict[Text, GranteeSpec] = {}  # noqa: RUF012  pydantic copies it
    """On large objects (PostgreSQL 18)."""


@record(frozen=True, slots=True)
class DefaultPrivilege(DbObject):
    """What new objects of a role get, by class and role; its path is [schema,] role.

    `applies` says that the role is whoever is connected.
    """

    grants: tuple[Granted, ...] = ()
    applies: bool = field(default=False, compare=False)

    @property
    def parent(self) -> Identity | None:
        """The schema, if there is one."""
        path = self.identity.path
        return Identity("schema", path[:1]) if len(path) > 1 else None

    @property
    def told(self) -> dict[str, object]:
        """What each role gets, by class."""
        return {f"{plural} to {role}": _words(given) for plural, role, given in self.grants}

    @property
    def refers(self) -> Iterator[Identity]:
        """The roles, where roles are managed."""
        yield Identity("role", self.identity.path[-1:])
        for each in self.grants:
            yield Identity("role", (each[1],))

    def usual(self, plural: str, role: str, version: int) -> Rights:
        """Give what PostgreSQL itself grants; in a schema nothing is added."""
        if self.parent is not None:
            return Rights()
        class_ = _BY_PLURAL[plural]
        if role == self.identity.name:
            return rights(class_.known(version), (), class_.known(version))
        found = class_.public if role == PUBLIC else frozenset()
        return rights(found, (), class_.known(version))


class DefaultPrivilegeKind(ObjectKind):
    """ALTER DEFAULT PRIVILEGES."""

    name = "default_privilege"
    order = 21
    model = DefaultPrivilege
    classid = "pg_default_acl"
    section = "default_privileges"
    within = ("",)
    spec = DefaultPrivilegeSpec
    keeps = True
    kept_words = "default privileges of"
    alters = frozenset({"grants"})

    def catalog_sql(self, version: int) -> str:
        """Read all default privileges."""
        del version
        return f"""
            SELECT min(f.oid::bigint), f.nspname, o.rolname, o.rolname = current_user,
                   jsonb_agg(jsonb_build_array(
                       f.type, CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname END,
                       g.privileges, g.grantable)),
                   array_agg(DISTINCT f.oid::bigint)
            FROM (SELECT d.oid, n.nspname, d.defaclrole AS owner, d.defaclobjtype::text AS type,
                         d.defaclacl AS acl,
                         CASE WHEN d.defaclnamespace = 0 THEN
                             acldefault(CASE WHEN d.defaclobjtype = 'S' THEN 's'
                                             ELSE d.defaclobjtype END, d.defaclrole) END AS usual
                  FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
                  WHERE d.defaclnamespace = 0 OR {{namespaces}}) f {BY_ROLE}
            JOIN pg_roles o ON o.oid = f.owner
            WHERE (g.grantee = 0 OR r.rolname IS NOT NULL) AND {SCOPE}
            GROUP BY f.nspname, o.rolname"""

    def read(self, row: Row, names: Names) -> DefaultPrivilege | None:
        """Make the object."""
        _, schema, role, mine, items, rows = row
        path = (role,) if schema is None else (schema, role)
        # There is a row for each class of objects, and one object for all of them.
        for oid in rows:
            names.addresses[self.classid, int(oid), 0] = Identity(self.name, path)
        found = []
        for code_, role_, privileges, grantable in items:
            class_ = _CLASSES.get(code_)
            if class_ is not None:
                known = class_.known(names.version)
                # An owner has every grant option, whatever the list says.
                options = () if role_ == role and schema is None else grantable or ()
                found.append((class_.plural, role_, rights(privileges or (), options, known)))
        return DefaultPrivilege(Identity(self.name, path), _in_order(found), mine)

    def address(self, row: Row) -> Address:
        """Nothing depends on it, so the address has only to be unique."""
        return (self.classid, row[0], 0)

    # --- YAML ------------------------------------------------------------------------------

    def expand(self, spec: DefaultPrivilegeSpec, at: At) -> Iterable[DefaultPrivilege]:
        """Make the object of the key's role."""
        path = _parse(at.name or "")
        if path is None:
            message = f"{at.name!r} names no role"
            at.fail("SD111", message, "write role, or: role in schema")
            return
        found: list[Granted] = []
        for key, class_ in _BY_KEY.items():
            for role, each in getattr(spec, key).items():
                by_column = read_spec(each, class_, at, key, role)
                if len(by_column) > 1:
                    message = "default privileges know no columns"
                    at.fail("SD110", message, "leave out the columns", key, role)
                both = rights(*by_column[""], frozenset(class_.privileges))
                found.append((class_.plural, role, both))
        yield DefaultPrivilege(Identity(self.name, path), _in_order(found))

    def speaker(self, obj: DbObject) -> Identity:
        """It speaks for itself."""
        return obj.identity

    def stays(self, obj: DefaultPrivilege, current: Catalog, desired: Catalog) -> None:
        """They go, as whatever else no file names."""
        del obj, current, desired

    def roles(self, obj: DbObject) -> Iterable[str]:
        """Who makes the objects, and who gets something."""
        assert isinstance(obj, DefaultPrivilege)
        return {obj.identity.name, *(r for _, r, _ in obj.grants)} - {PUBLIC}

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Leave out what PostgreSQL grants by itself."""
        del desired, current
        assert isinstance(obj, DefaultPrivilege)
        kept: list[Granted] = []
        for plural, role, given in obj.grants:
            known = _BY_PLURAL[plural].known(names.version)
            both = rights(given.privileges, given.grantable, known)
            if both != obj.usual(plural, role, names.version):
                kept.append((plural, role, both))
        if not kept:
            return None
        mine = obj.identity.name == names.user
        return replace(obj, grants=_in_order(kept), applies=mine)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write the role and the schema."""
        del style
        *schema, role = obj.identity.path
        return " in ".join(map(ident, (role, *schema)))

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the privileges by class and role."""
        del nested, style
        assert isinstance(obj, DefaultPrivilege)
        found: dict[str, Any] = defaultdict(dict)
        for plural, role, given in obj.grants:
            found[plural.replace(" ", "_")][role] = written({"": given})
        return dict(found)

    def shapes(self, obj: DefaultPrivilege, made: Identity) -> bool:
        """Those of whoever is connected say who gets what on a new object."""
        allowed = GRANTABLE.get(made.kind)
        if not obj.applies or allowed is None:
            return False
        here = obj.parent is None or (made.kind != "schema" and made.path[0] == obj.parent.name)
        return here and any(plural == allowed.plural for plural, _, _ in obj.grants)

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: DefaultPrivilege, context: Context) -> Iterable[Operation]:
        """Grant and revoke what differs from PostgreSQL's own default."""
        nothing = DefaultPrivilege(new.identity)
        yield from self._change(Verb.CREATE, nothing, new, context)

    def alter(
        self,
        old: DefaultPrivilege,
        new: DefaultPrivilege,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """Grant and revoke the difference."""
        del changed
        yield from self._change(Verb.ALTER, old, new, context)

    def hazards(
        self,
        old: DefaultPrivilege | None,
        new: DefaultPrivilege | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say who gets more, or less, on objects that are made from now on."""
        del changed
        obj = new or old
        assert obj is not None
        before = {(p, r): each for p, r, each in (old.grants if old else ())}
        after = {(p, r): each for p, r, each in (new.grants if new else ())}
        for key in sorted({*before, *after}):
            plural, role = key
            usual = obj.usual(plural, role, context.version)
            known = _BY_PLURAL[plural].known(context.version)
            by_itself, had, has = (
                each.sets(known)[0]
                for each in (usual, before.get(key, usual), after.get(key, usual))
            )
            on = f"new {plural} of {obj.identity.name}"
            if role == PUBLIC:
                yield from public_hazard(obj, on, has - had - by_itself)
            if lost := ", ".join(sorted(had - has)):
                text = f"{grantee(role)} gets no {lost} on {on} any more."
                yield hazard("breaks-grant", obj.identity, text)

    def drop(self, old: DefaultPrivilege, context: Context) -> Iterable[Operation]:
        """Go back to PostgreSQL's own default; with a schema it goes."""
        nothing = DefaultPrivilege(old.identity)
        for op in self._change(Verb.DROP, old, nothing, context):
            yield replace(op, fold=Fold(old.parent, "") if old.parent else None)

    def _change(
        self, verb: Verb, old: DefaultPrivilege, new: DefaultPrivilege, context: Context
    ) -> Iterator[Operation]:
        before = {(p, r): each for p, r, each in old.grants}
        after = {(p, r): each for p, r, each in new.grants}
        *schema, role = new.identity.path
        head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {ident(role)}"
        head += f" IN SCHEMA {ident(schema[0])}" if schema else ""
        for key in sorted({*before, *after}):
            plural, grantee = key
            usual = new.usual(plural, grantee, context.version)
            known = _BY_PLURAL[plural].known(context.version)
            have, want = before.get(key, usual), after.get(key, usual)
            for sql, _ in statements(have, want, known, Subject(plural.upper(), grantee)):
                yield Operation(
                    verb=verb, target=new.identity, sql=f"{head} {sql}", lock=LockMode.NONE
                )


def _words(given: Rights) -> str:
    may = f" (grantable: {', '.join(given.grantable)})" if given.grantable else ""
    return (", ".join(given.privileges) or "revoked") + may


def _in_order(found: Iterable[Granted]) -> tuple[Granted, ...]:
    return tuple(sorted(found, key=lambda each: each[:2]))


def _parse(key: str) -> tuple[str, ...] | None:
    try:
        found = code(key)
    except LexError:
        return None
    names = found[::2]
    if any(t.kind not in (Kind.IDENT, Kind.QUOTED) for t in names):
        return None
    if len(found) == 1:
        return (names[0].value,)
    if len(found) == 3 and found[1].value == "in":  # noqa: PLR2004  role in schema
        return (names[1].value, names[0].value)
    return None
