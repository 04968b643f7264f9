"""Domains: CREATE DOMAIN (manual, 8.18).

Their checks are a kind of their own (`domain_check`). A domain's type and collation are fixed
when it is made, so that another one takes a new domain, to which the rows that use it move; only
the default and NOT NULL can be altered. The surprising fact: a domain over
another one copies that one's default when it is made, unless it says DEFAULT NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Annotated, Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.circles import circle_of
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Host, Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import GrantedSpec, OrOne, Sql, Text
from schemadiff.core.sql import lines, literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._domain_default import after_its_functions, in_two, spelled
from schemadiff.kinds._domain_not_null import (
    PART,
    DomainNotNullSpec,
    clause,
    keeps_name,
    name_sql,
    not_null_yaml,
    read_name,
    renaming,
    setting,
)
from schemadiff.kinds._domain_values import Values
from schemadiff.kinds._inside import refuse_inside, without_inside
from schemadiff.kinds._inside_anew import displaced
from schemadiff.kinds._moving import element, holders, renamed_away
from schemadiff.kinds._shorthand import ShorthandError, format_column, parse_column
from schemadiff.kinds._type_preflight import of_domain, of_new_base
from schemadiff.kinds._types import in_use, rename_type, type_where


class DomainSpec(GrantedSpec):
    """A domain; its type, or the column definition of SQL, is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    type: Text
    """The type that it is made of."""
    collation: Text | None = None
    """The collation; absent is that of the type."""
    not_null: DomainNotNullSpec | None = None
    """Whether nulls are refused."""
    default: Sql | None = None
    """The expression of DEFAULT."""
    check: Annotated[tuple[Sql | dict[str, Any], ...], OrOne()] = ()
    """A check without a name, or a list of them; those with names are in `checks`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Split `text not null default '' check (value <> 'x')`."""
        if not isinstance(value, str):
            return value
        try:
            return parse_column(value)
        except ShorthandError as error:
            raise ValueError(str(error)) from error


@record(frozen=True, slots=True)
class Domain(DbObject):
    """A domain; `collation` is None where it is the type's own.

    `bare` says that it has no default though the domain that it rests on may have one, or that it
    was said to have none, which pg_dump writes.
    """

    type: str
    collation: str | None = None
    not_null: bool = False
    default: str | None = None
    bare: bool = field(default=False, compare=False)
    not_null_name: str | None = None

    @property
    def parent(self) -> Identity:
        """The schema."""
        return Identity("schema", self.identity.path[:1])


