"""Expressions and queries as text: what may be put into a statement, and which names are in it.

Nothing here knows what an expression means; PostgreSQL alone does. The surprising fact: a comment
that ends a text is as dangerous as a second statement, because it swallows our closing bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from schemadiff.core.lexer import LETTER, NAME_GOES_ON, Kind, LexError, Token, code, fold, tokens

# Why a text is none, where others give a hint of their own.
SEVERAL: Final = "it has a comma outside of brackets: only one expression fits here"
UNCLOSED: Final = "a bracket is not closed"
UNOPENED: Final = "it closes a bracket that it has not opened"
_CLOSES: Final = {")": "(", "]": "["}
_QUERY_STARTS: Final = frozenset({"select", "with", "values", "table"})
_BARE: Final = f"{LETTER}{NAME_GOES_ON}*+"
_NAME: Final = rf'(?:{_BARE}|"(?:[^"]|"")++")'
_NAME_TEXT: Final = re.compile(rf"\s*+{_NAME}(?:\s*+\.\s*+{_NAME})*+\s*+(?:\(.*\)\s*+)?")
_WORDS: Final = re.compile(rf'"((?:[^"]|"")++)"|({_BARE})')
_LONGEST_NAME_TEXT: Final = 1000


@lru_cache(65536)
def check_clause(text: str) -> str | None:
    """Say why a text cannot be embedded as a list or a clause, or None.

    As `check_expression`, but a comma outside of brackets is fine.
    """
    try:
        found = tokens(text)
    except LexError as error:
        return error.message
    if found and found[-1].kind is Kind.COMMENT and found[-1].text.startswith("--"):
        return "it ends with a -- comment, which would hide what follows"
    found = [token for token in found if token.kind is not Kind.COMMENT]
    return _brackets(found) if found else "it is empty"


@lru_cache(65536)
def check_expression(text: str) -> str | None:
    """Say why a text is not one expression that can be embedded between brackets, or None.

    Refused are: nothing at all, a `;`, a comma outside of brackets, brackets that do not match, a
    string or comment without an end, a `--` comment at the end, and a NUL character.
    """
    try:
        found = tokens(text)
    except LexError as error:
        return error.message
    if found and found[-1].kind is Kind.COMMENT and found[-1].text.startswith("--"):
        return "it ends with a -- comment, which would hide what follows"
    return check_tokens([token for token in found if token.kind is not Kind.COMMENT])


def check_tokens(found: Sequence[Token]) -> str | None:
    """Say why tokens (without comments) are not one expression, or None."""
    if not found:
        return "it is empty"
    reason = _brackets(found)
    if reason is None and any(_top_level(found, ",")):
        return SEVERAL
    return reason


@lru_cache(65536)
def check_query(text: str) -> str | None:
    """Say why a text is not one query (SELECT, WITH, VALUES, TABLE), or None.

    One `;` at the end and comments are fine: embed what `strip_query` leaves.
    """
    try:
        found = code(text)
    except LexError as error:
        return error.message
    while found and found[-1].text == ";":
        found.pop()
    if not found:
        return "it is empty"
    first = found[0]
    if first.text != "(" and (first.kind is not Kind.IDENT or first.value not in _QUERY_STARTS):
        return "it does not begin with SELECT, WITH, VALUES, TABLE or an opening bracket"
    return _brackets(found)


def strip_query(text: str) -> str:
    """Give a query without what stands behind its last token: white space, comments and `;`.

    Raises `LexError`; ask `check_query` first.
    """
    found = code(text)
    while found and found[-1].text == ";":
        found.pop()
    return text[: found[-1].end].strip() if found else ""


def check_name(text: str) -> str | None:
    """Say why a text is not one name as SQL writes it, with or without a schema, or None."""
    try:
        found = tokens(text)
    except LexError as error:
        return error.message
    if not found:
        return "it is empty"
    for position, token in enumerate(found):
        fits = token.text == "." if position % 2 else token.kind in (Kind.IDENT, Kind.QUOTED)
        if not fits:
            return f"{token.text} does not belong into a name: write name or schema.name"
    return None if len(found) % 2 else "it ends with a dot"


def split_commas(text: str) -> list[str]:
    """Split a text at the commas outside of brackets; raises `LexError`."""
    parts: list[str] = []
    start = 0
    for comma in _top_level(code(text), ","):
        parts.append(text[start : comma.start].strip())
        start = comma.end
    parts.append(text[start:].strip())
    return parts


@lru_cache(65536)
def names(text: str) -> frozenset[str]:
    """Give all names that a text may mention (operators too), parts of a dotted name each alone.

    Unquoted ones are in lower case, quoted ones as they are. Strings that look like a name count as
    well, for the sake of `nextval('app.ids'::regclass)`. This finds too much, never too little, and
    never raises: what is no SQL (the body of a function in another language) is searched for words.
    """
    try:
        found = code(text)
    except LexError:
        return _words(text)
    mentioned: set[str] = set()
    for kind, _, _, value in found:
        if kind is Kind.IDENT or kind is Kind.QUOTED or kind is Kind.OPERATOR:
            mentioned.add(value)
        elif (
            kind in (Kind.STRING, Kind.DOLLAR)
            and len(value) <= _LONGEST_NAME_TEXT
            and _NAME_TEXT.fullmatch(value)
        ):
            mentioned |= _words(value)
    return frozenset(mentioned)


def qualified_names(text: str) -> Iterable[tuple[str, str]]:
    """Give the names that are written with their schema; nothing where the text is no SQL."""
    if "." not in text:
        return
    try:
        found = code(text)
    except LexError:
        return
    words = (Kind.IDENT, Kind.QUOTED)
    for first, dot, last in zip(found, found[1:], found[2:], strict=False):
        if dot.text == "." and first.kind in words and last.kind in words:
            yield (first.value, last.value)


def _words(text: str) -> frozenset[str]:
    return frozenset(
        quoted.replace('""', '"') if quoted else fold(plain)
        for quoted, plain in _WORDS.findall(text)
    )


def _top_level(found: Iterable[Token], wanted: str) -> Iterable[Token]:
    """Give the punctuation tokens that stand outside of all brackets."""
    depth = 0
    for token in found:
        if token.kind is not Kind.PUNCTUATION:
            continue
        if token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth -= 1
        elif token.text == wanted and depth == 0:
            yield token


def _brackets(found: Iterable[Token]) -> str | None:
    """Say what is wrong with the brackets, or that there is a `;`."""
    opened: list[str] = []
    for token in found:
        if token.kind is not Kind.PUNCTUATION:
            continue
        text = token.text
        if text == ";":
            return "it has a ';': only one statement, or one expression, fits here"
        if text in "([":
            opened.append(text)
        elif text in ")]":
            if not opened:
                return f"{UNOPENED}: {text}"
            if opened.pop() != _CLOSES[text]:
                return f"its brackets do not match: {text}"
    return f"{UNCLOSED}: {opened[-1]}" if opened else None
