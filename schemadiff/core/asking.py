"""What a kind may ask while its YAML becomes objects, and while objects become YAML.

The answers are given by the reader and the writer; a kind knows neither.
"""

from __future__ import annotations

from typing import Protocol

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject


class At(Protocol):
    """Where a spec stands in the files, and what it may ask while it becomes objects."""

    @property
    def schema(self) -> str:
        """The schema in which unqualified names of this file live."""
        ...

    @property
    def name(self) -> str | None:
        """The name that was given, or None for an unnamed constraint or index."""
        ...

    @property
    def parent(self) -> DbObject | None:
        """The object in whose section the spec stands."""
        ...

    def type(self, text: str, *keys: str | int) -> str:
        """Give a type's canonical text; reports a text that cannot be a type."""
        ...

    def collation(self, text: str, *keys: str | int) -> str:
        """Give a collation's canonical name: bare in pg_catalog, else qualified."""
        ...

    def expression(self, text: str, *keys: str | int) -> str:
        """Give the text of one expression, stripped; reports one that is not a lone expression."""
        ...

    def clause(self, text: str, *keys: str | int) -> str:
        """Give the text of a clause that is no expression but holds some, stripped."""
        ...

    def query(self, text: str, *keys: str | int) -> str:
        """Give the text of one query without its semicolon; reports one that is no lone query."""
        ...

    def relation(self, text: str, *keys: str | int) -> tuple[str, str]:
        """Resolve a relation's name as SQL writes it to (schema, name)."""
        ...

    def function(self, text: str, *keys: str | int) -> tuple[str, str]:
        """Resolve a function's name as SQL writes it to (schema, name)."""
        ...

    def body(self, file: str, *keys: str | int) -> str:
        """Read a file beside the YAML; reports one outside of the schemas folder."""
        ...

    def choose(self, first: str, second: str, label: str, *spaces: str) -> str:
        """Choose a name as PostgreSQL does, around those of the spaces ("relation" …)."""
        ...

    def child(
        self, kind: str, parent: DbObject, name: str | None, spec: object, *keys: str | int
    ) -> None:
        """Have another kind expand a part of this spec (an inline constraint of a column)."""
        ...

    def sibling(self, identity: Identity) -> DbObject | None:
        """Find an object that was expanded before."""
        ...

    def siblings(self, parent: Identity, kind: str) -> list[DbObject]:
        """List the objects of a kind that were expanded before under a parent."""
        ...

    def fail(self, code: str, message: str, hint: str = "", *keys: str | int) -> None:
        """Report a mistake at the place of the spec, or of a key inside it."""
        ...


class Style(Protocol):
    """How `pull` writes names: relative to the schema of the file."""

    @property
    def schema(self) -> str:
        """The schema of the file that is written."""
        ...

    def type(self, text: str) -> str:
        """Give a canonical type as a person would write it in this file."""
        ...

    def relation(self, schema: str, name: str) -> str:
        """Give a relation's name as a person would write it in this file."""
        ...

    def default_name(self, schema: str, first: str, second: str, label: str) -> str:
        """Give the name that PostgreSQL would choose if nothing were in the way."""
        ...
