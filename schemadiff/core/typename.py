"""The names of types, brought to the words of `format_type()` under an empty search_path.

A user may write `int`, `int4`, `pg_catalog.int4` or `integer`; the server always says `integer`.
The surprising fact: `char` is `character(1)`, `"char"` is a type of its own, `pg_catalog.char` is
that one as well, and `bpchar` is a third.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from schemadiff.core.lexer import Kind, LexError, tokens
from schemadiff.core.sql import ident, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.core.token_cursor import TokenCursor

Resolve = Callable[[tuple[str, ...]], tuple[str, ...] | None]

# What format_type() calls the types that have a name in the standard (format_type.c); `{}` is
# where the modifiers go.
_SPOKEN: Final = {
    "bit": "bit{}",
    "bool": "boolean",
    "bpchar": "character{}",
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "interval": "interval{}",
    "numeric": "numeric{}",
    "time": "time{} without time zone",
    "timestamp": "timestamp{} without time zone",
    "timestamptz": "timestamp{} with time zone",
    "timetz": "time{} with time zone",
    "varbit": "bit varying{}",
    "varchar": "character varying{}",
}
# Without modifiers these two are not what their standard names mean (`bit` is `bit(1)`).
_BARE: Final = {"bit": '"bit"', "bpchar": "bpchar", "char": '"char"', "any": '"any"'}
_PLAIN: Final = frozenset(
    """
    aclitem anyarray anycompatible anycompatiblearray anycompatiblemultirange
    anycompatiblenonarray anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange
    box bytea cid cidr circle cstring date datemultirange daterange event_trigger fdw_handler
    gtsvector index_am_handler inet int2vector int4multirange int4range int8multirange int8range
    internal json jsonb jsonpath language_handler line lseg macaddr macaddr8 money name
    nummultirange numrange oid oidvector path pg_brin_bloom_summary pg_brin_minmax_multi_summary
    pg_ddl_command
    pg_dependencies pg_lsn pg_mcv_list pg_ndistinct pg_node_tree pg_snapshot point polygon record
    refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc
    regprocedure regrole regtype table_am_handler text tid trigger tsm_handler tsmultirange tsquery
    tsrange tstzmultirange tstzrange tsvector txid_snapshot unknown uuid void xid xid8 xml
    """.split()
)
_CATALOG: Final = frozenset(_SPOKEN) | frozenset(_BARE) | _PLAIN

# Unquoted words with a grammar of their own (manual, table 8.1), and the type each stands for.
_WORDS: Final = {
    "bigint": "int8",
    "boolean": "bool",
    "dec": "numeric",
    "decimal": "numeric",
    "int": "int4",
    "integer": "int4",
    "numeric": "numeric",
    "real": "float4",
    "smallint": "int2",
}
_FIELDS: Final = {
    "year": ("month",),
    "month": (),
    "day": ("hour", "minute", "second"),
    "hour": ("minute", "second"),
    "minute": ("second",),
    "second": (),
}
_SIMPLE: Final = {
    **{name: name for name in _PLAIN},
    **{name: spoken for name, spoken in _SPOKEN.items() if "{" not in spoken},
    **{word: _SPOKEN[name].replace("{}", "") for word, name in _WORDS.items()},
    "timestamptz": "timestamp with time zone",
    "varchar": "character varying",
}
_MOST_PRECISE: Final = 6
_DOUBLE: Final = range(25, 54)
_SINGLE: Final = range(1, 25)


class TypeNameError(ValueError):
    """The text is not the name of a type; says where and why."""

    def __init__(self, offset: int, message: str) -> None:
        """Keep the offset in the text, and the reason."""
        self.offset = offset
        self.message = message
        super().__init__(message)


class _Type(NamedTuple):
    """A parsed type: the name, what follows it in brackets, and what no bracket says."""

    parts: tuple[str, ...]
    modifiers: tuple[str, ...] = ()
    # Text that stands for the modifiers as format_type() prints them (intervals only).
    suffix: str = ""
    builtin: bool = False
    array: bool = False


def canonical_type(text: str, resolve: Resolve) -> str:
    """Give what `format_type()` prints for a type, under an empty search_path.

    `resolve` gets the parts of a name that is not a built-in one and gives its full name, or None
    for what it does not know; such a name is printed as it stands. Raises `TypeNameError`
    (a `ValueError`) for a text that is not the name of a type, and for `%TYPE`.
    """
    simple = _SIMPLE.get(text)
    if simple is not None:
        return simple
    parsed = _parse(text)
    return _name(parsed, resolve) + ("[]" if parsed.array else "")


def catalog_name(canonical: str) -> tuple[str, ...]:
    """Give schema and name in pg_type of a canonical text without modifiers and `[]`."""
    for name, spoken in _SPOKEN.items():
        if spoken.replace("{}", "") == canonical:
            return ("pg_catalog", name)
    parts = parse_name(canonical)
    return parts if len(parts) > 1 else ("pg_catalog", *parts)


def is_type(text: str) -> str | None:
    """Say why a text is not the name of a type and nothing else, or None."""
    try:
        check_type(text)
    except TypeNameError as error:
        return error.message
    return None


def check_type(text: str) -> None:
    """Raise `TypeNameError` for a text that is not the name of a type and nothing else."""
    if text not in _SIMPLE:
        _parse(text)


def _name(parsed: _Type, resolve: Resolve) -> str:
    if parsed.builtin:
        return _builtin(parsed)
    parts = parsed.parts
    if parts[0] == "pg_catalog" and len(parts) > 1:
        return _builtin(parsed._replace(parts=parts[1:]))
    if len(parts) == 1 and (parts[0] in _CATALOG or parts[0].removeprefix("_") in _CATALOG):
        # pg_catalog comes first in every search_path that does not name it.
        return _builtin(parsed)
    found = resolve(parts)
    if found is None:
        return qualified(*parts) + _in_brackets(parsed.modifiers)
    if found[0] == "pg_catalog" and len(found) > 1:
        return _builtin(parsed._replace(parts=found[1:]))
    return qualified(*found) + _in_brackets(parsed.modifiers)


def _builtin(parsed: _Type) -> str:
    name, modifiers = parsed.parts[-1], parsed.modifiers
    if name.startswith("_") and name[1:] in _CATALOG:
        return _builtin(parsed._replace(parts=(name[1:],))) + ("" if parsed.array else "[]")
    if name in _BARE and not modifiers:
        return _BARE[name]
    spoken = _SPOKEN.get(name)
    if spoken is None:
        return (name if name in _PLAIN else ident(name)) + _in_brackets(modifiers)
    if name == "interval" and modifiers and not parsed.builtin:
        # As a name of its own its modifier is a mask of fields, not a precision.
        raise TypeNameError(0, "write interval without quotes and without a schema")
    if parsed.suffix:
        return spoken.replace("{}", parsed.suffix)
    if "{}" not in spoken:
        if modifiers:
            raise TypeNameError(0, f"type {spoken} takes no modifier")
        return spoken
    return spoken.replace("{}", _in_brackets(_numbers(name, modifiers)))


def _in_brackets(modifiers: tuple[str, ...]) -> str:
    return f"({','.join(modifiers)})" if modifiers else ""


def _numbers(name: str, modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Check the modifiers of a built-in type, and write them as the server does."""
    if not modifiers:
        return ()
    try:
        values = [int(modifier.strip("'")) for modifier in modifiers]
    except ValueError:
        raise TypeNameError(0, f"the modifiers of type {name} are whole numbers") from None
    if name == "numeric":
        if len(values) > 2:  # noqa: PLR2004 - precision and scale
            raise TypeNameError(0, "type numeric takes a precision and a scale")
        return (str(values[0]), str(values[1]) if len(values) > 1 else "0")
    if len(values) > 1:
        raise TypeNameError(0, f"type {name} takes one modifier")
    if name in ("interval", "time", "timetz", "timestamp", "timestamptz"):
        # The server reduces a greater precision, with a warning.
        return (str(min(values[0], _MOST_PRECISE)),)
    return (str(values[0]),)