class DomainKind(Values, ObjectKind):
    """CREATE DOMAIN."""

    name = "domain"
    file = "types"
    order = 34
    present = "typtype = 'd'"
    model = Domain
    classid = "pg_type"
    section = "domains"
    within = ("", "schema")
    spec = DomainSpec
    alters = frozenset({"not_null", "not_null_name", "default"})
    replaces = frozenset({"type", "collation"})
    texts = frozenset({"type", "collation", "default"})
    harmless = frozenset({"not_null", "not_null_name"})
    since: ClassVar = {"not_null_name": 17}
    moves_over = True
    spaces = frozenset({"type"})
    comment_on = "DOMAIN"
    scan_for = ScanFor.VALIDATION
    used_by_name = True

    def catalog_sql(self, version: int) -> str:
        """Read all domains."""
        return f"""
            SELECT t.oid, n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
                   CASE WHEN t.typcollation <> b.typcollation THEN
                       (SELECT ARRAY[cn.nspname::text, co.collname::text]
                        FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                        WHERE co.oid = t.typcollation) END,
                   t.typnotnull,
                   CASE WHEN t.typdefaultbin IS NOT NULL
                        THEN pg_get_expr(t.typdefaultbin, 'pg_type'::regclass) END,
                   b.typtype = 'd' AND b.typdefaultbin IS NOT NULL, {name_sql(version)}
            FROM pg_type t
            JOIN pg_namespace n ON n.oid = t.typnamespace
            JOIN pg_type b ON b.oid = t.typbasetype
            WHERE t.typtype = 'd' AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> Domain | None:
        """Make the domain."""
        _, schema, name, type_, collation, not_null, default, inherits, named = row
        none = default is not None and default.startswith("NULL::")
        if none:
            default = None  # DEFAULT NULL is kept as an expression here, and means the same
        spelled = None
        if collation:
            spelled = qualified(*(collation[1:] if collation[0] == "pg_catalog" else collation))
        identity = Identity("domain", (schema, name))
        default = default.strip() if default else default
        bare = none or (inherits and default is None)
        called = read_name(name, named)
        return Domain(identity, type_, spelled, not_null, default, bare, called)

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Before PostgreSQL 17 the server takes the name of NOT NULL and forgets it."""
        del desired, current
        assert isinstance(obj, Domain)
        return obj if keeps_name(names.version) else replace(obj, not_null_name=None)

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A domain's name is taken among types."""
        schema, name = obj.identity.path
        return (("type", schema, name),)

    def expand(self, spec: DomainSpec, at: At) -> Iterable[Domain]:
        """Make the domain and have its unnamed checks made."""
        default = at.expression(spec.default, "default") if spec.default is not None else None
        none = default is None or default.lower() == "null"
        domain = Domain(
            Identity("domain", (at.schema, at.name or "")),
            at.type(spec.type, "type"),
            at.collation(spec.collation, "collation") if spec.collation else None,
            spec.not_null is not None and spec.not_null.enabled,
            None if none else default,
            none and "default" in spec.model_fields_set,
            read_name(at.name or "", spec.not_null.name) if spec.not_null else None,
        )
        yield domain
        if spec.not_null is not None and spec.not_null.comment:
            at.child("comment", domain, PART, spec.not_null.comment, "not_null", "comment")
        for check in spec.check:
            name = check.get("name") if isinstance(check, dict) else None
            value = (
                {k: v for k, v in check.items() if k != "name"}
                if isinstance(check, dict)
                else check
            )
            at.child("domain_check", domain, name, value, "check")

    def settle(self, obj: DbObject, catalog: Catalog) -> DbObject:
        """Take over the default of the domain that this one rests on."""
        assert isinstance(obj, Domain)
        base, seen = _base(obj, catalog), {obj.identity}
        default = obj.default
        while default is None and not obj.bare and base is not None and base.identity not in seen:
            seen.add(base.identity)
            default = base.default
            base = None if base.bare else _base(base, catalog)
        return replace(obj, default=default)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the shorthand where it loses nothing, a lone unnamed check included."""
        assert isinstance(obj, Domain)
        values: dict[str, YamlValue] = {"type": style.type(obj.type)}
        if obj.collation:
            values["collation"] = obj.collation
        if obj.not_null:
            values["not_null"] = not_null_yaml(obj, nested.pop("comment", {}).get(PART))
        if obj.default is not None or obj.bare:
            values["default"] = obj.default or "null"
        rest: dict[str, YamlValue] = {k: v for k, v in nested.items() if v}
        checks = nested.get("checks", {})
        schema, name = obj.identity.path
        usual = style.default_name(schema, name, "", "check")
        if isinstance(expression := checks.get(usual), str) and len(checks) == 1:
            values["check"] = expression
            del rest["checks"]
        short = None if rest else format_column(values)
        return short if short is not None else values | rest

    def stub(self, obj: Domain) -> Identity | None:
        """One without its default, which can come later."""
        return None if obj.default is None else Identity("domain stub", obj.identity.path)

    def create(self, new: Domain, context: Context) -> Iterable[Operation]:
        """CREATE DOMAIN, which has no IF NOT EXISTS; checks are folded in."""
        around = circle_of(new.identity, context.desired, context)
        if (first := self.stub(new)) is None or not (around or context.raw):
            yield self._made(new, context)
            return
        made = self._made(replace(new, default=None), context)
        default = self._alter(new, f"SET DEFAULT {spelled(new.default, context)}")
        yield from in_two(new, made, replace(default, verb=Verb.CREATE), first, context)

    def _made(self, new: Domain, context: Context) -> Operation:
        default = spelled(new.default, context)
        base = _base(new, context.desired)
        if default is None and (new.bare or (base is not None and base.default is not None)):
            default = "NULL"
        head = lines(
            f"CREATE DOMAIN {new.identity.sql} AS {new.type}",
            f"COLLATE {new.collation}" if new.collation else None,
            f"DEFAULT {default}" if default is not None else None,
            clause(new, context),
            separator=" ",
        )
        return Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=head,
            guard=Guard(f"NOT {self.exists(new)}"),
            host=Host(head, joiner=""),
            lock=LockMode.NONE,
        )

    def drop(self, old: Domain, context: Context) -> Iterable[Operation]:
        """DROP DOMAIN; before what its default needs goes, which rests on it, that goes."""
        drop = Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP DOMAIN IF EXISTS {old.identity.sql}",
            lock=LockMode.NONE,
        )
        around = circle_of(old.identity, context.current, context) - {old.identity}
        if not around or (first := self.stub(old)) is None:
            yield drop
            return
        action, guard = f"ALTER DOMAIN {old.identity.sql} DROP DEFAULT", Guard(self.exists(old))
        yield replace(drop, sql=action, guard=guard, releases=around, bound=False)
        gone, rests = {old.identity, first}, context.current.depends_on(old.identity) - around
        yield replace(drop, destroys=frozenset(gone), releases=rests | {old.parent}, bound=False)

    def alter(
        self, old: Domain, new: Domain, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Set or drop the default and NOT NULL; NOT NULL reads every column of the domain."""
        used = in_use(old.identity, context)
        if "default" in changed:
            default = spelled(new.default, context)
            action = "DROP DEFAULT" if default is None else f"SET DEFAULT {default}"
            op = self._alter(new, action)
            yield op if default is None else after_its_functions(op, context)
        if "not_null" in changed:
            first, name = frozenset[Identity](), new.identity.sql
            if new.not_null:
                hint = f"say it by a check of {name} that is not_valid: value is not null"
                first = refuse_inside(new.identity, "NOT NULL", hint, context)
            action = setting(new) if new.not_null else "DROP NOT NULL"
            scans = used and new.not_null
            wanted = "NOT t.typnotnull" if new.not_null else "t.typnotnull"
            guard = Guard(type_where(new.identity.path, "d", wanted))
            gone = frozenset[Identity]()
            if new.not_null:
                gone = without_inside(new.identity, new.identity, context)
            op = self._alter(new, action, guard, scans=scans)
            yield replace(op, requires=first, destroys=gone)
        for action, guard in renaming(old, new):
            yield self._alter(new, action, guard)

    def _alter(
        self, new: Domain, action: str, guard: Guard | None = None, *, scans: bool = False
    ) -> Operation:
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER DOMAIN {new.identity.sql} {action}",
            guard=guard,
            lock=LockMode.SHARE if scans else LockMode.NONE,
            scans=scans,
        )

    def displaces(
        self, old: Domain, new: Domain, changed: frozenset[str], context: Context
    ) -> Iterable[Identity]:
        """Tables with values inside of others, where they may be no NULL any more."""
        gets = "not_null" in changed and new.not_null
        return displaced(new.identity, context) if gets else ()

    def lets_go(self, old: Domain, cause: Identity) -> Domain | None:
        """The default goes and comes back; the type below, and the collation, cannot."""
        if old.default is None or cause.kind == "collation":
            return None
        try:
            below = parse_name(element(old.type)[0]) == cause.path
        except ValueError:
            below = False
        return None if below else replace(old, default=None)

    def put_away(
        self, old: Domain, new: Domain, away: Identity, context: Context
    ) -> Iterable[Operation]:
        """Rename the domain."""
        yield renamed_away("DOMAIN", old, away, tuple(self.losses(old, new, context)))

    def hazards(
        self, old: Domain | None, new: Domain | None, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when writers have to give a value."""
        yield from super().hazards(old, new, changed, context)
        if old is not None and new is not None and old.collation != new.collation:
            here, there = (c or "the usual collation" for c in (old.collation, new.collation))
            text = f"{new.identity.sql} goes from {here} to {there}: it is sorted otherwise."
            yield hazard("collation-change", new.identity, text)
        if old is not None and new is not None and new.not_null and not old.not_null:
            text = f"Columns of {new.identity.sql} take no NULL from now on."
            yield hazard("breaks-not-null", new.identity, text)

    def questions(
        self, old: Domain | None, new: Domain | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for NULLs in its columns."""
        if old is not None and new is not None and "not_null" in changed and new.not_null:
            found = holders(new.identity, asking.context.current)
            where = "value IS NOT DISTINCT FROM NULL"
            yield from of_domain(new.identity, old, where, found, asking)
        if old is not None and new is not None and old.type != new.type:
            found = holders(new.identity, asking.context.current)
            yield from of_new_base(old, new, found, asking)

    def rename(self, old: Domain, new: Domain, context: Context) -> Iterable[Operation]:
        """ALTER DOMAIN … SET SCHEMA, RENAME TO."""
        del context
        return rename_type("DOMAIN", "d", old.identity, new.identity)

    def differs(self, new: Domain) -> str:
        """Compare type and collation, which cannot be altered."""
        collation = "(SELECT b.typcollation FROM pg_catalog.pg_type b WHERE b.oid = t.typbasetype)"
        if new.collation:
            collation = f"pg_catalog.to_regcollation({literal(new.collation)})"
        condition = (
            f"(pg_catalog.format_type(t.typbasetype, t.typtypmod) <> {literal(new.type)} "
            f"OR t.typcollation IS DISTINCT FROM {collation})"
        )
        return type_where(new.identity.path, "d", condition)

    def exists(self, obj: Domain) -> str:
        """Ask pg_type."""
        return type_where(obj.identity.path, "d")


def _base(domain: Domain, catalog: Catalog) -> Domain | None:
    """Find the domain that a domain rests on."""
    try:
        found = catalog.get(Identity("domain", parse_name(domain.type)))
    except ValueError:
        return None
    return found if isinstance(found, Domain) else None
