"""Text search templates: CREATE TEXT SEARCH TEMPLATE (manual, 12.6)."""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.kind import Context
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import NamedSpec, Text
from schemadiff.core.sql import comma
from schemadiff.kinds._form import FormKind, InSchema, in_schema, routine


class TextSearchTemplateSpec(NamedSpec):
    """The functions of a template; `lexize` alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    lexize: Text
    """The function that turns a token into lexemes."""
    init: Text | None = None
    """The function that prepares a dictionary."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the function."""
        return {"lexize": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class TextSearchTemplate(InSchema):
    """A template, made of functions in C."""

    lexize: str
    init: str | None = None


class TextSearchTemplateKind(FormKind):
    """CREATE TEXT SEARCH TEMPLATE."""

    name = "text_search_template"
    file = "text_search"
    order = 63
    model = TextSearchTemplate
    classid = "pg_ts_template"
    section = "text_search_templates"
    spec = TextSearchTemplateSpec
    attempt = f"CREATE TEXT SEARCH TEMPLATE pg_temp.{NOTHING} (LEXIZE = {NOTHING})"
    replaces = texts = functions = frozenset({"lexize", "init"})
    shadow_only = True
    spaces = frozenset({"text_search_template"})
    words = comment_on = "TEXT SEARCH TEMPLATE"
    key = ("n.nspname", "x.tmplname")
    source = in_schema("pg_ts_template", "tmpl")
    facts: ClassVar = {
        "lexize": routine("x.tmpllexize::oid"),
        "init": routine("x.tmplinit::oid"),
    }

    def definition(self, new: TextSearchTemplate, context: Context) -> str:
        """CREATE TEXT SEARCH TEMPLATE."""
        del context
        given = [f"{k.upper()} = {v}" for k in self.facts if (v := getattr(new, k)) is not None]
        return f"CREATE TEXT SEARCH TEMPLATE {new.identity.sql} ({comma(given)})"
