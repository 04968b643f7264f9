"""Check constraints.

The brackets around the whole expression are left out on both sides. A constraint that was added
NOT VALID is validated where the YAML does not ask for that; the other way round there is nothing
to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import check_column
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.online import is_temporary
from schemadiff.core.operation import Operation
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.record import record, replace
from schemadiff.core.spec_model import SCALAR, Flag, NamedSpec, Sql
from schemadiff.core.sql import ident, lines
from schemadiff.core.succession import Successor, Successors
from schemadiff.core.versions import PG18
from schemadiff.kinds._bound_preflight import refused
from schemadiff.kinds._clauses import parse_check
from schemadiff.kinds._column.around import of_heirs
from schemadiff.kinds._constraint import (
    OWN,
    ConstraintKind,
    as_printed,
    bare,
    child_path,
    column_names,
    validate,
)
from schemadiff.kinds._expand.which import rides_along
from schemadiff.kinds._foreign.tables import FOREIGN, HAVE_COLUMNS
from schemadiff.kinds._moving import names
from schemadiff.kinds._preflight import checked, settled
from schemadiff.kinds._succession.common import check_successor
from schemadiff.kinds._table.anew import divided_into, goes_with
from schemadiff.kinds._table.heirs import belongings, below, relation
from schemadiff.kinds._table.rejoining import for_a_while
from schemadiff.kinds._unchecked import as_asked, leave_valid


class CheckSpec(NamedSpec):
    """A check; the expression, or SQL's `check (a > 0) not valid`, is the short form."""

    shorthands: ClassVar = (SCALAR,)

    expression: Sql
    """What must not be false."""
    no_inherit: Flag = False
    """Whether children of the table are left out."""
    not_valid: Flag = False
    """Whether the rows of before were never checked."""
    not_enforced: Flag = False
    """Whether nothing is checked at all (PostgreSQL 18)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the expression alone, or SQL's own words."""
        if not isinstance(value, str):
            return value
        return parse_check(value) or {"expression": value}


@record(frozen=True, slots=True)
class Check(DbObject):
    """A check constraint of a table; the expression stands without outer brackets."""

    expression: str
    no_inherit: bool = False
    valid: bool = True
    enforced: bool = True
    of: str = "table"
    unchecked: bool = field(default=False, compare=False)  # the files ask for no more

    @property
    def parent(self) -> Identity:
        """The table or foreign table."""
        return Identity(self.of, self.identity.path[:2])


