"""Operator families, and what belongs to a family but to no class: CREATE OPERATOR FAMILY (manual).

An operator class without a family of its own choice gets one of the same name; such a family is
not written in YAML, for the class implies it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Style
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import OwnedSpec, Texts
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._form import FormKind, InSchema
from schemadiff.kinds._operator_class import SOURCE, loose_sql, member_name, method_path, subject


class OperatorFamilySpec(OwnedSpec):
    """An operator family; the key is `name using method`."""

    members: Texts = ()
    """Operators and functions of no class: `operator 1 <(a, b)`, `function 1 (a, b) f(a, b)`."""


@record(frozen=True, slots=True)
class OperatorFamily(InSchema):
    """An operator family; its path is schema, name and access method."""

    members: tuple[str, ...] = ()


class OperatorFamilyKind(FormKind):
    """CREATE OPERATOR FAMILY, ALTER OPERATOR FAMILY … ADD, DROP."""

    name = "operator_family"
    order = 59
    model = OperatorFamily
    classid = "pg_opfamily"
    section = "operator_families"
    spec = OperatorFamilySpec
    attempt = f"CREATE OPERATOR FAMILY pg_temp.{NOTHING} USING btree"
    alters = frozenset({"members"})
    dubious = True
    texts = frozenset({"members"})
    shadow_only = True
    spaces = frozenset({"operator_family"})
    compares = True
    late = True  # what a class implies is made when everything declared is known
    name_part = 1
    words = comment_on = "OPERATOR FAMILY"
    source = SOURCE.format(catalog="pg_opfamily", prefix="opf")
    key = ("n.nspname", "x.opfname", "m.amname")
    facts: ClassVar = {"members": loose_sql("x.oid")}

    def expand(self, spec: OperatorFamilySpec, at: At) -> Iterable[DbObject]:
        """Make the family of the key, or the one that a class implies unless it is declared."""
        if at.parent is not None and at.name is None:
            implied = Identity(self.name, at.parent.identity.path)
            if at.sibling(implied) is None:
                yield OperatorFamily(implied)
            return
        path = method_path(at)
        if path is not None:
            members = tuple(sorted(at.clause(m, "members", i) for i, m in enumerate(spec.members)))
            yield OperatorFamily(Identity(self.name, path), members)

    def absorbed_by(self, obj: DbObject, catalog: Catalog) -> Identity | None:
        """An operator class implies the family of its own name."""
        assert isinstance(obj, OperatorFamily)
        owner = Identity("operator_class", obj.identity.path)
        commented = any(c.kind == "comment" for c in catalog.children.get(obj.identity, ()))
        found = catalog.get(owner)
        if found is None or obj.members or commented or getattr(found, "family", None):
            return None
        return owner

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write name and method."""
        del style
        return f"{ident(obj.identity.path[1])} using {ident(obj.identity.path[2])}"

    def subject(self, path: tuple[str, ...]) -> str:
        """Write the name, and USING with the method."""
        return subject(path)

    def definition(self, new: OperatorFamily, context: Context) -> str:
        """CREATE OPERATOR FAMILY."""
        del context
        return f"CREATE OPERATOR FAMILY {subject(new.identity.path)}"

    def create(self, new: OperatorFamily, context: Context) -> Iterable[Operation]:
        """CREATE OPERATOR FAMILY, then its loose members."""
        yield from super().create(new, context)
        if new.members:
            yield self._change(new, "ADD", new.members, frozenset({new.identity}))

    def _change(
        self,
        new: OperatorFamily,
        word: str,
        members: tuple[str, ...],
        after: frozenset[Identity] = frozenset(),
    ) -> Operation:
        parts = members if word == "ADD" else map(member_name, members)
        here = f"{self.facts['members']} @> ARRAY[{comma(map(literal, members))}]::text[]"
        return Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"ALTER OPERATOR FAMILY {subject(new.identity.path)} {word} {comma(parts)}",
            guard=Guard(self.found(new.identity.path, f"NOT {here}" if word == "ADD" else here)),
            lock=self.lock,
            requires=after,
            bound=not after,
        )

    def alter(
        self,
        old: OperatorFamily,
        new: OperatorFamily,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """DROP what goes, ADD what comes."""
        del changed, context
        gone = tuple(m for m in old.members if m not in new.members)
        come = tuple(m for m in new.members if m not in old.members)
        if gone:
            yield self._change(new, "DROP", gone)
        if come:
            yield self._change(new, "ADD", come)

    def differs(self, new: DbObject) -> str:
        """It is altered in place; what it needs being made anew, it is too while it exists."""
        return self.exists(new)
