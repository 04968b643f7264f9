"""Values of attributes as text: one value, and what differs between two.

Everything that is shown goes through `one_line` or `printable`: a name may hold line feeds and
escape sequences, and must neither end an SQL comment nor speak to a terminal.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, NamedTuple

from schemadiff.core.identity import Identity

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]

# Attributes that need no name in front of their value.
SPEAKING = frozenset({"type", "expression", "text", "definition", "name"})

_BYTE = 0x100  # below, two hexadecimal digits say a character
_NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class _Option(str):
    """The name of an option, which is written as it is."""

    __slots__ = ()


class Difference(NamedTuple):
    """One part that differs: its sign, where it is inside the attribute, and both values."""

    sign: str
    place: str
    old: str
    new: str


def plain(value: object) -> Plain:
    """Give a value in the words of JSON: what is frozen becomes lists and mappings."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Identity):
        return str(value)
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple) and callable(said := getattr(value, "sql", None)):
        return str(said())  # as SQL writes it is how everybody reads it
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {k: plain(v) for k, v in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, AbstractSet):
        return [plain(v) for v in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return str(value)


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    return _NAMED_ESCAPES.get(character) or (
        f"\\x{number:02x}" if number < _BYTE else f"\\u{number:04x}"
    )


def one_line(text: str) -> str:
    """Write whatever does not print, line ends first of all, as an escape."""
    return text if text.isprintable() else "".join(map(_escape, text))


def printable(text: str) -> str:
    """Escape what does not print, but keep line ends and tabs."""
    text = text.replace("\r\n", "\n")
    return "".join(c if c in "\n\t" else _escape(c) for c in text)


def show(value: Plain) -> str:
    """Write a value on one line."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case "":
            return "''"
        case str():
            return one_line(value)
        case list():
            return "[" + ", ".join(map(show, value)) + "]"
        case dict():
            return _show_parts(value)
        case _:
            return str(value)


def _show_parts(value: dict[str, Plain]) -> str:
    """Write what has parts; what is off, absent or empty says nothing about a whole value."""
    said = {k: v for k, v in value.items() if v or (isinstance(v, int | float) and v is not False)}
    head = show(said.pop(next(iter(said)))) if next(iter(said), "") in SPEAKING else ""
    rest = ", ".join(words(k) if v is True else f"{words(k)}: {show(v)}" for k, v in said.items())
    if not head:
        return f"{{{rest}}}"
    return f"{head} ({rest})" if rest else head


def words(name: str) -> str:
    """Write an attribute's name as words."""
    return one_line(name).replace("_", " ")


def shorten(text: str, width: int) -> str:
    """Cut a text to a width; the mark says that something is missing."""
    return text if len(text) <= width else text[: max(width - 2, 8)].rstrip() + " …"


def is_nested(value: Plain) -> bool:
    """Tell whether a value has parts."""
    return isinstance(value, list | dict)


def is_list(value: Plain) -> bool:
    """Tell whether a value is a list of what has no parts."""
    return isinstance(value, list) and not any(map(is_nested, value))


def nested_differences(old: Plain, new: Plain) -> list[Difference]:
    """Give the parts in which two nested values differ."""
    from deepdiff import DeepDiff

    old, new = _by_name(old, new)
    found = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0)
    levels = [(group, level) for group, members in found.items() for level in members]
    parts = [_difference(group, level) for group, level in levels]
    return sorted(parts, key=lambda d: (d.place, d.sign))


def _by_name(old: Plain, new: Plain) -> tuple[Plain, Plain]:
    """Give two lists of what has names as mappings, where what both have stands in one order.

    Options are told by their names whatever their order, unless nothing else differs.
    """
    before, after = _options(old), _options(new)
    if before is not None and after is not None and before != after:
        return before, after
    before, after = _named(old), _named(new)
    if before is None or after is None:
        return old, new
    if [n for n in before if n in after] != [n for n in after if n in before]:
        return old, new
    return before, after


def _options(value: Plain) -> dict[str, Any] | None:
    """Give a list of names with their values, such as storage parameters, as a mapping."""
    pairs: list[Any] = value if isinstance(value, list) else [value]
    if not all(is_list(pair) and len(pair) == len(("name", "value")) for pair in pairs):
        return None
    found: dict[str, Any] = {_Option(name): said for name, said in pairs}
    return found if len(found) == len(pairs) else None


def _named(value: Plain) -> dict[str, Any] | None:
    if not isinstance(value, list) or not all(isinstance(v, dict) and v.get("name") for v in value):
        return None
    found = {str(v["name"]): {k: w for k, w in v.items() if k != "name"} for v in value}
    return found if len(found) == len(value) else None


def _difference(group: str, level: Any) -> Difference:
    place = "".join(
        f"[{step}]" if isinstance(step, int) else f" {_part(step)}"
        for step in level.path(output_format="list")
    )
    if group.endswith("_added"):
        return Difference("+", place, "", show(level.t2))
    if group.endswith("_removed"):
        return Difference("-", place, show(level.t1), "")
    return Difference("~", place, show(level.t1), show(level.t2))


def _part(step: object) -> str:
    return one_line(step) if isinstance(step, _Option) else words(str(step))


def text_differences(old: str, new: str, context: int = 2) -> Iterator[tuple[str, str]]:
    """Give the lines of two texts that differ, with a sign each and a little around them."""
    before, after = printable(old).splitlines(), printable(new).splitlines()
    if before == after:  # they differ in what is at the ends of lines alone
        before, after = [one_line(old)], [one_line(new)]
    # Two lines of file names and the first line of numbers say nothing here.
    for line in list(difflib.unified_diff(before, after, lineterm="", n=context))[3:]:
        sign = line[0]
        yield ("@", "…") if sign == "@" else (sign.replace(" ", "@"), line[1:])
