"""Casts: CREATE CAST (manual).

A cast lives in no schema; it is known by its two types, and nothing about it can be altered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Style
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.object import DbObject
from schemadiff.core.privileged import NOTHING, Said
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, Text
from schemadiff.kinds._cast_users import with_users
from schemadiff.kinds._form import CommentedSpec, FormKind

_AS = {"explicit": "", "assignment": " AS ASSIGNMENT", "implicit": " AS IMPLICIT"}


_ORDER = tuple(_AS)
_WITHOUT = (
    f"CREATE TYPE pg_temp.{NOTHING} AS ENUM (); "
    f"CREATE CAST (pg_temp.{NOTHING} AS integer) WITHOUT FUNCTION"
)


class CastSpec(CommentedSpec):
    """A cast; the key is `source as target`. Without a function it is binary coercible."""

    function: Text | None = None
    """The function that converts."""
    inout: Flag = False
    """Whether it goes by way of text, through the types' input and output functions."""
    context: Text = "explicit"
    """`explicit`, `assignment` or `implicit`."""


@record(frozen=True, slots=True)
class Cast(DbObject):
    """A cast; its path is the source and the target type, `function` has its arguments."""

    function: str | None = None
    inout: bool = False
    context: str = "explicit"


class CastKind(FormKind):
    """CREATE CAST."""

    name = "cast"
    order = 59
    model = Cast
    classid = "pg_cast"
    section = "casts"
    spec = CastSpec
    within = ("",)
    in_schema = False
    replaces = frozenset({"function", "inout", "context"})
    dubious = True
    texts = frozenset({"function"})
    choices: ClassVar = {"context": tuple(_AS)}
    shadow_only = True
    unspoken = True
    words = comment_on = "CAST"
    source = "pg_catalog.pg_cast x"
    # The cast from a range to its multirange is a part of the type.
    only = (
        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = x.oid "
        "AND d.classid = 'pg_catalog.pg_cast'::regclass AND d.deptype = 'i')"
    )
    key = (
        "pg_catalog.format_type(x.castsource, NULL)",
        "pg_catalog.format_type(x.casttarget, NULL)",
    )
    facts: ClassVar = {
        "function": "CASE WHEN x.castmethod = 'f' THEN x.castfunc::regprocedure::text END",
        "inout": "(x.castmethod = 'i')",
        "context": "CASE x.castcontext WHEN 'e' THEN 'explicit' WHEN 'a' THEN 'assignment'"
        " ELSE 'implicit' END",
    }

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Say when values are converted without a word, and when they are not any more."""
        yield from super().hazards(old, new, changed, context)
        before, after = (_ORDER.index(c.context) if c is not None else -1 for c in (old, new))
        source, target = (new or old).identity.path
        if after > max(before, 0):
            where = "anywhere" if new.context == "implicit" else "where they are stored"
            text = f"Values of {source} become {target} {where} without being asked."
            yield hazard("cast-context", new.identity, text)
        elif after < before:
            alone = " by themselves" if new is not None else ""
            text = f"Values of {source} no longer become {target}{alone}."
            yield hazard("breaks-drop", old.identity, text)

    def expand(self, spec: CastSpec, at: At) -> Iterable[DbObject]:
        """Make the cast between the types of the key."""
        types = _types(at.name or "")
        if types is None:
            at.fail("SD090", f"{at.name!r} does not name two types", "write source as target")
            return
        yield Cast(
            Identity("cast", (at.type(types[0]), at.type(types[1]))),
            at.clause(spec.function, "function") if spec.function else None,
            spec.inout,
            self.value("context", spec, at),
        )

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """What may use a cast is made after it."""
        return current, with_users(desired)

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write both types."""
        source, target = obj.identity.path
        return f"{style.type(source)} as {style.type(target)}"

    def subject(self, path: tuple[str, ...]) -> str:
        """Write both types."""
        return f"({path[0]} AS {path[1]})"

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Ask for its types, one of which has to be one's own, and for one without a function."""
        if changed is None:
            yield "", f"CREATE CAST {self.subject(identity.path)} WITH FUNCTION pg_temp.{NOTHING}()"
            if not said("function") and not said("inout"):
                yield " without a function", _WITHOUT

    def definition(self, new: Cast, context: Context) -> str:
        """CREATE CAST."""
        del context
        how = f"WITH FUNCTION {new.function}" if new.function else "WITHOUT FUNCTION"
        if new.inout:
            how = "WITH INOUT"
        return f"CREATE CAST {self.subject(new.identity.path)} {how}{_AS[new.context]}"


def _types(text: str) -> tuple[str, str] | None:
    try:
        found = code(text)
    except LexError:
        return None
    for token in found:
        if token.kind is Kind.IDENT and token.value == "as":
            return text[: token.start].strip(), text[token.end :].strip()
    return None
