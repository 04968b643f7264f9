"""One key of an index or exclusion constraint: a column or an expression, and how it is sorted.

Read from SQL's own form (`lower(name) text_pattern_ops desc`) and written exactly as
pg_get_indexdef() does. The surprising fact: an expression has brackets around it unless it looks
like a call, and operators have a second pair; both are left out here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from schemadiff.core.default_names import has_operator
from schemadiff.core.expression import UNCLOSED, split_commas
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._constraint import as_printed, bare

_NAMES: Final = (Kind.IDENT, Kind.QUOTED)
_CONSTANTS: Final = ("true", "false", "null")


class IndexColumn(NamedTuple):
    """A key: names as SQL writes them, None where the server's default holds."""

    text: str  # the name of a column, or an expression without outer brackets
    is_expression: bool = False
    collation: str | None = None
    opclass: str | None = None
    opclass_options: tuple[tuple[str, str], ...] = ()
    desc: bool = False
    nulls_first: bool = False

    def spellings(self) -> tuple[str, ...]:
        """Write the key in each way in which the server may print it; all mean the same."""
        return tuple(
            lines(
                each,
                f"COLLATE {self.collation}" if self.collation else None,
                self.opclass,
                self._options(),
                "DESC" if self.desc else None,
                self._nulls(),
                separator=" ",
            )
            for each in self._subjects()
        )

    def sql(self) -> str:
        """Write the key so that it is understood."""
        return self.spellings()[0]

    def _subjects(self) -> tuple[str, ...]:
        if not self.is_expression:
            return (ident(self.text),)
        printed = as_printed(self.text)
        if looks_like_call(self.text):
            return (self.text, f"({self.text})")
        if has_operator(self.text):
            return (f"(({printed}))", f"({printed})")
        return (f"({printed})", f"(({printed}))")

    def _options(self) -> str | None:
        if not self.opclass_options:
            return None
        return f"({comma(f'{ident(k)}={_value(v)}' for k, v in self.opclass_options)})"

    def _nulls(self) -> str | None:
        if self.nulls_first == self.desc:
            return None
        return "NULLS FIRST" if self.nulls_first else "NULLS LAST"

    def yaml(self) -> str:
        """Write the key as a person would."""
        subject = ident(self.text)
        if self.is_expression:
            subject = self.text if looks_like_call(self.text) else f"({self.text})"
        return lines(
            subject,
            f"collate {self.collation}" if self.collation else None,
            self.opclass,
            self._options(),
            "desc" if self.desc else None,
            (self._nulls() or "").lower(),
            separator=" ",
        )


def _value(value: str) -> str:
    return value if ident(value) == value else literal(value)


def looks_like_call(text: str) -> bool:
    """Tell whether a text is one call of a function, which needs no brackets."""
    try:
        found = code(text)
    except LexError:
        return False
    position = 0
    while position + 1 < len(found) and found[position + 1].text == ".":
        position += 2
    if position + 1 >= len(found) or found[position].kind not in _NAMES:
        return False
    if found[position].kind is Kind.IDENT and found[position].value in _NO_FUNCTIONS:
        return False
    return found[position + 1].text == "(" and _closing(found, position + 1) == len(found) - 1


# Words before a bracket that are neither a function nor of its syntax.
_NO_FUNCTIONS: Final = frozenset("array case cast exists in not and or row any all some".split())


@lru_cache(65536)
def parse_index_column(text: str) -> IndexColumn:
    """Split a key as CREATE INDEX writes it; raises ValueError with the reason."""
    found = code(text)
    if not found:
        raise ValueError("it is empty")
    nulls_first, found = _take_nulls(found)
    desc = _is_word(found, -1, "desc")
    if desc or (len(found) > 1 and _is_word(found, -1, "asc")):
        found = found[:-1]
    end = _subject_end(found)
    subject, rest = found[:end], found[end:]
    expression = text[subject[0].start : subject[-1].end]
    inner = code(bare(expression))
    is_column = len(inner) == 1 and inner[0].kind in _NAMES and inner[0].text not in _CONSTANTS
    collation, rest = _take_collation(rest)
    opclass, options = _opclass(rest)
    return IndexColumn(
        inner[0].value if is_column else bare(expression),
        not is_column,
        collation,
        opclass,
        options,
        desc,
        desc if nulls_first is None else nulls_first,
    )


