"""Owners: ALTER … OWNER TO.

There is an object only where the owner is not whoever is connected, because that one owns what it
makes anyway. The surprising fact: an owned sequence, an index and the like follow their table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.sql import ident
from schemadiff.kinds._grants_sql import SCOPE
from schemadiff.kinds._privileges import grantee, usual_owner

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog

_RELATIONS = ("table", "foreign_table", "view", "materialized_view", "sequence", "foreign_table")

# Catalog, the column of the owner, which rows.
_CATALOGS = (
    (
        "pg_class",
        "relowner",
        """x.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT (x.relkind = 'S' AND EXISTS (
               SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = x.oid
                 AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))""",
    ),
    ("pg_proc", "proowner", "true"),
    ("pg_type", "typowner", "x.typcategory <> 'A'"),
    ("pg_namespace", "nspowner", "true"),
    ("pg_language", "lanowner", "true"),
    ("pg_foreign_data_wrapper", "fdwowner", "true"),
    ("pg_foreign_server", "srvowner", "true"),
    ("pg_collation", "collowner", "true"),
    ("pg_conversion", "conowner", "true"),
    ("pg_operator", "oprowner", "true"),
    ("pg_opclass", "opcowner", "true"),
    ("pg_opfamily", "opfowner", "true"),
    ("pg_statistic_ext", "stxowner", "true"),
    ("pg_ts_config", "cfgowner", "true"),
    ("pg_ts_dict", "dictowner", "true"),
    ("pg_publication", "pubowner", "true"),
    ("pg_event_trigger", "evtowner", "true"),
    ("pg_subscription", "subowner", "true"),
)


@record(frozen=True, slots=True)
class Owner(DbObject):
    """An owner; its path is the target's path and kind. `usual` says that it owns the database."""

    role: str
    usual: bool = field(default=False, compare=False)

    @property
    def parent(self) -> Identity:
        """The target."""
        path = self.identity.path
        return Identity(path[-1], path[:-1])

    @property
    def refers(self) -> Iterator[Identity]:
        """The role, where roles are managed."""
        yield Identity("role", (self.role,))


def _acts_as_owner(obj: Any) -> str:
    """Say what is done with the owner's rights, whoever asks for it."""
    if getattr(obj, "security_definer", False):
        return "runs with"
    if obj.identity.kind == "view" and not obj.security_invoker:
        return "reads its tables with"
    if obj.identity.kind == "materialized_view":
        return "is refreshed with"
    return ""


class OwnerKind(ObjectKind):
    """ALTER … OWNER TO."""

    name = "owner"
    order = 905
    model = Owner
    classid = "pg_shdepend"
    attached = "owner"
    keeps = True
    kept_words = "owners of"
    alters = frozenset({"role"})

    def catalog_sql(self, version: int) -> str:
        """Read all owners but whoever is connected."""
        del version
        parts = " UNION ALL ".join(
            f"""SELECT '{catalog}' AS catalog, x.oid, x.{column} AS owner
                FROM {catalog} x
                WHERE x.oid >= 16384 AND x.{column} <> (SELECT oid FROM me) AND {which}"""
            for catalog, column, which in _CATALOGS
        )
        return f"""
            WITH me AS MATERIALIZED (SELECT oid FROM pg_roles WHERE rolname = current_user)
            SELECT f.oid, f.catalog, r.rolname, f.owner = (SELECT datdba FROM pg_database
                                                           WHERE datname = current_database())
            FROM ({parts}
                UNION ALL SELECT 'pg_namespace', x.oid, x.nspowner FROM pg_namespace x
                WHERE x.oid < 16384 AND x.nspname !~ '^pg_'
                  AND x.nspname <> 'information_schema'
                  AND (x.nspname <> 'public' OR x.nspowner >= 16384)  -- else it was renamed
                  AND x.nspowner <> (SELECT oid FROM me)) f
            JOIN pg_roles r ON r.oid = f.owner
            WHERE {SCOPE}"""

    def read(self, row: Row, names: Names) -> Owner | None:
        """Make the owner if its target is known."""
        oid, catalog, role, usual = row
        target = names.addresses.get((catalog, oid, 0))
        if target is None or target.kind == "leftover":
            return None
        return Owner(_identity(target), role, usual)

    def address(self, row: Row) -> Address:
        """Nothing depends on an owner, so the address has only to be unique."""
        return (f"owner in {row[1]}", row[0], 0)

    def expand(self, spec: str, at: At) -> Iterable[Owner]:
        """Make the owner of the parent."""
        assert at.parent is not None
        yield Owner(_identity(at.parent.identity), spec)

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say with whose rights something is done from now on, and who may change or drop it."""
        yield from super().hazards(old, new, changed, context)
        target = (new or old).parent
        was, stays = context.current.get(target), context.desired.get(target)
        if was is None or stays is None:
            return
        role = new.role if new is not None else "whoever applies this"
        words = _acts_as_owner(stays)
        if words:
            text = f"{target} {words} the rights of {role} from now on."
            yield hazard("owner-rights", target, text)
        else:
            text = f"{target} is {role}'s from now on, to alter, to drop and to grant."
            yield hazard("new-owner", target, text)

    def roles(self, obj: DbObject) -> Iterable[str]:
        """The owner."""
        assert isinstance(obj, Owner)
        return (obj.role,)

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Whoever is connected owns what nobody else owns; and initdb chose for public."""
        del desired, current
        assert isinstance(obj, Owner)
        by_itself = usual_owner(obj.parent) or names.user
        return None if obj.role in (names.user, by_itself) else obj

    def goes_without_saying(self, obj: Owner) -> bool:
        """The owner of the database owns most of what is in it."""
        return obj.usual

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """There is one."""
        del obj, style
        return ""

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the role, unless it owns everything else as well."""
        del nested, style
        assert isinstance(obj, Owner)
        return None if obj.usual else obj.role

    def create(self, new: Owner, context: Context) -> Iterable[Operation]:
        """OWNER TO, which is safe to repeat."""
        yield self._change(Verb.CREATE, new, ident(new.role), context)

    def alter(
        self, old: Owner, new: Owner, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """OWNER TO."""
        del old, changed
        yield self._change(Verb.ALTER, new, ident(new.role), context)

    def drop(self, old: Owner, context: Context) -> Iterable[Operation]:
        """OWNER TO whoever is connected, or nothing where the target goes."""
        op = self._change(Verb.DROP, old, grantee(usual_owner(old.parent)), context)
        target = context.desired.get(old.parent) or context.current.get(old.parent)
        exists = context.registry.of(target).exists(target) if target else ""
        yield Operation(
            verb=op.verb,
            target=op.target,
            sql=op.sql,
            lock=op.lock,
            guard=Guard(exists) if exists else None,
            fold=Fold(old.parent, ""),
        )

    def _change(self, verb: Verb, owner: Owner, to: str, context: Context) -> Operation:
        target = context.desired.get(owner.parent) or context.current.get(owner.parent)
        assert target is not None
        words = context.registry.of(target).comment_target(target)
        relation = target.identity.kind in _RELATIONS
        return Operation(
            verb=verb,
            target=owner.identity,
            sql=f"ALTER {words} OWNER TO {to}",
            lock=LockMode.ACCESS_EXCLUSIVE if relation else LockMode.NONE,
        )


def _identity(target: Identity) -> Identity:
    # The kind comes last, so that a renamed ancestor is a change of prefix here too.
    return Identity("owner", (*target.path, target.kind))
