"""The pieces of a column definition that are text to us: its type and its expressions.

The text is split, never understood: a default ends where a keyword stands that can only begin the
next constraint. The surprising fact: `null` and `not` are such keywords and parts of expressions
as well, so what stands before them decides (`default null not null`, `check (a is not null)`).
"""

from __future__ import annotations

from typing import Final, NoReturn

from schemadiff.core.expression import UNCLOSED, UNOPENED, check_tokens
from schemadiff.core.lexer import Kind, Token
from schemadiff.core.token_cursor import TokenCursor
from schemadiff.core.typename import TypeNameError, check_type

# How each key looks in the long form; what the shorthand does not know is shown with one of them.
_EXAMPLES: Final = {
    "type": "{type: text, not_null: true}",
    "collation": "{type: text, collation: '\"C\"'}",
    "not_null": "{type: text, not_null: true}",
    "default": "{type: timestamptz, not_null: true, default: now()}",
    "primary_key": "{type: bigint, primary_key: true}",
    "unique": "{type: text, unique: {name: users_email_key, nulls_not_distinct: true}}",
    "check": "{type: integer, check: price > 0}",
    "references": "{type: uuid, references: {table: salons, columns: [id], on_delete: cascade}}",
    "generated": "{type: numeric, generated: price * amount}",
    "identity": "{type: bigint, identity: {generation: always, start: 100}}",
    "storage": "{type: text, storage: external}",
    "compression": "{type: text, compression: lz4}",
    "comment": "{type: text, comment: What it is.}",
}
# What is said so elsewhere.
_IDENTITY: Final = "generated always as identity"
_ELSEWHERE: Final = {
    "auto_increment": _IDENTITY,
    "autoincrement": _IDENTITY,
    "identity": _IDENTITY,
    "pk": "primary key",
    "fk": "references table(column)",
    "foreign": "references table(column)",
    "nullable": "nothing, for a column takes nulls unless it is not null",
    "unsigned": "check (column >= 0)",
}
# The usual reason of it, {price: numeric(10,2)}, which nobody sees in what is left of the text.
CUT: Final = "close it; between { } or [ ] of YAML, text with a comma is put in quotes"
# Words that begin a clause wherever an operand has just ended.
_BEGINS: Final = frozenset(
    """
    check collate compression constraint default deferrable enforced generated initially not null
    primary references storage unique
    """.split()
)
_AFTER_NOT: Final = frozenset({"null", "deferrable", "enforced", "valid"})
# Words of other databases, which no expression has there.
_FOREIGN: Final = {"comment": Kind.STRING, "on": Kind.IDENT}
# After one of these an operand follows, so that `null` there is a value.
_WANTS_OPERAND: Final = frozenset(
    "all and any between distinct else from ilike in is isnull like not or similar some then to "
    "when case symmetric using escape".split()
)


class ShorthandError(ValueError):
    """The text is not a column definition that the shorthand knows."""

    def __init__(self, offset: int, message: str, hint: str) -> None:
        """Keep the offset in the text, what is wrong, and the long form to write instead."""
        self.offset = offset
        self.message = message
        self.hint = hint
        super().__init__(f"{message}\nhint: {hint}")


def hint_for(key: str) -> str:
    """Show the long form of the clause that the shorthand could not express."""
    return f"write the long form: {_EXAMPLES[key]}"


class ColumnText(TokenCursor):
    """Takes types and expressions from a column definition."""

    def __init__(self, text: str, found: list[Token]) -> None:
        """Begin before the first token."""
        super().__init__(text, found)
        self.key = "type"  # the clause being read, for hints

    def fail(self, message: str, offset: int) -> NoReturn:
        word = next((t.value for t in self.found if t.start == offset), "")
        said = _ELSEWHERE.get(word)
        hint = f"PostgreSQL says: {said}" if said else hint_for(self.key)
        hint = CUT if message == UNCLOSED and self.key == "type" else hint
        raise ShorthandError(offset, message, hint)

    def here(self) -> int:
        """Give the offset of the next token."""
        token = self.peek()
        return len(self.text) if token is None else token.start

    def type(self) -> str:
        """Take the type, or fail."""
        start = self.next
        self.next = self.end(start)
        if self.next == start:
            self.unexpected("expected the type of the column")
        text = self.slice(start, self.next)
        try:
            check_type(text)
        except TypeNameError as error:
            self.fail(error.message, self.found[start].start + error.offset)
        return text

    def end(self, start: int) -> int:
        """Find where the type or expression that starts here ends: at the next clause."""
        depth = 0
        position = start
        while position < len(self.found):
            token = self.found[position]
            kind, text = token.kind, token.text
            if kind is Kind.PUNCTUATION:
                if text in "([":
                    depth += 1
                elif text in ")]":
                    depth -= 1
                    if depth < 0:
                        self.fail(UNOPENED, token.start)
                elif text == ";" or (text == "," and not depth):
                    self.fail(f"{text!r} does not belong into a column definition", token.start)
            elif kind is Kind.IDENT:
                word = token.value
                if word == "case":
                    depth += 1
                elif word == "end" and depth:
                    depth -= 1
                elif not depth and self._ends(position, start):
                    break
            position += 1
        if depth:
            self.fail(UNCLOSED, self.found[start].start)
        return position

    def _ends(self, position: int, start: int) -> bool:
        """Tell whether what starts before a word ends there."""
        if self.found[position].value in _BEGINS:
            return self._begins(position, start)
        return position > start and self._is_foreign(position)

    def _begins(self, position: int, start: int) -> bool:
        """Tell whether the word at a position begins a clause, or belongs to the text before it."""
        word = self.found[position].value
        if position == start:
            # `default null` is a value; the others are reserved, so that nothing stands before.
            return word not in ("null", "storage", "compression", "generated", "enforced")
        before = self.found[position - 1]
        if before.kind is Kind.OPERATOR or before.text in ("::", ".", ":"):
            return False
        following = self.found[position + 1] if position + 1 < len(self.found) else None
        after = following.value if following is not None else ""
        if before.kind is Kind.IDENT and before.value in _WANTS_OPERAND:
            return False
        match word:
            case "not":
                return after in _AFTER_NOT
            case "generated":
                return after in ("always", "by")
            case "primary":
                return after == "key"
            case _:
                return True

    def _is_foreign(self, position: int) -> bool:
        """Tell whether `comment 'text'` or `on update …` stands here, behind an operand."""
        following = self.found[position + 1 : position + 2]
        kind = _FOREIGN.get(self.found[position].value)
        behind = self.found[position - 1]
        is_operand = behind.kind is not Kind.OPERATOR and behind.text not in ("::", ".", ":")
        return is_operand and bool(following) and following[0].kind is kind

    def bracketed(self) -> str:
        """Take an expression in brackets, and give it without them."""
        if self.value() != "(":
            self.unexpected("expected an expression in brackets")
        opening = self.next
        depth = 0
        while self.next < len(self.found):
            text = self.value()
            depth += (text == "(") - (text == ")")
            self.next += 1
            if not depth:
                break
        if depth or self.next - opening <= 2:  # noqa: PLR2004 - the two brackets themselves
            offset = self.found[opening].start
            self.fail(UNCLOSED if depth else "the expression is empty", offset)
        return self.expression(opening + 1, self.next - 1)

    def expression(self, start: int, stop: int) -> str:
        """Give the text of some tokens, which must be one expression."""
        reason = check_tokens(self.found[start:stop])
        if reason is not None:
            self.fail(f"the expression cannot be used: {reason}", self.found[start].start)
        return self.slice(start, stop)
