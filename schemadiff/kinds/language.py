"""Procedural languages that are no extension: CREATE LANGUAGE (manual, 56)."""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, GrantedSpec, Text
from schemadiff.core.sql import lines
from schemadiff.kinds._form import FormKind, routine


class LanguageSpec(GrantedSpec):
    """A procedural language; its call handler alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    handler: Text
    """The function that runs the bodies."""
    inline: Text | None = None
    """The function that runs DO blocks."""
    validator: Text | None = None
    """The function that checks bodies."""
    trusted: Flag = False
    """Whether anybody may use it."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the handler."""
        return {"handler": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class Language(DbObject):
    """A procedural language."""

    handler: str
    inline: str | None = None
    validator: str | None = None
    trusted: bool = False


class LanguageKind(FormKind):
    """CREATE LANGUAGE."""

    name = "language"
    order = 54
    model = Language
    classid = "pg_language"
    section = "languages"
    spec = LanguageSpec
    attempt = f"CREATE LANGUAGE {NOTHING} HANDLER {NOTHING}"
    within = ("",)
    in_schema = False
    replaces = frozenset({"handler", "inline", "validator", "trusted"})
    texts = functions = frozenset({"handler", "inline", "validator"})
    shadow_only = True
    spaces = frozenset({"language"})
    is_language = True
    words = comment_on = "LANGUAGE"
    source = "pg_catalog.pg_language x"
    key = ("x.lanname",)
    facts: ClassVar = {
        "handler": routine("x.lanplcallfoid"),
        "inline": routine("x.laninline"),
        "validator": routine("x.lanvalidator"),
        "trusted": "x.lanpltrusted",
    }

    def definition(self, new: Language, context: Context) -> str:
        """CREATE LANGUAGE."""
        del context
        return lines(
            f"CREATE {'TRUSTED ' if new.trusted else ''}LANGUAGE {new.identity.sql}",
            f"HANDLER {new.handler}",
            f"INLINE {new.inline}" if new.inline else None,
            f"VALIDATOR {new.validator}" if new.validator else None,
            separator=" ",
        )