@lru_cache(maxsize=4096)
def _parse(text: str) -> _Type:
    try:
        found = tokens(text)
    except LexError as error:
        raise TypeNameError(error.offset, error.message) from None
    for token in found:
        if token.kind is Kind.COMMENT:
            # At the end it would hide what follows the type in a statement.
            raise TypeNameError(token.start, "a comment does not belong into the name of a type")
    return _Parser(text, found).type()


class _Parser(TokenCursor):
    """Reads one type from tokens, as the grammar's Typename does (without SETOF)."""

    def fail(self, message: str, offset: int) -> NoReturn:
        raise TypeNameError(offset, message)

    def type(self) -> _Type:
        """Read the type and its array bounds; nothing may follow."""
        if not self.found:
            self.fail("there is no type", 0)
        parsed = self._spoken() or self._generic()
        if self._bounds():
            parsed = parsed._replace(array=True)
        if self.next < len(self.found):
            self.unexpected("expected the end of the type")
        return parsed

    def _word(self, *words: str) -> str | None:
        """Take the next token if it is one of these unquoted words."""
        word = self.value()
        if word not in words:
            return None
        self.next += 1
        return word

    # -- grammar

    def _spoken(self) -> _Type | None:
        """Read the types whose names are words of the grammar."""
        if self.value(1) == ".":
            return None
        word = self._word(*_WORDS)
        if word is not None:
            name = _WORDS[word]
            return _Type((name,), self._modifiers() if name == "numeric" else (), builtin=True)
        match self._word(
            "float", "double", "bit", "char", "character", "nchar", "national", "varchar", "time",
            "timestamp", "interval",
        ):  # fmt: skip
            case None:
                return None
            case "float":
                return _float(self._modifiers())
            case "double":
                self.need("precision")
                return _Type(("float8",), builtin=True)
            case "interval":
                return self._interval()
            case "time" | "timestamp" as name:
                return self._time(name)
            case name:
                return self._characters(name)

    def _characters(self, name: str) -> _Type:
        if name == "national":
            self.one_of("character", "char")
        varying = name == "varchar" or self._word("varying") is not None
        modifiers = self._modifiers()
        if name == "bit":
            stands_for = "varbit" if varying else "bit"
        else:
            stands_for = "varchar" if varying else "bpchar"
        return _Type((stands_for,), modifiers or (() if varying else ("1",)), builtin=True)

    def _time(self, name: str) -> _Type:
        modifiers = self._modifiers()
        zoned = self._word("with", "without")
        if zoned:
            self.need("time", "zone")
        return _Type((name + "tz" if zoned == "with" else name,), modifiers, builtin=True)

    def _interval(self) -> _Type:
        modifiers = self._modifiers()
        if modifiers:
            return _Type(("interval",), modifiers, builtin=True)
        first = self._word(*_FIELDS)
        if first is None:
            return _Type(("interval",), builtin=True)
        last, suffix = first, f" {first}"
        if _FIELDS[first] and self._word("to"):
            last = self.one_of(*_FIELDS[first])
            suffix += f" to {last}"
        if last == "second":
            suffix += _in_brackets(_numbers("interval", self._modifiers()))
        return _Type(("interval",), suffix=suffix, builtin=True)

    def _generic(self) -> _Type:
        parts = [self.name()]
        while self.take("."):
            parts.append(self.name())
        if len(parts) > 2:  # noqa: PLR2004 - schema and name
            self.fail(f"{'.'.join(parts)} has too many parts: write schema.type", 0)
        if self.value() == "%":
            self.unexpected("%TYPE is not supported, write the type itself")
        return _Type(tuple(parts), self._modifiers())

    def _modifiers(self) -> tuple[str, ...]:
        if not self.take("("):
            return ()
        modifiers = [self._modifier()]
        while self.take(","):
            modifiers.append(self._modifier())
        self.need(")")
        return tuple(modifiers)

    def _modifier(self) -> str:
        sign = "-" if self.take("-") else ""
        token = self.peek()
        if token is None or token.kind not in (
            Kind.NUMBER, Kind.IDENT, Kind.QUOTED, Kind.STRING,
        ):  # fmt: skip
            self.unexpected("expected a number or a name")
        self.next += 1
        return sign + token.text

    def _bounds(self) -> bool:
        if self._word("array"):
            if self.take("["):
                self._bound()
                self.need("]")
            return True
        found = False
        while self.take("["):
            token = self.peek()
            if token is not None and token.kind is Kind.NUMBER:
                self._bound()
            self.need("]")
            found = True
        return found

    def _bound(self) -> None:
        token = self.peek()
        if token is None or not token.text.isdecimal():
            self.unexpected("expected a number")
        self.next += 1


def _float(modifiers: tuple[str, ...]) -> _Type:
    if not modifiers:
        return _Type(("float8",), builtin=True)
    bits = int(modifiers[0]) if len(modifiers) == 1 and modifiers[0].isdecimal() else 0
    if bits in _SINGLE:
        return _Type(("float4",), builtin=True)
    if bits in _DOUBLE:
        return _Type(("float8",), builtin=True)
    raise TypeNameError(0, "the precision of type float is a number of 1 to 53")
