"""Arguments of routines: how SQL writes them, how the server prints them.

The surprising fact: `name type` and `type` alone look the same (`double precision`, `date time`);
what is a type as a whole has no name, which is how PostgreSQL's grammar decides too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from schemadiff.core.expression import split_commas
from schemadiff.core.identity import Identity
from schemadiff.core.lexer import Kind, Token, code
from schemadiff.core.sql import LONGEST_NAME, comma, ident
from schemadiff.core.typename import is_type

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.kind import At, Context

INPUTS = ("in", "inout", "variadic")
OUTPUTS = ("out", "inout", "table")
MODES = {"i": "in", "o": "out", "b": "inout", "v": "variadic", "t": "table"}
_NAMES = (Kind.IDENT, Kind.QUOTED)
_SHORTEST = 3  # tokens of `table()`
_ARRAYS = ("[]", "anyarray", "anycompatiblearray", '"any"')
_MODIFIER = re.compile(r"""("(?:[^"]|"")*")|\(\d+(?:,-?\d+)?\)""")


class Argument(NamedTuple):
    """One argument; an output column of RETURNS TABLE has the mode `table`."""

    mode: str
    name: str
    type: str

    @property
    def is_input(self) -> bool:
        """Tell whether a caller gives a value for it."""
        return self.mode in INPUTS

    def sql(self) -> str:
        """Write it as in a list of arguments; an output column as one of TABLE."""
        if self.mode == "table":
            return f"TABLE {ident(self.name)} {self.type}"
        return print_arguments((self,))


class Written(NamedTuple):
    """An argument as it was written: the type is still text, the default too."""

    mode: str
    name: str
    type: str
    default: str | None


class Signature(NamedTuple):
    """The key of a routine: its name, and the arguments where there are brackets."""

    name: str
    arguments: tuple[Written, ...]


def parse_signature(text: str) -> Signature:
    """Split `name(arguments)` or `name`; raises ValueError (LexError is one) with the reason."""
    found = code(text)
    opening = next((i for i, t in enumerate(found) if t.text == "("), None)
    if opening is None:
        return Signature(text.strip(), ())
    if not opening or found[-1].text != ")":
        raise ValueError("write it as name(arguments)")
    inner = text[found[opening].end : found[-1].start]
    return Signature(text[: found[opening].start].strip(), parse_arguments(inner))


def name_alone(text: str) -> str:
    """Give the name of `name(arguments)`; raises LexError."""
    opening = next((t.start for t in code(text) if t.text == "("), len(text))
    return text[:opening].strip()


def parse_arguments(text: str) -> tuple[Written, ...]:
    """Split a list of arguments; raises ValueError with the reason."""
    if not code(text):
        return ()
    return tuple(parse_argument(part) for part in split_commas(text))


def parse_argument(text: str) -> Written:
    """Split `[mode] [name] type [DEFAULT expression]`; raises ValueError with the reason."""
    found = code(text)
    cut = next((i for i, t in enumerate(found) if _starts_default(found, i)), len(found))
    default = text[found[cut].end :].strip() if cut < len(found) else None
    mode, rest = _mode(found[:cut])
    name = ""
    if not rest:
        raise ValueError(f"{text.strip()!r} has no type")
    if is_type(_text(text, rest)) is not None:
        if rest[0].kind not in _NAMES:
            raise ValueError(f"{text.strip()!r} is not an argument: write name type")
        name, rest = rest[0].value, rest[1:]
        if not mode:  # the mode may also stand behind the name
            mode, rest = _mode(rest)
        if not rest or is_type(_text(text, rest)) is not None:
            raise ValueError(f"{text.strip()!r} is not an argument: write name type")
    if len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"the name {name} is longer than 63 bytes, PostgreSQL would cut it")
    return Written(mode or "in", name, _text(text, rest), default)


def parse_table(text: str) -> tuple[Written, ...] | None:
    """Split `table(name type, …)`; None for any other text; raises ValueError with the reason."""
    found = code(text)
    shortest = len(found) < _SHORTEST
    if shortest or found[0].value != "table" or found[0].kind is not Kind.IDENT:
        return None
    if found[1].text != "(" or found[-1].text != ")":
        raise ValueError("write it as table(name type, …)")
    parts = parse_arguments(text[found[1].end : found[-1].start])
    if any(p.mode != "in" or not p.name or p.default for p in parts):
        raise ValueError("the columns of table(…) are written name type")
    return tuple(p._replace(mode="table") for p in parts)


