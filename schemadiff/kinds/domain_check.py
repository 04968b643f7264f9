"""Checks of domains: rows of pg_constraint that belong to a type.

PostgreSQL never alters the expression of a check: it is dropped and added. Adding reads every
column of the domain under a lock that blocks writers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, ScanFor, Verb
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record
from schemadiff.core.spec_model import SCALAR, Flag, NamedSpec, Sql
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._clauses import parse_check
from schemadiff.kinds._hazards.rules import stricter_hazards
from schemadiff.kinds._inside import refuse_inside, without_inside
from schemadiff.kinds._inside_anew import displaced
from schemadiff.kinds._moving import holders
from schemadiff.kinds._type_preflight import of_domain
from schemadiff.kinds._types import in_use
from schemadiff.kinds._unchecked import as_asked, leave_valid

_NOT_VALID = "add it with not_valid: true, which holds for new values"


class DomainCheckSpec(NamedSpec):
    """A check of a domain; the expression, or SQL's own words, is the short form."""

    shorthands: ClassVar = (SCALAR,)

    expression: Sql
    """What must not be false of `value`."""
    not_valid: Flag = False
    """Whether the values of before were never checked."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the expression, or SQL's own words."""
        if not isinstance(value, str):
            return value
        return parse_check(value) or {"expression": value}


@record(frozen=True, slots=True)
class DomainCheck(DbObject):
    """A check constraint of a domain."""

    expression: str
    not_valid: bool = False
    unchecked: bool = field(default=False, compare=False)  # the files ask for no more

    @property
    def parent(self) -> Identity:
        """The domain."""
        return Identity("domain", self.identity.path[:2])


