"""A place in a list of tokens: what readers of small pieces of SQL have in common.

The surprising fact: a quoted name is never a keyword, so `"not"` is a name wherever it stands.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final, NoReturn

from schemadiff.core.lexer import Kind, Token
from schemadiff.core.sql import ident

_NAMES: Final = (Kind.IDENT, Kind.QUOTED)
_NO_WORDS: Final = (Kind.QUOTED, Kind.STRING, Kind.DOLLAR)


class TokenCursor(ABC):
    """Tokens without comments, and how far they have been read."""

    def __init__(self, text: str, found: list[Token]) -> None:
        """Begin before the first token of a text."""
        self.text = text
        self.found = found
        self.next = 0

    @abstractmethod
    def fail(self, message: str, offset: int) -> NoReturn:
        """Raise the error of this reader for an offset in the text."""

    def unexpected(self, instead: str) -> NoReturn:
        """Fail because of the next token, or because there is none."""
        token = self.peek()
        if token is None:
            self.fail(f"it ends too early: {instead}", len(self.text))
        self.fail(f"{token.text!r} does not belong here: {instead}", token.start)

    def peek(self, ahead: int = 0) -> Token | None:
        """Give a token that is still to come, or None behind the last one."""
        position = self.next + ahead
        return self.found[position] if position < len(self.found) else None

    def value(self, ahead: int = 0) -> str:
        """Give the unquoted word (in lower case) or mark that comes next, or an empty text."""
        token = self.peek(ahead)
        return "" if token is None or token.kind in _NO_WORDS else token.value

    def take(self, *words: str) -> bool:
        """Take these words or marks, all of them or none."""
        if all(self.value(ahead) == word for ahead, word in enumerate(words)):
            self.next += len(words)
            return True
        return False

    def need(self, *words: str) -> None:
        """Take these words or marks, or fail."""
        for word in words:
            if not self.take(word):
                self.unexpected(f"expected {word}")

    def one_of(self, *words: str) -> str:
        """Take one of these words, or fail."""
        word = self.value()
        if word not in words:
            self.unexpected(f"expected {' or '.join(words)}")
        self.next += 1
        return word

    def name_token(self) -> Token:
        """Take a token that is a name, or fail."""
        token = self.peek()
        if token is None or token.kind not in _NAMES:
            self.unexpected("expected a name")
        self.next += 1
        return token

    def name(self) -> str:
        """Take a name, or fail."""
        return self.name_token().value

    def dotted(self) -> str:
        """Take a name that may have a schema, and give it as SQL writes it."""
        parts: list[str] = []
        while True:
            token = self.name_token()
            if token.kind is Kind.IDENT:
                parts.append(token.value)
            else:
                parts.append(token.text if token.text[0] == '"' else ident(token.value))
            if not self.take("."):
                return ".".join(parts)

    def name_list(self) -> list[str]:
        """Take names in brackets, with commas between them, or fail."""
        self.need("(")
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        self.need(")")
        return found

    def bracketed(self) -> str:
        """Give the text in the brackets that come next, and take them, or fail."""
        self.need("(")
        start, depth = self.next, 1
        while depth:
            token = self.peek()
            if token is None:
                self.unexpected("expected )")
            depth += (token.text == "(") - (token.text == ")")
            self.next += 1
        return self.slice(start, self.next - 1) if self.next - 1 > start else ""

    def slice(self, start: int, stop: int) -> str:
        """Give the text of some tokens as it was written."""
        return self.text[self.found[start].start : self.found[stop - 1].end]
