"""Text search dictionaries: CREATE TEXT SEARCH DICTIONARY (manual, 12.6).

The server keeps the options as one text, `language = 'english', stopwords = 'english'`; in YAML
they are a mapping. An option is taken away by naming it without a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.expression import split_commas
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, Row, Style, YamlValue
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation
from schemadiff.core.record import record
from schemadiff.core.spec_model import OwnedSpec, Text
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._form import FormKind, InSchema, in_schema, named

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class TextSearchDictionarySpec(OwnedSpec):
    """A dictionary; its template alone is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    template: Text
    """The template: `simple`, `synonym`, `ispell`, `snowball`, `thesaurus`."""
    options: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Options of the template."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the template."""
        return {"template": value} if isinstance(value, str) else value


@record(frozen=True, slots=True)
class TextSearchDictionary(InSchema):
    """A dictionary; options as the server prints them, None where there are none."""

    template: str
    options: str | None = None


class TextSearchDictionaryKind(FormKind):
    """CREATE TEXT SEARCH DICTIONARY."""

    name = "text_search_dictionary"
    file = "text_search"
    order = 64
    model = TextSearchDictionary
    classid = "pg_ts_dict"
    section = "text_search_dictionaries"
    spec = TextSearchDictionarySpec
    replaces = frozenset({"template"})
    alters = frozenset({"options"})
    texts = frozenset({"template", "options"})
    functions = frozenset({"template"})
    shadow_only = True
    spaces = frozenset({"text_search_dictionary"})
    words = comment_on = "TEXT SEARCH DICTIONARY"
    key = ("n.nspname", "x.dictname")
    source = in_schema("pg_ts_dict", "dict")
    facts: ClassVar = {
        "template": named("pg_ts_template", "tmpl", "x.dicttemplate"),
        "options": "x.dictinitoption",
    }

    def read(self, row: Row, names: Names) -> DbObject | None:
        """Make the dictionary; an empty text stands for no options, like none."""
        return super().read([*row[:-1], row[-1] or None], names)

    def expand(self, spec: TextSearchDictionarySpec, at: At) -> Iterable[DbObject]:
        """Make the dictionary; options are names and strings."""
        options = comma(f"{ident(k)} = {_written(v)}" for k, v in spec.options.items())
        yield TextSearchDictionary(
            Identity(self.name, self.path(spec, at)),
            self.value("template", spec, at),
            options or None,
        )

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the template alone where there is nothing else."""
        assert isinstance(obj, TextSearchDictionary)
        values: dict[str, YamlValue] = {"template": obj.template}
        if obj.options:
            values["options"] = {name: _read(value) for name, value in _pairs(obj.options)}
        values |= nested
        return obj.template if len(values) == 1 else values

    def definition(self, new: TextSearchDictionary, context: Context) -> str:
        """CREATE TEXT SEARCH DICTIONARY."""
        del context
        options = f", {new.options}" if new.options else ""
        return (
            f"CREATE TEXT SEARCH DICTIONARY {new.identity.sql} (TEMPLATE = {new.template}{options})"
        )

    def alter(
        self,
        old: TextSearchDictionary,
        new: TextSearchDictionary,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Operation]:
        """ALTER TEXT SEARCH DICTIONARY; every option is said anew, for their order counts."""
        del changed, context
        gone = [ident(name) for name, _ in _pairs(old.options or "")]
        kept = [new.options] if new.options else []
        given = {name for name, _ in _pairs(new.options or "")}
        parts = comma([*(g for g in gone if g not in map(ident, given)), *kept])
        yield self.change(new, f"({parts})", "options")


def _pairs(options: str) -> Iterable[tuple[str, str]]:
    if not options:
        return
    for each in split_commas(options):
        found = code(each)
        yield found[0].value, each[found[2].start :].strip()


def _written(value: str) -> str:
    """Write a value: a number as it is, what stands in quotes already too, the rest as a string."""
    if _NUMBER.fullmatch(value):
        return value
    try:
        found = code(value)
    except LexError:
        return literal(value)
    is_string = len(found) == 1 and found[0].kind is Kind.STRING and value[0] == "'"
    return value if is_string else literal(value)


def _read(value: str) -> str:
    """Take the quotes off a string where that says the same."""
    found = code(value)
    if len(found) != 1 or found[0].kind is not Kind.STRING:
        return value
    return found[0].value if _written(found[0].value) == value else value
