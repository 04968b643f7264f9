"""What a kind may ask while its spec becomes objects; every answer that fails keeps its place."""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from schemadiff.core.default_names import choose
from schemadiff.core.diagnostic import Place
from schemadiff.core.expression import check_clause, check_expression, check_query, strip_query
from schemadiff.core.identity import Identity
from schemadiff.core.lexer import LexError
from schemadiff.core.object import DbObject
from schemadiff.core.sql import ident, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.core.typename import canonical_type

if TYPE_CHECKING:
    from schemadiff.core.kind import ObjectKind
    from schemadiff.spec.expand import Expansion

_MAX_BODY = 16 * 1024 * 1024


class Asking(Exception):
    """A part of a spec is wrong in a way that leaves nothing to expand."""


class _NoBody(OSError):
    """A file is no text that could be the body of anything."""

    def __init__(self, reason: str) -> None:
        super().__init__(0, reason)


class Placing(Protocol):
    """A file that tells where its keys stand."""

    @property
    def file(self) -> str:
        """The path as shown."""

    @property
    def folder(self) -> Path:
        """The folder that it lies in."""

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Give the place of a key."""


class Where(NamedTuple):
    """A place in a document, and the schema in which its unqualified names live."""

    document: Placing
    path: tuple[str | int, ...]
    schema: str

    def at(self, *keys: str | int) -> Where:
        """Go further down."""
        return Where(self.document, (*self.path, *keys), self.schema)

    def place(self) -> Place:
        """Give file, line and column."""
        return self.document.place(self.path)


class Placed(NamedTuple):
    """The answers for one spec (see `core.kind.At`)."""

    run: Expansion
    kind: ObjectKind
    name: str | None
    parent: DbObject | None
    where: Where

    @property
    def schema(self) -> str:
        """The schema of unqualified names: the parent's, where there is one."""
        if self.parent is not None and len(self.parent.identity.path) > 1:
            return self.parent.identity.path[0]
        return self.where.schema

    def fail(self, code: str, message: str, hint: str = "", *keys: str | int) -> None:
        """Report a mistake."""
        self.run.report(code, message, hint, self.where.at(*keys))

    def type(self, text: str, *keys: str | int) -> str:
        """Give the canonical text of a type."""
        memo = self.run.types
        key = (self.schema, text)
        if key not in memo:
            try:
                memo[key] = canonical_type(text, self._resolve_type)
            except ValueError as error:
                hint = "write it as SQL does; what is said behind a type has a key of its own"
                self.fail("SD030", f"{text!r} is not a type: {error}", hint, *keys)
                return "text"
        return memo[key]

    def _resolve_type(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        if len(parts) > 1:
            return None if parts[0] == "pg_catalog" else parts
        return self._find("type", parts[0])

    def _find(self, space: str, name: str) -> tuple[str, str] | None:
        declared = self.run.declared.get(space, set())
        known = self.run.known.get(space, frozenset())
        self.run.asked.add((space, name))
        # The server looks there first, but a routine of one's own is what one means.
        system = ("pg_catalog",) if space == "routine" else ()
        path = tuple(dict.fromkeys((self.schema, self.where.schema, "public", *system)))
        for schema in path:
            if (schema, name) in declared:
                return (schema, name)
            if (schema, name) in known and not self._goes(space, name, path, declared):
                return (space == "type" and self._brought(name)) or (schema, name)
        if space != "type":
            return None
        elsewhere = sorted(s for s, n in known if n == name)
        if len(elsewhere) == 1:
            return self._brought(name) or (elsewhere[0], name)
        return None if elsewhere else self._to_be_brought(name)

    def _goes(
        self, space: str, name: str, path: tuple[str, ...], declared: AbstractSet[tuple[str, str]]
    ) -> bool:
        """Whether what the server has is to be dropped, and what the files declare is meant."""
        if not self.run.whole or not any((schema, name) in declared for schema in path):
            return False
        self.run.asked.add(("member", name))
        return space != "type" or all(n != name for _, n in self.run.known.get("member", ()))

    def _brought(self, name: str) -> tuple[str, str] | None:
        """Find a type that comes from an extension, in the schema that the files say for that."""
        if not self.run.homes:
            return None
        self.run.asked.add(("member", name))
        by = sorted(e for e, n in self.run.known.get("member", ()) if n == name)
        home = self.run.homes.get(by[0]) if by else None
        return (home, name) if home is not None else None

    def _to_be_brought(self, name: str) -> tuple[str, str] | None:
        """Find a type that nobody knows yet where an extension will be that is not there yet.

        Which of them brings it only they know: it is found where all of them go to one schema, or
        where one has its name.
        """
        homes = self.run.homes
        self.run.asked |= {("bringing", each) for each in homes}
        there = {each for _, each in self.run.known.get("bringing", ())}
        new = {each: home or "public" for each, home in homes.items() if each not in there}
        found = {new[name]} if name in new else set(new.values())
        if len(found) > 1:
            self.run.unclear.add(name)
            return None
        return (found.pop(), name) if found else None

    def collation(self, text: str, *keys: str | int) -> str:
        """Give a collation's canonical name."""
        parts = self._name(text, *keys)
        if len(parts) > 1 and parts[0] != "pg_catalog":
            return qualified(*parts)
        found = self._find("collation", parts[-1]) if len(parts) == 1 else None
        return qualified(*found) if found else ident(parts[-1])

    def expression(self, text: str, *keys: str | int) -> str:
        """Give the text of a lone expression."""
        if (reason := check_expression(text)) is not None:
            hint = _ONE if text.strip() else _EMPTY
            self.fail("SD031", f"{_short(text)} is not one expression: {reason}", hint, *keys)
            raise Asking
        return text.strip()

    def clause(self, text: str, *keys: str | int) -> str:
        """Give the text of a clause, checked for brackets and semicolons alike."""
        reason = check_clause(text)
        if reason is not None:
            self.fail("SD031", f"{_short(text)} cannot stand here: {reason}", _ONE, *keys)
            raise Asking
        return text.strip()

    def query(self, text: str, *keys: str | int) -> str:
        """Give the text of a lone query, without its semicolon."""
        if (reason := check_query(text)) is not None:
            hint = "write one SELECT, WITH, VALUES or TABLE"
            self.fail("SD032", f"{_short(text)} is not one query: {reason}", hint, *keys)
            raise Asking
        return strip_query(text)

    def relation(self, text: str, *keys: str | int) -> tuple[str, str]:
        """Resolve a relation's name."""
        return self._resolve("relation", text, *keys)

    def function(self, text: str, *keys: str | int) -> tuple[str, str]:
        """Resolve a function's name."""
        return self._resolve("routine", text, *keys)

    def _resolve(self, space: str, text: str, *keys: str | int) -> tuple[str, str]:
        parts = self._name(text, *keys)
        if len(parts) > 1:
            return (parts[0], parts[1])
        return self._find(space, parts[0]) or (self.schema, parts[0])

    def _name(self, text: str, *keys: str | int) -> tuple[str, ...]:
        try:
            parts = parse_name(text)
        except (LexError, ValueError) as error:
            hint = 'write name or schema.name, "Quoted" where it has capitals'
            self.fail("SD033", f"{_short(text)} is not a name: {error}", hint, *keys)
            raise Asking from error
        if len(parts) > 2:  # noqa: PLR2004  schema and name
            self.fail("SD033", f"{_short(text)} has too many parts", "write schema.name", *keys)
            raise Asking
        return parts

    def body(self, file: str, *keys: str | int) -> str:
        """Read a file beside the YAML."""
        root = self.run.root.resolve()
        path = (self.where.document.folder / file).resolve()
        if not path.is_relative_to(root):
            hint = f"keep it below {self.run.root}"
            self.fail("SD034", f"{file} lies outside of the schemas folder", hint, *keys)
            raise Asking
        try:
            # Neither is read: a pipe that nobody writes to would never end.
            if path.exists() and not path.is_file():
                raise _NoBody("it is not a file")
            if path.stat().st_size > _MAX_BODY:
                raise _NoBody("it is larger than 16 MiB")
            data = path.read_bytes()
            self.run.bodies[str(path)] = hashlib.sha256(data).hexdigest()
            text = data.decode().replace("\r\n", "\n").replace("\r", "\n")
            if "\0" in text:
                raise _NoBody("it has a zero byte, which is in no text of PostgreSQL")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            hint = f"name a text file in UTF-8, as seen from {self.where.document.folder}"
            self.fail("SD034", f"{file!r} cannot be read: {reason}", hint, *keys)
            raise Asking from error
        return text

    def choose(self, first: str, second: str, label: str, *spaces: str) -> str:
        """Choose a name as PostgreSQL does."""
        taken = self.run.taken
        schema = self.schema

        def is_taken(name: str) -> bool:
            return any((space, schema, name) in taken for space in spaces)

        return choose(first, second, label, is_taken)

    def child(
        self, kind: str, parent: DbObject, name: str | None, spec: object, *keys: str | int
    ) -> None:
        """Have another kind expand a part of this spec."""
        self.run.child(self.run.registry[kind], parent, name, spec, self.where.at(*keys))

    def sibling(self, identity: Identity) -> DbObject | None:
        """Find an object that was expanded before."""
        return self.run.find(identity)

    def siblings(self, parent: Identity, kind: str) -> list[DbObject]:
        """List the objects of a kind that were expanded before under a parent."""
        found = map(self.run.find, self.run.by_parent.get((parent, kind), ()))
        return [obj for obj in found if obj is not None]


_EMPTY = "an empty text is \"''\": the quotes of SQL inside of those of YAML"
_ONE = "write one expression, with its brackets and quotes closed and without a semicolon"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else line[:57] + "...")  # noqa: PLR2004  a readable line
