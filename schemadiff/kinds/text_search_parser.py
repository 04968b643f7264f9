"""Text search parsers: CREATE TEXT SEARCH PARSER (manual, 12.5)."""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.kind import Context
from schemadiff.core.privileged import NOTHING
from schemadiff.core.record import record
from schemadiff.core.spec_model import NamedSpec, Text
from schemadiff.core.sql import comma
from schemadiff.kinds._form import FormKind, InSchema, in_schema, routine

_PARTS = frozenset({"start", "gettoken", "end", "lextypes", "headline"})


class TextSearchParserSpec(NamedSpec):
    """The functions of a parser."""

    start: Text
    """The function that begins."""
    gettoken: Text
    """The function that gives the next token."""
    end: Text
    """The function that ends."""
    lextypes: Text
    """The function that names the types of tokens."""
    headline: Text | None = None
    """The function that marks what was found."""


@record(frozen=True, slots=True)
class TextSearchParser(InSchema):
    """A parser, made of functions in C."""

    start: str
    gettoken: str
    end: str
    lextypes: str
    headline: str | None = None


class TextSearchParserKind(FormKind):
    """CREATE TEXT SEARCH PARSER."""

    name = "text_search_parser"
    file = "text_search"
    order = 63
    model = TextSearchParser
    classid = "pg_ts_parser"
    section = "text_search_parsers"
    spec = TextSearchParserSpec
    attempt = (
        f"CREATE TEXT SEARCH PARSER pg_temp.{NOTHING} (START = {NOTHING}, GETTOKEN = {NOTHING}, "
        f"END = {NOTHING}, LEXTYPES = {NOTHING})"
    )
    replaces = texts = functions = _PARTS
    shadow_only = True
    spaces = frozenset({"text_search_parser"})
    words = comment_on = "TEXT SEARCH PARSER"
    key = ("n.nspname", "x.prsname")
    source = in_schema("pg_ts_parser", "prs")
    facts: ClassVar = {
        "start": routine("x.prsstart::oid"),
        "gettoken": routine("x.prstoken::oid"),
        "end": routine("x.prsend::oid"),
        "lextypes": routine("x.prslextype::oid"),
        "headline": routine("x.prsheadline::oid"),
    }

    def definition(self, new: TextSearchParser, context: Context) -> str:
        """CREATE TEXT SEARCH PARSER."""
        del context
        given = [f"{k.upper()} = {v}" for k in self.facts if (v := getattr(new, k)) is not None]
        return f"CREATE TEXT SEARCH PARSER {new.identity.sql} ({comma(given)})"
