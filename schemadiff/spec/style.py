"""How `pull` writes names: as short as the files still say the same.

Each short spelling of a type is read back before it is used. The surprising fact: a name that
PostgreSQL would choose itself is left out only where nothing else in its schema has that name, for
two tables may each have a constraint of one name, and only one of them can have been given it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.kind import Registry
from schemadiff.core.lexer import LexError
from schemadiff.core.record import record
from schemadiff.core.sql import ident, qualified
from schemadiff.core.typename import canonical_type

Known = Mapping[str, frozenset[tuple[str, str]]]

_PUBLIC: Final = "public"
# The names that people use for what the standard calls at length.
_SHORT: Final = (
    (re.compile(r"timestamp(\(\d\))? with time zone"), r"timestamptz\1"),
    (re.compile(r"timestamp(\(\d\))? without time zone"), r"timestamp\1"),
    (re.compile(r"time(\(\d\))? with time zone"), r"timetz\1"),
    (re.compile(r"time(\(\d\))? without time zone"), r"time\1"),
    (re.compile(r"character varying"), "varchar"),
    (re.compile(r"character(?=\(|\[|\Z)"), "char"),
    (re.compile(r"bit varying"), "varbit"),
)


@record(frozen=True)
class Names:
    """What is called what on the side that is written; `known` adds what only the server has."""

    spaces: Mapping[str, frozenset[tuple[str, str]]]
    taken: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, catalog: Catalog, registry: Registry, known: Known | None) -> Names:
        """Collect the names of a catalog."""
        found: dict[str, set[tuple[str, str]]] = {k: set(v) for k, v in (known or {}).items()}
        holders: set[tuple[str, str, object]] = set()
        for identity, obj in catalog.objects.items():
            kind = registry[identity.kind]
            for space in kind.spaces:
                name = identity.path[kind.name_part]
                found.setdefault(space, set()).add((identity.path[0], name))
            for space, schema, name in kind.occupies(obj):
                if space in ("relation", "constraint"):
                    holders.add((schema, name, identity))
        taken = Counter((schema, name) for schema, name, _ in holders)
        return cls({k: frozenset(v) for k, v in found.items()}, taken)

    def finds(self, space: str, name: str, schema: str) -> tuple[str, str] | None:
        """Look a bare name up as it is looked up when the files are read."""
        there = self.spaces.get(space, frozenset())
        for each in (schema, _PUBLIC):
            if (each, name) in there:
                return (each, name)
        return None


@record(frozen=True)
class FileStyle:
    """The style of the files of one schema (see `core.kind.Style`)."""

    schema: str
    names: Names
    _types: dict[str, str] = field(default_factory=dict)

    def type(self, text: str) -> str:
        """Give a canonical type as a person would write it."""
        found = self._types.get(text)
        if found is None:
            found = self._types[text] = self._type(text)
        return found

    def _type(self, text: str) -> str:
        short = text
        for pattern, replacement in _SHORT:
            short = pattern.sub(replacement, short)
        for candidate in (self._bare(short), short):
            if candidate is not None and self._reads(candidate) == text:
                return candidate
        return text

    def _bare(self, text: str) -> str | None:
        """Take the schema off a type's name."""
        for schema in dict.fromkeys((self.schema, _PUBLIC)):
            head = ident(schema) + "."
            if text.startswith(head):
                return text.removeprefix(head)
        return None

    def _reads(self, text: str) -> str | None:
        try:
            return canonical_type(text, self._resolve)
        except (LexError, ValueError):
            return None

    def _resolve(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        if len(parts) > 1:
            return None if parts[0] == "pg_catalog" else parts
        return self.names.finds("type", parts[0], self.schema)

    def relation(self, schema: str, name: str) -> str:
        """Give the name of a relation or a routine as a person would write it."""
        if schema == self.schema:
            spaces = ("relation", "routine")
            found = [self.names.finds(s, name, self.schema) for s in spaces]
            if all(f in (None, (schema, name)) for f in found):
                return ident(name)
        return qualified(schema, name)

    def default_name(self, schema: str, first: str, second: str, label: str) -> str:
        """Give the name that PostgreSQL would choose, or nothing where it is not the only one."""
        name = make_name(first, second, label)
        return name if self.names.taken.get((schema, name), 0) <= 1 else ""
