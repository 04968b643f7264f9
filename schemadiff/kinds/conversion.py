"""Conversions between encodings: CREATE CONVERSION (manual)."""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.kind import Context
from schemadiff.core.record import record
from schemadiff.core.spec_model import Flag, OwnedSpec, Text
from schemadiff.core.sql import literal
from schemadiff.kinds._form import FormKind, InSchema, in_schema, routine


class ConversionSpec(OwnedSpec):
    """A conversion from one encoding to another."""

    guesses: ClassVar = {"for": "source", "from": "source", "to": "target"}

    source: Text
    """The encoding that it converts from."""
    target: Text
    """The encoding that it converts to."""
    function: Text
    """The function that converts."""
    default: Flag = False
    """Whether the server uses it for these encodings."""


@record(frozen=True, slots=True)
class Conversion(InSchema):
    """A conversion; encodings as `pg_encoding_to_char` calls them."""

    source: str
    target: str
    function: str
    default: bool = False


class ConversionKind(FormKind):
    """CREATE CONVERSION."""

    name = "conversion"
    order = 58
    model = Conversion
    classid = "pg_conversion"
    section = "conversions"
    spec = ConversionSpec
    replaces = frozenset({"source", "target", "function", "default"})
    texts = frozenset({"source", "target", "function"})
    functions = frozenset({"function"})
    shadow_only = True
    words = comment_on = "CONVERSION"
    key = ("n.nspname", "x.conname")
    source = in_schema("pg_conversion", "con")
    facts: ClassVar = {
        "source": "pg_catalog.pg_encoding_to_char(x.conforencoding)",
        "target": "pg_catalog.pg_encoding_to_char(x.contoencoding)",
        "function": routine("x.conproc::oid"),
        "default": "x.condefault",
    }

    def definition(self, new: Conversion, context: Context) -> str:
        """CREATE CONVERSION."""
        del context
        default = "DEFAULT " if new.default else ""
        return (
            f"CREATE {default}CONVERSION {new.identity.sql} FOR {literal(new.source)} "
            f"TO {literal(new.target)} FROM {new.function}"
        )
