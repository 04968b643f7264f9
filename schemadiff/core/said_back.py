"""SQL in the server's own words, written so that the server reads the same and prints the same.

The surprising fact: `status IN ('a', 'b')` of a varchar is printed as
`(status)::text = ANY ((ARRAY['a'::character varying, …])::text[])`, and that is read as something
else: a cast right behind ARRAY[…] is one of each element (manual, 4.2.12). With the array's own
type said in between it is one of the array again, which changes no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from schemadiff.core.lexer import Kind, LexError, Token, tokens

_NAMES: Final = (Kind.IDENT, Kind.QUOTED)
_OPENING, _CLOSING = ("(", "["), (")", "]")
# Types of several words, which are the only ones (manual, table 8.1).
_WORDS: Final = {
    ("bit", "varying"), ("character", "varying"), ("double", "precision"),
    ("time", "with", "time", "zone"), ("time", "without", "time", "zone"),
    ("timestamp", "with", "time", "zone"), ("timestamp", "without", "time", "zone"),
}  # fmt: skip


def said_back(sql: str) -> str:
    """Say the type of each array between it and a cast to another one."""
    if "ARRAY[" not in sql:
        return sql
    try:
        found = [t for t in tokens(sql) if t.kind is not Kind.COMMENT]
    except LexError:
        return sql
    for end, type_ in reversed([*_arrays(sql, found)]):
        sql = f"{sql[:end]}::{type_}[]{sql[end:]}"
    return sql


def _arrays(sql: str, found: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Give where arrays in brackets end that are cast, and the type that all of an array's have."""
    for number, token in enumerate(found[1:-1], 1):
        opened = found[number - 1].text == "(" and found[number + 1].text == "["
        if token.kind is not Kind.IDENT or token.value != "array" or not opened:
            continue
        elements, last = _elements(found, number + 1)
        behind = [t.text for t in found[last + 1 : last + 3]]
        types = {_type(sql, element) for element in elements}
        if behind == [")", "::"] and len(types) == 1 and (type_ := types.pop()):
            yield found[last].end, type_


def _elements(found: Sequence[Token], opening: int) -> tuple[list[list[Token]], int]:
    """Split at the commas of a list; give where it ends as well."""
    elements: list[list[Token]] = [[]]
    depth = 0
    for number, token in enumerate(found[opening:], opening):
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0:
            return elements, number
        if depth == 1 and token.text == ",":
            elements.append([])
        elif number != opening:
            elements[-1].append(token)
    return [], opening


def _type(sql: str, element: Sequence[Token]) -> str:
    """Give the type that an element is cast to last, without a modifier; empty where none is."""
    depth, outer = 0, list[Token]()
    for token in element:
        depth -= token.text in _CLOSING
        outer += [token] if depth == 0 and token.kind is Kind.OPERATOR else []
        depth += token.text in _OPENING
    if any(token.text != "::" for token in outer):
        return ""  # what is cast last may be one side of it
    casts = [number for number, token in enumerate(element) if token.text == "::"]
    name = element[casts[-1] + 1 :] if casts else []
    if not name or any(t.kind not in _NAMES and t.text != "." for t in name):
        return ""
    words = tuple(t.text for t in name)
    plain = all((t.text == ".") == bool(n % 2) for n, t in enumerate(name)) and len(name) % 2
    return sql[name[0].start : name[-1].end] if plain or words in _WORDS else ""
