"""Operator classes: CREATE OPERATOR CLASS (manual, 36.16). Nothing about one can be altered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Style, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, OwnedSpec, Text, Texts
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._form import FormKind, InSchema, named
from schemadiff.kinds._operator_class import SOURCE, class_sql, method_path, subject


class OperatorClassSpec(OwnedSpec):
    """An operator class; the key is `name using method` (btree without a method)."""

    type: Text
    """The type of the columns."""
    default: Flag = False
    """Whether it is taken where nothing is said."""
    family: Text | None = None
    """The operator family, one of the class's own name without it."""
    storage: Text | None = None
    """The type that is stored, where it is another one."""
    members: Texts = ()
    """`operator 1 <(a, a)`, `function 1 (a, a) cmp(a, a)`, types always said."""


@record(frozen=True, slots=True)
class OperatorClass(InSchema):
    """An operator class; `family` is None where it has the class's own name."""

    type: str
    default: bool = False
    family: str | None = None
    storage: str | None = None
    members: tuple[str, ...] = ()

    @property
    def refers(self) -> Iterator[Identity]:
        """The family of the same name."""
        if self.family is None:
            yield Identity("operator_family", self.identity.path)


class OperatorClassKind(FormKind):
    """CREATE OPERATOR CLASS."""

    name = "operator_class"
    order = 60
    model = OperatorClass
    classid = "pg_opclass"
    section = "operator_classes"
    spec = OperatorClassSpec
    attempt = (
        f"CREATE OPERATOR CLASS pg_temp.{NOTHING} FOR TYPE {NOTHING} USING btree "
        f"AS STORAGE {NOTHING}"
    )
    replaces = frozenset({"type", "default", "family", "storage", "members"})
    texts = frozenset({"family", "members"})
    types = frozenset({"type", "storage"})
    functions = frozenset({"family"})
    shadow_only = True
    unspoken = True
    spaces = frozenset({"operator_class"})
    compares = True
    name_part = 1
    words = comment_on = "OPERATOR CLASS"
    source = (
        SOURCE.format(catalog="pg_opclass", prefix="opc")
        + " JOIN pg_catalog.pg_opfamily f ON f.oid = x.opcfamily"
    )
    key = ("n.nspname", "x.opcname", "m.amname")
    facts: ClassVar = {
        "type": "pg_catalog.format_type(x.opcintype, NULL)",
        "default": "x.opcdefault",
        "family": "CASE WHEN f.opfname <> x.opcname OR f.opfnamespace <> x.opcnamespace THEN "
        + named("pg_opfamily", "opf", "f.oid")
        + " END",
        "storage": "CASE WHEN x.opckeytype <> 0 THEN "
        "pg_catalog.format_type(x.opckeytype, NULL) END",
        "members": class_sql("x.oid"),
    }

    def expand(self, spec: OperatorClassSpec, at: At) -> Iterable[DbObject]:
        """Make the class of the key, and the family that it implies."""
        path = method_path(at)
        if path is None:
            return
        class_ = OperatorClass(
            Identity(self.name, path),
            at.type(spec.type, "type"),
            spec.default,
            self.value("family", spec, at),
            self.value("storage", spec, at),
            tuple(sorted(at.clause(m, "members", i) for i, m in enumerate(spec.members))),
        )
        yield class_
        if spec.family is None:
            at.child("operator_family", class_, None, {})

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """Name its places in the family, of which each is one operator's or function's."""
        assert isinstance(obj, OperatorClass)
        schema, name, method = obj.identity.path
        family = obj.family or f"{ident(schema)}.{ident(name)}"
        for member in obj.members:
            place = " ".join([*member.split(" ")[:2], obj.type])  # what we write ourselves
            yield ("member", f"{family} {method}", place)

    def _key(self, path: tuple[str, ...]) -> str:
        return f"{ident(path[1])} using {ident(path[2])}"

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write name and method."""
        del style
        return self._key(obj.identity.path)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Leave out the family that is implied."""
        rest = {k: v for k, v in nested.items() if k != "operator_family"}
        return super().to_yaml(obj, rest, style)

    def subject(self, path: tuple[str, ...]) -> str:
        """Write the name, and USING with the method."""
        return subject(path)

    def definition(self, new: OperatorClass, context: Context) -> str:
        """CREATE OPERATOR CLASS, always with its family, which has an operation of its own."""
        del context
        schema, name, method = new.identity.path
        family = new.family or f"{ident(schema)}.{ident(name)}"
        storage = [f"STORAGE {new.storage}"] if new.storage else []
        if not new.members and not storage:
            storage = [f"STORAGE {new.type}"]
        return (
            f"CREATE OPERATOR CLASS {ident(schema)}.{ident(name)} "
            f"{'DEFAULT ' if new.default else ''}FOR TYPE {new.type} USING {ident(method)} "
            f"FAMILY {family} AS {comma([*new.members, *storage])}"
        )
