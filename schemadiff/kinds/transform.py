"""Transforms between a type and a language: CREATE TRANSFORM (manual).

CREATE OR REPLACE changes one in place. Its functions are named with their arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Style
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.privileged import NOTHING, Said
from schemadiff.core.record import record
from schemadiff.core.spec_model import Text
from schemadiff.core.sql import comma, ident
from schemadiff.kinds._form import CommentedSpec, FormKind


class TransformSpec(CommentedSpec):
    """A transform; the key is `type for language`."""

    from_sql: Text | None = None
    """The function that gives the language's value, as `name(internal)`."""
    to_sql: Text | None = None
    """The function that gives SQL's value, as `name(internal)`."""


@record(frozen=True, slots=True)
class Transform(DbObject):
    """A transform; its path is type and language."""

    from_sql: str | None = None
    to_sql: str | None = None


class TransformKind(FormKind):
    """CREATE OR REPLACE TRANSFORM."""

    name = "transform"
    order = 59
    model = Transform
    classid = "pg_transform"
    section = "transforms"
    spec = TransformSpec
    within = ("",)
    in_schema = False
    alters = frozenset({"from_sql", "to_sql"})
    texts = frozenset({"from_sql", "to_sql"})
    shadow_only = True
    words = comment_on = "TRANSFORM"
    source = "pg_catalog.pg_transform x JOIN pg_catalog.pg_language l ON l.oid = x.trflang"
    key = ("pg_catalog.format_type(x.trftype, NULL)", "l.lanname")
    facts: ClassVar = {
        "from_sql": "CASE WHEN x.trffromsql <> 0 THEN x.trffromsql::regprocedure::text END",
        "to_sql": "CASE WHEN x.trftosql <> 0 THEN x.trftosql::regprocedure::text END",
    }

    def expand(self, spec: TransformSpec, at: At) -> Iterable[DbObject]:
        """Make the transform of the key."""
        parts = _parts(at.name or "")
        if parts is None:
            message = f"{at.name!r} does not name a type and a language"
            at.fail("SD098", message, "write type for language")
            return
        yield Transform(
            Identity(self.name, (at.type(parts[0]), parts[1])),
            at.clause(spec.from_sql, "from_sql") if spec.from_sql else None,
            at.clause(spec.to_sql, "to_sql") if spec.to_sql else None,
        )

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write type and language."""
        type_, language = obj.identity.path
        return f"{style.type(type_)} for {ident(language)}"

    def subject(self, path: tuple[str, ...]) -> str:
        """Write type and language."""
        return f"FOR {path[0]} LANGUAGE {ident(path[1])}"

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Ask for the type, which has to be one's own, and for the language."""
        del said, changed
        functions = f"FROM SQL WITH FUNCTION pg_temp.{NOTHING}(internal)"
        yield "", f"CREATE TRANSFORM {self.subject(identity.path)} ({functions})"

    def _write(self, verb: Verb, new: Transform) -> Operation:
        parts = []
        if new.from_sql:
            parts.append(f"FROM SQL WITH FUNCTION {new.from_sql}")
        if new.to_sql:
            parts.append(f"TO SQL WITH FUNCTION {new.to_sql}")
        return Operation(
            verb=verb,
            target=new.identity,
            sql=f"CREATE OR REPLACE TRANSFORM {self.subject(new.identity.path)} ({comma(parts)})",
            lock=self.lock,
        )

    def create(self, new: Transform, context: Context) -> Iterable[Operation]:
        """CREATE OR REPLACE TRANSFORM."""
        del context
        yield self._write(Verb.CREATE, new)

    def alter(
        self, old: Transform, new: Transform, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """CREATE OR REPLACE TRANSFORM."""
        del old, changed, context
        yield self._write(Verb.ALTER, new)

    def differs(self, new: DbObject) -> str:
        """It is replaced in place; where its type is made anew it exists no more."""
        return self.exists(new)


def _parts(text: str) -> tuple[str, str] | None:
    try:
        found = code(text)
    except LexError:
        return None
    for index, token in enumerate(found):
        if token.kind is Kind.IDENT and token.value == "for" and index == len(found) - 2:
            return text[: token.start].strip(), found[-1].value
    return None
