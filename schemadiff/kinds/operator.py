"""Operators: CREATE OPERATOR (manual, 36.14).

An operator may name its commutator before that one exists: PostgreSQL then makes a shell, which
counts as absent here and is filled when its turn comes. Operators cannot be renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from schemadiff.core.expression import split_commas
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Style
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, Text
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._form import CommentedSpec, FormKind, InSchema, in_schema, operator, routine

_NONE = "none"


class OperatorSpec(CommentedSpec):
    """An operator; the key is `name(left, right)`, `none` where there is no left one."""

    shorthands: ClassVar = ({"type": "string"},)

    function: Text
    """The function behind it."""
    commutator: Text | None = None
    """The operator of `b op a`."""
    negator: Text | None = None
    """The operator of `not (a op b)`."""
    restrict: Text | None = None
    """The selectivity estimator for a restriction."""
    join: Text | None = None
    """The selectivity estimator for a join."""
    hashes: Flag = False
    """Whether it can be used in a hash join."""
    merges: Flag = False
    """Whether it can be used in a merge join."""

    owner: Text | None = None
    """The role that owns it; absent means whoever owns it now, or makes it."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the function."""
        return {"function": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class Operator(InSchema):
    """An operator; its path is schema, name and the types of both sides."""

    function: str
    commutator: str | None = None
    negator: str | None = None
    restrict: str | None = None
    join: str | None = None
    hashes: bool = False
    merges: bool = False


_PARTNERS = ("commutator", "negator")
_NAME = re.compile(
    r"""(?:(?:[a-z_][\w$]*|"(?:[^"]|"")+")\.)?(?!.*(?:--|/\*))[-+*/<>=~!@#%^&|`?]+"""
)


class OperatorKind(FormKind):
    """CREATE OPERATOR."""

    name = "operator"
    order = 58
    model = Operator
    classid = "pg_operator"
    section = "operators"
    spec = OperatorSpec
    alters = frozenset({"restrict", "join"})
    replaces = frozenset({"function", "commutator", "negator", "hashes", "merges"})
    texts = frozenset({"function", "commutator", "negator", "restrict", "join"})
    functions = frozenset({"function", "restrict", "join"})
    shadow_only = True
    spaces = frozenset({"operator"})
    compares = True
    name_part = 1
    words = comment_on = "OPERATOR"
    key = (
        "n.nspname",
        "x.oprname",
        (
            "(CASE WHEN x.oprleft = 0 THEN 'none' ELSE pg_catalog.format_type(x.oprleft, NULL) END"
            " || ', ' || pg_catalog.format_type(x.oprright, NULL))"
        ),
    )
    only = "x.oprcode <> 0"
    fickle = True  # a partner that is dropped takes its name along
    source = in_schema("pg_operator", "opr")
    facts: ClassVar = {
        "function": routine("x.oprcode::oid"),
        "commutator": operator("x.oprcom"),
        "negator": operator("x.oprnegate"),
        "restrict": routine("x.oprrest::oid"),
        "join": routine("x.oprjoin::oid"),
        "hashes": "x.oprcanhash",
        "merges": "x.oprcanmerge",
    }

    def expand(self, spec: OperatorSpec, at: At) -> Iterable[DbObject]:
        """Make the operator of its signature."""
        name, _, rest = (at.name or "").partition("(")
        types = split_commas(rest.rstrip()[:-1]) if rest.rstrip().endswith(")") else []
        if len(types) != 2 or not _NAME.fullmatch(name.strip()):  # noqa: PLR2004  both sides
            message = f"{at.name!r} is not the signature of an operator"
            at.fail("SD090", message, "write name(left type, right type), none for no left type")
            return
        left, right = (_NONE if t.lower() == _NONE else at.type(t) for t in types)
        values = {key: self.value(key, spec, at) for key in self.facts}
        path = (at.schema, name.strip(), f"{left}, {right}")
        yield Operator(Identity("operator", path), **values)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write the signature."""
        left, right = split_commas(obj.identity.path[2])
        left = _NONE if left == _NONE else style.type(left)
        return f"{obj.identity.path[1]}({left}, {style.type(right)})"

    def subject(self, path: tuple[str, ...]) -> str:
        """Write the name, which takes no quotes, and the types."""
        left, right = split_commas(path[2])
        left = "NONE" if left == _NONE else left
        return f"{ident(path[0])}.{path[1]} ({left}, {right})"

    def definition(self, new: Operator, context: Context) -> str:
        """CREATE OPERATOR."""
        del context
        schema, name, types = new.identity.path
        left, right = split_commas(types)
        options = {
            "FUNCTION": new.function,
            "LEFTARG": None if left == _NONE else left,
            "RIGHTARG": right,
            "COMMUTATOR": f"OPERATOR({new.commutator})" if new.commutator else None,
            "NEGATOR": f"OPERATOR({new.negator})" if new.negator else None,
            "RESTRICT": new.restrict,
            "JOIN": new.join,
        }
        parts = [f"{k} = {v}" for k, v in options.items() if v]
        parts += [word for word in ("HASHES", "MERGES") if getattr(new, word.lower())]
        return f"CREATE OPERATOR {ident(schema)}.{name} ({comma(parts)})"

    def drop(self, old: Operator, context: Context) -> Iterable[Operation]:
        """DROP OPERATOR, and the shells of partners that nobody has made and nobody names then.

        They would keep the schema and the types from being dropped.
        """
        yield from super().drop(old, context)
        everything = [*context.current.objects.values(), *context.desired.objects.values()]
        operators = [o for o in everything if isinstance(o, Operator) and o != old]
        taken = {self.subject(o.identity.path) for o in operators}
        taken.update(shell for o in operators for shell in _partners(o))
        for shell in sorted(set(_partners(old)) - taken):
            yield Operation(
                verb=Verb.DROP,
                target=old.identity,
                sql=f"DROP OPERATOR IF EXISTS {shell}",
                guard=Guard(_is_shell(shell)),
                lock=self.lock,
            )

    def value(self, name: str, spec: Any, at: At) -> Any:
        """Check the names of operators, which nothing quotes."""
        found = super().value(name, spec, at)
        if name in ("commutator", "negator") and found and not _NAME.fullmatch(found):
            message = f"{found!r} is not the name of an operator"
            at.fail("SD033", message, "write schema.<> or <>", name)
        return found

    def must_replace(
        self, old: Operator, new: Operator, changed: frozenset[str], context: Context
    ) -> bool:
        """A partner that is dropped takes its name along."""
        return super().must_replace(old, new, changed - self._dropped(old, new, context), context)

    def _dropped(self, old: Operator, new: Operator, context: Context) -> frozenset[str]:
        """Name the partners that the operator has no more, for they are dropped."""
        gone = [i for i in context.current.of(self.name) if i not in context.desired]
        subjects = {self.subject(i.path) for i in gone}
        return frozenset(
            name
            for name in _PARTNERS
            if getattr(new, name) is None and _partner(old, name) in subjects
        )

    def alter(
        self, old: Operator, new: Operator, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """ALTER OPERATOR … SET."""
        names = sorted(changed - self._dropped(old, new, context))
        if not names:
            return
        parts = comma(f"{n.upper()} = {getattr(new, n) or 'NONE'}" for n in names)
        yield self.change(new, f"SET ({parts})", *names)


def _is_shell(operator: str) -> str:
    """Give the condition "it is named, and nobody has made it".

    Before 16, to_regoperator() fails where a schema or a type is gone; to_regtype() does not.
    """
    name, _, types = operator.removesuffix(")").partition(" (")
    schema, _, sign = name.rpartition(".")
    left, right = (
        "0" if t == "NONE" else f"pg_catalog.to_regtype({literal(t)})" for t in split_commas(types)
    )
    home = literal(schema.strip('"').replace('""', '"'))
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_operator o "
        "JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace "
        f"WHERE n.nspname = {home} AND o.oprname = {literal(sign)} "
        f"AND o.oprleft = {left} AND o.oprright = {right} AND o.oprcode = 0)"
    )


def _partners(operator: Operator) -> Iterator[str]:
    """Give the commutator and the negator as DROP OPERATOR names them."""
    yield from filter(None, (_partner(operator, name) for name in _PARTNERS))


def _partner(operator: Operator, name: str) -> str:
    said = getattr(operator, name)
    left, right = ("NONE" if t == _NONE else t for t in split_commas(operator.identity.path[2]))
    types = (right, left) if name == "commutator" else (left, right)
    return f"{said} ({comma(types)})" if said else ""