class CheckKind(ConstraintKind):
    """CHECK."""

    name = "check"
    evaluates = True
    order = 72
    present = "contype = 'c'"
    model = Check
    since: ClassVar = {"enforced": 18}
    section = "checks"
    within = ("table", FOREIGN)
    spec = CheckSpec
    unnamed = True
    contype = "c"
    rank = 8
    alters = frozenset({"valid"})
    unready: ClassVar = {"valid": False}
    replaces = frozenset({"expression", "no_inherit", "enforced", "of"})
    texts = frozenset({"expression"})
    reworded = frozenset({"expression"})
    harmless = frozenset({"no_inherit", "valid", "enforced", "of"})

    def catalog_sql(self, version: int) -> str:
        """Read the checks of tables; those of domains have no table."""
        enforced = "con.conenforced" if version >= PG18 else "true"
        return f"""
            SELECT con.oid, con.conrelid, con.conname, pg_get_expr(con.conbin, con.conrelid),
                   con.connoinherit, con.convalidated, {enforced}
            FROM pg_constraint con
            JOIN pg_class c ON c.oid = con.conrelid AND {HAVE_COLUMNS}
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE con.contype = 'c' AND {OWN} AND {{namespaces}}"""

    def read(self, row: Row, names: Names) -> Check | None:
        """Make the check."""
        _, relation, name, expression, no_inherit, valid, enforced = row
        if not names.ours("pg_class", relation) or is_temporary(name):
            return None
        schema, table, relkind = names.relations[relation]
        identity = Identity("check", (schema, table, name))
        # What is not enforced is never valid, and cannot be made so.
        of = FOREIGN if relkind == "f" else "table"
        return Check(identity, bare(expression), no_inherit, valid or not enforced, enforced, of)

    def expand(self, spec: CheckSpec, at: At) -> Iterable[Check]:
        """Make the check; without a name it is table_check, or table_column_check."""
        assert at.parent is not None
        expression = bare(at.expression(spec.expression, "expression"))
        name = at.name
        if name is None:
            column = check_column(expression, column_names(at)) or ""
            name = at.choose(at.parent.identity.name, column, "check", "constraint")
        yield Check(
            Identity("check", child_path(at, name)),
            expression,
            spec.no_inherit,
            not spec.not_valid,
            not spec.not_enforced,
            at.parent.identity.kind,
        )

    def spreads(self, obj: DbObject, catalog: Catalog) -> Iterable[tuple[str, ...]]:
        """Parts and heirs have it, unless it says NO INHERIT."""
        assert isinstance(obj, Check)
        return () if obj.no_inherit else below(catalog, obj.identity.path[:2])

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """A valid constraint needs not become one that is not."""
        assert isinstance(raw, Check)
        return leave_valid(raw, current)

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """One that is made anew is no more valid than the files ask for."""
        return current, as_asked(self, current, desired)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the expression alone where there is nothing else."""
        assert isinstance(obj, Check)
        more: dict[str, YamlValue] = {}
        if obj.no_inherit:
            more["no_inherit"] = True
        if not obj.valid:
            more["not_valid"] = True
        if not obj.enforced:
            more["not_enforced"] = True
        return {"expression": obj.expression, **more} if more else obj.expression

    def clause(self, obj: Check) -> str:
        """Write CHECK (…)."""
        return self._clause(obj, obj.expression)

    def _clause(self, obj: Check, expression: str) -> str:
        return lines(
            f"CHECK ({expression})",
            "NO INHERIT" if obj.no_inherit else None,
            "NOT ENFORCED" if not obj.enforced else None,
            "NOT VALID" if not obj.valid else None,
            separator=" ",
        )

    def spellings(self, obj: Check) -> tuple[str, ...]:
        """The server has brackets of its own around what is no call."""
        text = as_printed(obj.expression)
        return (self._clause(obj, f"({text})"), self._clause(obj, text))

    def needs(self, new: Check, context: Context) -> frozenset[Identity]:
        """An equal check that an heir says itself is merged with the table's."""
        return super().needs(new, context) | of_heirs(new, context)

    def drop(self, old: Check, context: Context) -> Iterable[Operation]:
        """DROP CONSTRAINT, before that of an heir."""
        for op in super().drop(old, context):
            yield replace(op, releases=of_heirs(old, context))

    def validates_later(self, new: Check, context: Context) -> bool:
        """A check of a table in use that no heir waits for; one not enforced is never checked."""
        later = new.valid and new.enforced and context.busy(new)
        return later and not for_a_while(new.parent, context)

    def successor(self, obj: Check, names: Successors, context: Context) -> Successor | str:
        """Check the new columns."""
        if not obj.enforced:
            return f"{obj.identity} is not enforced"
        return check_successor(obj, names, self.clause(replace(obj, valid=True)), context)

    def must_replace(
        self, old: Check, new: Check, changed: frozenset[str], context: Context
    ) -> bool:
        """What goes with a column that another takes the place of is made with that one."""
        return super().must_replace(old, new, changed, context) and not rides_along(new, context)

    def alter(
        self, old: Check, new: Check, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """VALIDATE CONSTRAINT."""
        if new.valid and "valid" in changed:
            yield validate(new.identity, self.exists(new), LockMode.SHARE_UPDATE_EXCLUSIVE)

    def questions(
        self, old: Check | None, new: Check | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for rows that violate it, also for those that a part gets as its table is divided."""
        if new is None or not (new.valid and new.enforced):
            return
        put, before = [*_put_into(new, asking)], asking.context.current.get(new.parent)
        if not put or (before is not None and not goes_with(before, asking.context)):
            yield from checked(new, new.expression, asking, only=new.no_inherit)
        yield from put

    def asked_again(self, obj: Check, asking: Asking) -> Iterable[Question]:
        """The rows of a table that is divided anew go into another part, perhaps."""
        return _put_into(obj, asking) if obj.valid and obj.enforced else ()

    def probe_part(self, obj: Check) -> str | None:
        """Put the check on the temporary table."""
        return f"CONSTRAINT {ident(obj.identity.name)} CHECK ({obj.expression})"


def _put_into(check: Check, asking: Asking) -> Iterator[Question]:
    desired = asking.context.desired
    part = relation(desired, check.parent.path)
    whole = divided_into(part, asking.context)
    if whole is not None:
        every = (i.name for i in belongings(desired, whole.path) if i.kind == "column")
        said = [name for name in every if names(check.expression, name)]
        text = f"rows of {whole.sql} that violate {check.identity}"
        condition = f"NOT ({check.expression})"
        question = refused(part, whole, condition, asking, text=text, said=said)
        yield settled(replace(question, subject=check.identity), check, asking)