def _is_word(found: list[Token], position: int, word: str) -> bool:
    if not found or position >= len(found):
        return False
    token = found[position]
    return token.kind is Kind.IDENT and token.value == word


def _take_nulls(found: list[Token]) -> tuple[bool | None, list[Token]]:
    if len(found) > 2 and _is_word(found, -2, "nulls"):  # noqa: PLR2004  a key, NULLS, where
        for word, first in (("first", True), ("last", False)):
            if _is_word(found, -1, word):
                return first, found[:-2]
    return None, found


def _subject_end(found: list[Token]) -> int:
    """Find where the column, call or bracketed expression ends."""
    if not found:
        raise ValueError("it names no column and no expression")
    if found[0].text == "(":
        end = _closing(found, 0) + 1
    elif found[0].kind in _NAMES:
        end = 1
        while end + 1 < len(found) and found[end].text == ".":
            end += 2
        if end < len(found) and found[end].text == "(":
            end = _closing(found, end) + 1
        elif end > 1:
            raise ValueError("a column stands without its table")
    else:
        raise ValueError("put an expression in brackets")
    if end > len(found):
        raise ValueError(UNCLOSED)
    return end


def _take_collation(rest: list[Token]) -> tuple[str | None, list[Token]]:
    if not _is_word(rest, 0, "collate"):
        return None, rest
    name, after = _dotted(rest[1:])
    return name, after


def _dotted(found: list[Token]) -> tuple[str, list[Token]]:
    parts: list[str] = []
    position = 0
    while position < len(found) and found[position].kind in _NAMES:
        parts.append(found[position].value)
        position += 1
        if position >= len(found) or found[position].text != ".":
            break
        position += 1
    if not parts:
        raise ValueError("a name is expected")
    if parts[0] == "pg_catalog" and len(parts) > 1:
        parts = parts[1:]
    return qualified(*parts), found[position:]


def _opclass(rest: list[Token]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    if not rest:
        return None, ()
    if rest[0].kind not in _NAMES:
        raise ValueError(f"{rest[0].text!r} does not belong here: put an expression in brackets")
    name, after = _dotted(rest)
    if not after:
        return name, ()
    if after[0].text != "(" or _closing(after, 0) != len(after) - 1:
        raise ValueError(f"{after[0].text!r} does not belong here: put an expression in brackets")
    options: list[tuple[str, str]] = []
    inner = after[1:-1]
    while inner:
        key, inner = inner[0].value, inner[1:]
        value = "true"
        if inner and inner[0].text == "=":
            sign, inner = inner[1].text if len(inner) > 1 else "", inner[1:]
            sign, inner = (sign, inner[1:]) if sign in ("-", "+") else ("", inner)
            value, inner = sign + (inner[0].value if inner else ""), inner[1:]
        options.append((key, value))
        if inner and inner[0].text != ",":
            raise ValueError(f"{inner[0].text!r} does not belong here")
        inner = inner[1:]
    return name, tuple(options)


def _closing(found: list[Token], start: int) -> int:
    depth = 0
    for position in range(start, len(found)):
        depth += found[position].text in ("(", "[")
        depth -= found[position].text in (")", "]")
        if depth == 0:
            return position
    return len(found)


def keys_of_definition(definition: str) -> list[str]:
    """Give the texts of the keys in what pg_get_indexdef() or pg_get_constraintdef() printed."""
    found = code(definition)
    using = next(i for i, t in enumerate(found) if t.kind is Kind.IDENT and t.text == "USING")
    opening = using + 2
    closing = _closing(found, opening)
    return split_commas(definition[found[opening].end : found[closing].start])


_MOST_COMBINATIONS: Final = 4


def combinations(spellings: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
    """Give choices of one spelling per key, the likeliest of all keys first, and only some."""
    return list(itertools.islice(itertools.product(*spellings), _MOST_COMBINATIONS))
