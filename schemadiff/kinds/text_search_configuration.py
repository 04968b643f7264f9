"""Text search configurations: CREATE TEXT SEARCH CONFIGURATION (manual, 12.7).

What dictionaries a type of token goes to is a kind of its own (`text_search_mapping`).
"""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.kind import Context, Style, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.core.spec_model import OwnedSpec, Text
from schemadiff.kinds._form import FormKind, InSchema, in_schema, named


class TextSearchConfigurationSpec(OwnedSpec):
    """A configuration; the mappings nest in it."""

    parser: Text = "default"
    """The parser that splits the text."""


@record(frozen=True, slots=True)
class TextSearchConfiguration(InSchema):
    """A configuration."""

    parser: str = '"default"'


class TextSearchConfigurationKind(FormKind):
    """CREATE TEXT SEARCH CONFIGURATION."""

    name = "text_search_configuration"
    file = "text_search"
    order = 65
    model = TextSearchConfiguration
    classid = "pg_ts_config"
    section = "text_search_configurations"
    spec = TextSearchConfigurationSpec
    replaces = frozenset({"parser"})
    texts = functions = frozenset({"parser"})
    shadow_only = True
    spaces = frozenset({"text_search_configuration"})
    words = comment_on = "TEXT SEARCH CONFIGURATION"
    key = ("n.nspname", "x.cfgname")
    source = in_schema("pg_ts_config", "cfg")
    facts: ClassVar = {"parser": named("pg_ts_parser", "prs", "x.cfgparser")}

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the parser where it is another one."""
        return {**self.plain_yaml(obj, style), **nested}

    def definition(self, new: TextSearchConfiguration, context: Context) -> str:
        """CREATE TEXT SEARCH CONFIGURATION."""
        del context
        return f"CREATE TEXT SEARCH CONFIGURATION {new.identity.sql} (PARSER = {new.parser})"