class DomainCheckKind(ObjectKind):
    """ALTER DOMAIN … ADD CONSTRAINT."""

    name = "domain_check"
    evaluates = True
    order = 35
    present = "contypid <> 0 AND contype = 'c'"
    model = DomainCheck
    classid = "pg_constraint"
    section = "checks"
    essential = True
    within = ("domain",)
    unnamed = True
    spec = DomainCheckSpec
    alters = harmless = frozenset({"not_valid"})
    unready: ClassVar = {"not_valid": True}
    replaces = frozenset({"expression"})
    texts = frozenset({"expression"})
    renames_by_content = True
    comment_on = "CONSTRAINT"
    scan_for = ScanFor.VALIDATION

    def catalog_sql(self, version: int) -> str:
        """Read all checks of domains."""
        del version
        return """
            SELECT c.oid, n.nspname, t.typname, c.conname, c.contypid,
                   pg_get_expr(c.conbin, 'pg_type'::regclass), NOT c.convalidated
            FROM pg_constraint c
            JOIN pg_type t ON t.oid = c.contypid
            JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE c.contypid <> 0 AND c.contype = 'c' AND {namespaces}"""

    def read(self, row: Row, names: Names) -> DomainCheck | None:
        """Make the check."""
        _, schema, domain, name, type_, expression, not_valid = row
        if not names.ours("pg_type", type_):
            return None
        identity = Identity("domain_check", (schema, domain, name))
        return DomainCheck(identity, expression, not_valid)

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """A constraint's name is avoided when PostgreSQL chooses another."""
        schema, _, name = obj.identity.path
        return (("constraint", schema, name),)

    def expand(self, spec: DomainCheckSpec, at: At) -> Iterable[DomainCheck]:
        """Make the check of its name, or of the name that PostgreSQL would choose."""
        assert at.parent is not None
        domain = at.parent.identity
        name = at.name or at.choose(domain.name, "", "check", "constraint")
        expression = at.expression(spec.expression, "expression")
        yield DomainCheck(
            Identity("domain_check", (*domain.path, name)), expression, spec.not_valid
        )

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """A valid constraint needs not become one that is not."""
        assert isinstance(raw, DomainCheck)
        return leave_valid(raw, current, "not_valid", valid=False)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """One that is made anew is no more valid than the files ask for."""
        return current, as_asked(self, current, desired, "not_valid", valid=False)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the expression, alone where there is nothing else."""
        del style
        assert isinstance(obj, DomainCheck)
        more = {"not_valid": True, **nested} if obj.not_valid else nested
        return {"expression": obj.expression, **more} if more else obj.expression

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when values are refused that were not."""
        yield from super().hazards(old, new, changed, context)
        if new is not None and in_use(new.parent, context):
            yield from stricter_hazards(old, new, context)

    def create(self, new: DomainCheck, context: Context) -> Iterable[Operation]:
        """ADD CONSTRAINT, or a part of CREATE DOMAIN."""
        what, first = f"the check {new.identity.name}", frozenset[Identity]()
        gone = frozenset[Identity]()
        if not new.not_valid:
            first = refuse_inside(new.parent, what, _NOT_VALID, context)
            gone = without_inside(new.identity, new.parent, context)
        used = in_use(new.parent, context)
        definition = f"CONSTRAINT {ident(new.identity.name)} CHECK ({new.expression})"
        invalid = " NOT VALID" if new.not_valid else ""
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"{_alter(new)} ADD {definition}{invalid}",
            guard=Guard(f"NOT {self.exists(new)}"),
            requires=first,
            destroys=gone,
            fold=None if new.not_valid else Fold(new.parent, f" {definition}", rank=8),
            lock=LockMode.SHARE if used and not new.not_valid else LockMode.NONE,
            scans=used and not new.not_valid,
        )

    def displaces(
        self,
        old: DomainCheck | None,
        new: DomainCheck,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Identity]:
        """Tables with values inside of others, where it is to be valid."""
        del old, changed
        return () if new.not_valid else displaced(new.parent, context)

    def drop(self, old: DomainCheck, context: Context) -> Iterable[Operation]:
        """DROP CONSTRAINT, which goes with the domain.

        Tables that are made anew for its new form go before: its old form tells them to.
        """
        new = context.desired.get(old.identity)
        waits = isinstance(new, DomainCheck) and not new.not_valid
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"{_alter(old)} DROP CONSTRAINT IF EXISTS {ident(old.identity.name)}",
            guard=Guard(self.exists(old)),
            destroys=without_inside(old.identity, old.parent, context) if waits else frozenset(),
            fold=Fold(old.parent, ""),
            lock=LockMode.NONE,
        )

    def alter(
        self, old: DomainCheck, new: DomainCheck, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """VALIDATE CONSTRAINT."""
        del changed
        what = f"the check {new.identity.name} validated"
        first = refuse_inside(new.parent, what, _NOT_VALID, context)
        used = in_use(old.parent, context)
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"{_alter(new)} VALIDATE CONSTRAINT {ident(new.identity.name)}",
            guard=Guard(_where(new, "NOT c.convalidated")),
            requires=first,
            destroys=without_inside(new.identity, new.parent, context),
            lock=LockMode.SHARE if used else LockMode.NONE,
            scans=used,
        )

    def rename(self, old: DomainCheck, new: DomainCheck, context: Context) -> Iterable[Operation]:
        """RENAME CONSTRAINT."""
        del context
        before = Identity("domain_check", (*new.identity.path[:2], old.identity.name))
        yield Operation(
            verb=Verb.RENAME,
            target=new.identity,
            sql=f"{_alter(new)} RENAME CONSTRAINT {ident(old.identity.name)} "
            f"TO {ident(new.identity.name)}",
            guard=Guard(_where(DomainCheck(before, ""))),
            lock=LockMode.NONE,
        )

    def questions(
        self,
        old: DomainCheck | None,
        new: DomainCheck | None,
        changed: frozenset[str],
        asking: Asking,
    ) -> Iterable[Question]:
        """Ask for values that violate it."""
        domain = asking.context.current.get(new.parent) if new is not None else None
        if new is not None and domain is not None and not new.not_valid:
            found = holders(new.parent, asking.context.current)
            where = f"NOT ({new.expression})"
            yield from of_domain(new.identity, domain, where, found, asking)

    def must_replace(
        self, old: DomainCheck, new: DomainCheck, changed: frozenset[str], context: Context
    ) -> bool:
        """What has been validated cannot become NOT VALID again."""
        del old, context
        return "expression" in changed or new.not_valid

    def differs(self, new: DomainCheck) -> str:
        """Compare the expression and whether it is validated."""
        text = "pg_catalog.pg_get_expr(c.conbin, 'pg_catalog.pg_type'::pg_catalog.regclass)"
        valid = "c.convalidated" if new.not_valid else "false"
        return _where(new, f"({text} <> {literal(new.expression)} OR {valid})")

    def exists(self, obj: DomainCheck) -> str:
        """Ask pg_constraint by type and name."""
        return _where(obj)

    def comment_target(self, obj: DomainCheck) -> str:
        """Name the constraint and its domain."""
        return f"CONSTRAINT {ident(obj.identity.name)} ON DOMAIN {obj.parent.sql}"


def _alter(check: DomainCheck) -> str:
    return f"ALTER DOMAIN {qualified(*check.identity.path[:2])}"


def _where(check: DomainCheck, condition: str = "") -> str:
    schema, domain, name = map(literal, check.identity.path)
    more = f" AND {condition}" if condition else ""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c "
        "JOIN pg_catalog.pg_type t ON t.oid = c.contypid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
        f"WHERE n.nspname = {schema} AND t.typname = {domain} AND t.typtype = 'd' "
        f"AND c.conname = {name}{more})"
    )