def _starts_default(found: list[Token], index: int) -> bool:
    token = found[index]
    if token.text in ("=", ":="):
        return True
    return token.kind is Kind.IDENT and token.value == "default" and index > 0


def _mode(found: list[Token]) -> tuple[str, list[Token]]:
    if len(found) > 1 and found[0].kind is Kind.IDENT and found[0].value in MODES.values():
        word = found[0].value
        if word == "table":
            return "", found
        if word == "in" and found[1].kind is Kind.IDENT and found[1].value == "out":
            return "inout", found[2:]
        return word, found[1:]
    return "", found


def _text(text: str, found: list[Token]) -> str:
    return text[found[0].start : found[-1].end]


def without_modifier(type_: str) -> str:
    """Give the canonical type as a routine keeps it: without length and precision."""
    array = "[]" if type_.endswith("[]") else ""
    base = _MODIFIER.sub(lambda m: m.group(1) or "", type_.removesuffix("[]"))
    if base.startswith("interval "):
        base = "interval"
    return {"bpchar": "character", '"bit"': "bit"}.get(base, base) + array


def check_arguments(arguments: Iterable[Argument], at: At) -> None:
    """Report a variadic argument that is no array, and a name that two arguments have.

    One that goes in and one that comes out may have the same.
    """
    seen: dict[str, set[bool]] = {}
    for each in arguments:
        if each.mode == "variadic" and not each.type.endswith(_ARRAYS):
            at.fail("SD090", f"{at.name}: a variadic argument is an array", f"{each.type}[]")
        ways = {way for way, modes in ((True, INPUTS), (False, OUTPUTS)) if each.mode in modes}
        if each.name and ways & seen.setdefault(each.name, set()):
            message = f"{at.name}: two arguments are called {each.name}"
            at.fail("SD090", message, "give one of them another name")
            return
        if each.name:
            seen[each.name] |= ways


def resolve_arguments(
    written: Iterable[Written], type_of: Callable[[str], str]
) -> tuple[Argument, ...]:
    """Give the arguments with canonical types."""
    return tuple(Argument(w.mode, w.name, without_modifier(type_of(w.type))) for w in written)


def input_types(arguments: Iterable[Argument]) -> str:
    """Give the types that identify a routine, as `oidvectortypes` prints them."""
    return comma(a.type for a in arguments if a.is_input)


def print_arguments(
    arguments: tuple[Argument, ...],
    defaults: tuple[str, ...] = (),
    *,
    modes: bool = False,
    spelled: Callable[[str], str] = str.upper,
) -> str:
    """Print as `pg_get_function_arguments` does; `modes` marks IN too, as for procedures."""
    inputs = sum(a.is_input for a in arguments)
    position = 0
    parts: list[str] = []
    for argument in arguments:
        if argument.mode == "table":
            continue
        default = ""
        if argument.is_input:
            position += 1
            if position > inputs - len(defaults):
                default = f" {spelled('DEFAULT')} {defaults[position - 1 - inputs + len(defaults)]}"
        mode = "" if argument.mode == "in" and not modes else f"{spelled(argument.mode)} "
        name = f"{ident(argument.name)} " if argument.name else ""
        parts.append(f"{mode}{name}{argument.type}{default}")
    return comma(parts)


def print_table(arguments: Iterable[Argument]) -> str:
    """Print `TABLE(name type, …)`."""
    columns = (f"{ident(a.name)} {a.type}" for a in arguments if a.mode == "table")
    return f"TABLE({comma(columns)})"


def added(new: Any, context: Context) -> frozenset[Identity]:
    """Name the new columns of tables whose rows its defaults may make: `ROW(…)::t` has all of them.

    So has what a parsed body reads of another function's rows, of which not each server tells (14).
    Not those that rest on the routine themselves.
    """
    desired, current = context.desired, context.current
    below = desired.depends_on(new.identity)
    tables = below & current.objects.keys() if new.defaults else frozenset[Identity]()
    if new.sql_body is not None:
        called = (i for i in below if i.kind == "function" and i in current)
        tables |= {t for each in called for t in desired.depends_on(each) if t in current}
    columns = (c for t in tables for c in desired.children.get(t, ()) if c.kind == "column")
    new_ones = [c for c in columns if c not in current]
    return frozenset(c for c in new_ones if not _rests(c, new.identity, desired))


def _rests(column: Identity, on: Identity, side: Catalog) -> bool:
    queue, seen = [column, Identity("default", column.path)], set[Identity]()
    while queue:
        each = queue.pop()
        if each == on:
            return True
        if each not in seen:
            seen.add(each)
            queue += side.depends_on(each)
    return False
