"""Objects that no file makes, since the server or an extension brings them: how GRANT names them.

The surprising fact: GRANT takes no word for a type that is not its name in pg_type, so `integer`
is `pg_catalog.int4` here.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At
from schemadiff.core.lexer import Kind, code
from schemadiff.core.record import record
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.core.typename import catalog_name
from schemadiff.kinds._arguments import (
    input_types,
    parse_signature,
    resolve_arguments,
    without_modifier,
)
from schemadiff.kinds._privileges import FUNCTIONS, GRANTABLE, SCHEMAS, SEQUENCES, TABLES, TYPES
from schemadiff.kinds._privileges import Grantable as Class

EVERYWHERE = "plpgsql"  # the extension that every database has

_ROUTINES = ("function", "procedure")
_INFORMATION = "information_schema"

# By the words behind ON; several may mean one class of objects.
_CLASSES: dict[str, Class] = {
    "table": TABLES,
    "sequence": SEQUENCES,
    "function": FUNCTIONS,
    "procedure": GRANTABLE["procedure"],
    "type": TYPES,
    "schema": SCHEMAS,
    "language": GRANTABLE["language"],
    "foreign data wrapper": GRANTABLE["foreign_data_wrapper"],
    "foreign server": GRANTABLE["server"],
}
_SAME = {
    "view": "table",
    "materialized view": "table",
    "foreign table": "table",
    "aggregate": "function",
    "domain": "type",
    "server": "foreign server",
}
# Catalog, and what its columns begin with.
_CATALOGS = {
    "table": ("pg_class", "rel"),
    "sequence": ("pg_class", "rel"),
    "function": ("pg_proc", "pro"),
    "procedure": ("pg_proc", "pro"),
    "type": ("pg_type", "typ"),
    "schema": ("pg_namespace", "nsp"),
    "language": ("pg_language", "lan"),
    "foreign data wrapper": ("pg_foreign_data_wrapper", "fdw"),
    "foreign server": ("pg_foreign_server", "srv"),
}
_HINT = "write it as GRANT does: function f(integer), table pg_catalog.pg_authid, type cube"


@record(frozen=True, slots=True)
class Brought:
    """What stands behind ON: the words, the name with its schema, the types of arguments."""

    word: str
    name: tuple[str, ...]
    arguments: str | None = None

    @property
    def grantable(self) -> Class:
        """What can be granted on it."""
        return _CLASSES[self.word]

    @property
    def key(self) -> str:
        """The key in YAML, which is its name here as well."""
        return f"{self.word} {self._called}"

    @property
    def sql(self) -> str:
        """What stands between ON and TO."""
        return f"{self.grantable.words} {self._called}"

    @property
    def _called(self) -> str:
        arguments = "" if self.arguments is None else f"({self.arguments})"
        return qualified(*self.name) + arguments

    def moved(self, old: str, new: str) -> Brought:
        """Give the same after the objects of an extension went to another schema."""
        if len(self.name) == 1 or self.name[0] != old:
            return self
        arguments = self.arguments
        if arguments:
            # Types of its own stand in it by their names, each before a comma or a bracket.
            parts = (a.strip() for a in arguments.split(","))
            before, after = f"{ident(old)}.", f"{ident(new)}."
            arguments = comma(
                after + p.removeprefix(before) if p.startswith(before) else p for p in parts
            )
        return Brought(self.word, (new, self.name[1]), arguments)

    def exists(self, more: str = "") -> str:
        """Give the condition that the server or an extension has brought it."""
        catalog, prefix = _CATALOGS[self.word]
        return (
            f"EXISTS (SELECT 1 FROM pg_catalog.{catalog} x WHERE {self._condition(prefix)}"
            f" AND (x.oid < 16384 OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend d"
            f" WHERE d.classid = 'pg_catalog.{catalog}'::regclass AND d.objid = x.oid"
            f" AND d.deptype = 'e')){more})"
        )

    @property
    def of_others(self) -> str:
        """Give the condition that the session is no member of its owner."""
        prefix = _CATALOGS[self.word][1]
        return self.exists(f" AND NOT pg_catalog.pg_has_role(x.{prefix}owner, 'USAGE')")

    def _condition(self, prefix: str) -> str:
        named = f"x.{prefix}name = {literal(self.name[-1])}"
        if len(self.name) == 1:
            return named
        schema = f"pg_catalog.to_regnamespace({literal(ident(self.name[0]))})"
        named = f"x.{prefix}namespace = {schema} AND {named}"
        if self.word == "type":
            return f"{named} AND x.typtype <> 'm'"
        if self.arguments is None:
            return f"{named} AND x.relkind {'=' if self.word == 'sequence' else '<>'} 'S'"
        which = f"x.prokind {'=' if self.word == 'procedure' else '<>'} 'p'"
        types = f"pg_catalog.oidvectortypes(x.proargtypes) = {literal(self.arguments)}"
        return f"{named} AND {which} AND {types}"

    def made_as(self) -> tuple[Identity, ...]:
        """Name what the files would call it if they made it."""
        kinds = (k for k, c in GRANTABLE.items() if c.plural == self.grantable.plural)
        path = self.name if self.arguments is None else (*self.name, self.arguments)
        return tuple(Identity(kind, path) for kind in kinds)


def parse_brought(at: At) -> Brought | None:
    """Read the key; reports what names nothing that the server or an extension could bring."""
    text = at.name or ""
    word, rest = _word(text)
    if not word or not rest:
        first = " ".join(text.split()[:1]).lower()
        close = get_close_matches(first, (*_CLASSES, *_SAME), 1)
        hint = f"did you mean {close[0]} …?" if close else _HINT
        at.fail("SD111", f"{text!r} does not say what kind of object it is, and its name", hint)
        return None
    try:
        found = _named(word, rest, at)
    except ValueError as error:  # LexError is one
        at.fail("SD111", f"{text!r} cannot be read: {error}", _HINT)
        return None
    if _INFORMATION in found.name[:1]:
        message = f"PostgreSQL does not keep what initdb granted in {_INFORMATION}"
        at.fail("SD111", message, "leave it out: pg_dump writes no grants on it either")
        return None
    if found.word == "schema" and found.name == ("public",):
        at.fail("SD111", "the schema public is the files' own", _above("schema public"))
        return None
    return found


@lru_cache(4096)
def brought_of(key: str) -> Brought:
    """Give what a key speaks of, as `Brought.key` writes it."""
    word, rest = _word(key)
    if word in _ROUTINES:
        opening = next(t for t in code(rest) if t.text == "(")
        return Brought(word, parse_name(rest[: opening.start]), rest[opening.end : -1])
    return Brought(word, parse_name(rest))


def made_here(what: str) -> str:
    """Say that the files make something themselves."""
    return f"{what} is made by the files, and so are the grants on it"


def _above(what: str) -> str:
    return f"write grants: at {what}"


def _word(text: str) -> tuple[str, str]:
    """Split the words for the class from the name; both are empty where there are none."""
    tokens = code(text)
    for length in (3, 2, 1):
        heads = tokens[:length]
        word = " ".join(t.value for t in heads)
        plain = all(t.kind is Kind.IDENT for t in heads)
        if plain and len(tokens) > length and (word in _CLASSES or word in _SAME):
            return _SAME.get(word, word), text[tokens[length].start :].strip()
    return "", ""


def _named(word: str, rest: str, at: At) -> Brought:
    if word in _ROUTINES:
        signature = parse_signature(rest)
        if "(" not in rest:
            raise ValueError("the types of its arguments are missing: write f(integer), or f()")
        types = input_types(resolve_arguments(signature.arguments, at.type))
        return Brought(word, at.function(signature.name), types)
    if word == "type":
        return Brought(word, catalog_name(without_modifier(at.type(rest))))
    if _CATALOGS[word][0] == "pg_class":
        return Brought(word, at.relation(rest))
    parts = parse_name(rest)
    if len(parts) > 1:
        raise ValueError(f"a {word} is in no schema")
    return Brought(word, parts)
