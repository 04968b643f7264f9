"""A column definition as SQL writes it, split into the keys of the long form.

The text is split, never understood: a default ends where a keyword stands that can only begin the
next constraint. The surprising fact: `null` and `not` are such keywords and parts of expressions
as well, so what stands before them decides (`default null not null`, `check (a is not null)`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from schemadiff.core.expression import check_expression
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.sql import ident
from schemadiff.core.typename import is_type

Values = dict[str, Any]

# How each key looks in the long form; what the shorthand does not know is shown with one of them.
_EXAMPLES: Final = {
    "type": "{type: text, not_null: true}",
    "collation": "{type: text, collation: '\"C\"'}",
    "not_null": "{type: text, not_null: true}",
    "default": "{type: timestamptz, not_null: true, default: now()}",
    "primary_key": "{type: bigint, primary_key: true}",
    "unique": "{type: text, unique: {name: users_email_key, nulls_not_distinct: true}}",
    "check": "{type: integer, check: {name: positive, expression: price > 0}}",
    "references": "{type: uuid, references: {table: salons, columns: [id], on_delete: cascade}}",
    "generated": "{type: numeric, generated: price * amount}",
    "identity": "{type: bigint, identity: {generation: always, start: 100}}",
    "storage": "{type: text, storage: external}",
    "compression": "{type: text, compression: lz4}",
}
# Words that begin a clause wherever an operand has just ended.
_BEGINS: Final = frozenset(
    """
    check collate compression constraint default deferrable enforced generated initially not null
    primary references storage unique
    """.split()
)
_AFTER_NOT: Final = frozenset({"null", "deferrable", "enforced", "valid"})
# After one of these an operand follows, so that `null` there is a value.
_WANTS_OPERAND: Final = frozenset(
    "all and any between distinct else from ilike in is isnull like not or similar some then to "
    "when case symmetric using escape".split()
)
_ACTIONS: Final = ("cascade", "restrict", "set", "no")
_SEQUENCE_NUMBERS: Final = ("start", "increment", "minvalue", "maxvalue", "cache")


class ShorthandError(ValueError):
    """The text is not a column definition that the shorthand knows."""

    def __init__(self, offset: int, message: str, hint: str) -> None:
        """Keep the offset in the text, what is wrong, and the long form to write instead."""
        self.offset = offset
        self.message = message
        self.hint = hint
        super().__init__(message)


def split_column(text: str) -> Values:
    """Split a column definition; see `schemadiff.core.shorthand.parse_column`."""
    try:
        found = code(text)
    except LexError as error:
        raise ShorthandError(error.offset, error.message, _hint("type")) from None
    return _Column(text, found).parse()


def _hint(key: str) -> str:
    return f"write the long form: {_EXAMPLES[key]}"


class _Column:
    """One column definition while it is being split."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self._text = text
        self._found = found
        self._next = 0
        self._values: Values = {}
        self._key = "type"  # the clause being read, for hints
        self._null = False
        self._last = ""  # the constraint that DEFERRABLE would belong to

    def parse(self) -> Values:
        """Read the whole text."""
        self._values["type"] = self._type()
        while self._next < len(self._found):
            self._clause()
        values = self._values
        if self._null and (values.get("not_null") or "primary_key" in values):
            self._fail("it is declared both null and not null", 0)
        exclusive = [key for key in ("default", "generated", "identity") if key in values]
        if len(exclusive) > 1:
            self._fail(f"{exclusive[0]} and {exclusive[1]} exclude each other", 0)
        return values

    # -- tokens

    def _peek(self, ahead: int = 0) -> Token | None:
        position = self._next + ahead
        return self._found[position] if position < len(self._found) else None

    def _value(self, ahead: int = 0) -> str:
        """Give the unquoted word or the punctuation that comes next, or an empty text."""
        token = self._peek(ahead)
        return "" if token is None or token.kind in _TEXTS else token.value

    def _take(self, *words: str) -> bool:
        """Take these words, all of them or none."""
        if all(self._value(ahead) == word for ahead, word in enumerate(words)):
            self._next += len(words)
            return True
        return False

    def _need(self, *words: str) -> None:
        for word in words:
            if not self._take(word):
                self._unexpected(f"expected {word}")

    def _fail(self, message: str, offset: int | None = None) -> NoReturn:
        if offset is None:
            token = self._peek()
            offset = len(self._text) if token is None else token.start
        raise ShorthandError(offset, message, _hint(self._key))

    def _unexpected(self, instead: str) -> NoReturn:
        token = self._peek()
        if token is None:
            self._fail(f"the column definition ends too early, {instead}")
        self._fail(f"the shorthand does not know {token.text!r} here, {instead}")

    def _put(self, key: str, value: Any, offset: int) -> None:
        if key in self._values:
            self._fail(f"{key} is given twice", offset)
        self._values[key] = value

    def _slice(self, start: int, stop: int) -> str:
        """Give the text of some tokens as it was written."""
        return self._text[self._found[start].start : self._found[stop - 1].end]

    # -- pieces

    def _type(self) -> str:
        start = self._next
        self._next = self._end(start)
        if self._next == start:
            self._unexpected("expected the type of the column")
        text = self._slice(start, self._next)
        reason = is_type(text)
        if reason is not None:
            self._fail(reason, self._found[start].start)
        return text

    def _end(self, start: int) -> int:
        """Find where the type or expression that starts here ends: at the next clause."""
        depth = 0
        position = start
        while position < len(self._found):
            token = self._found[position]
            kind, text = token.kind, token.text
            if kind is Kind.PUNCTUATION:
                if text in "([":
                    depth += 1
                elif text in ")]":
                    depth -= 1
                    if depth < 0:
                        self._fail("it closes a bracket that it has not opened", token.start)
                elif text == ";" or (text == "," and not depth):
                    self._fail(f"{text!r} does not belong into a column definition", token.start)
            elif kind is Kind.IDENT:
                word = token.value
                if word == "case":
                    depth += 1
                elif word == "end" and depth:
                    depth -= 1
                elif word in _BEGINS and not depth and self._begins(position, start):
                    break
            position += 1
        if depth:
            self._fail("a bracket is not closed", self._found[start].start)
        return position

    def _begins(self, position: int, start: int) -> bool:
        """Tell whether the word at a position begins a clause, or belongs to the text before it."""
        word = self._found[position].value
        if position == start:
            # `default null` is a value; the others are reserved, so that nothing stands before.
            return word not in ("null", "storage", "compression", "generated", "enforced")
        before = self._found[position - 1]
        if before.kind is Kind.OPERATOR or before.text in ("::", ".", ":"):
            return False
        following = self._found[position + 1] if position + 1 < len(self._found) else None
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

    def _bracketed(self) -> str:
        """Take an expression in brackets, and give it without them."""
        if self._value() != "(":
            self._unexpected("expected an expression in brackets")
        opening = self._next
        depth = 0
        while self._next < len(self._found):
            text = self._value()
            depth += (text == "(") - (text == ")")
            self._next += 1
            if not depth:
                break
        if depth or self._next - opening <= 2:  # noqa: PLR2004 - the two brackets themselves
            offset = self._found[opening].start
            self._fail("a bracket is not closed" if depth else "the expression is empty", offset)
        text = self._slice(opening + 1, self._next - 1)
        reason = check_expression(text)
        if reason is not None:
            self._fail(f"the expression cannot be used: {reason}", self._found[opening].start)
        return text

    def _name(self) -> str:
        token = self._peek()
        if token is None or token.kind not in _NAMES:
            self._unexpected("expected a name")
        self._next += 1
        return token.value

    def _dotted(self) -> str:
        """Take a name that may have a schema, and give it as it is written in SQL."""
        parts: list[str] = []
        while True:
            token = self._peek()
            if token is None or token.kind not in _NAMES:
                self._unexpected("expected a name")
            written = token.text if token.text[:1] == '"' else ident(token.value)
            parts.append(token.value if token.kind is Kind.IDENT else written)
            self._next += 1
            if not self._take("."):
                return ".".join(parts)

    def _name_list(self) -> list[str]:
        self._need("(")
        found = [self._name()]
        while self._take(","):
            found.append(self._name())
        self._need(")")
        return found

    # -- clauses

    def _clause(self) -> None:
        token = self._found[self._next]
        word = token.value if token.kind is Kind.IDENT else ""
        name = None
        if word == "constraint":
            self._next += 1
            name = self._name()
            word = self._value()
            if word not in ("primary", "unique", "check", "references"):
                self._unexpected("only keys, checks and references have names in the shorthand")
        if word in ("deferrable", "initially") or (word, self._value(1)) == ("not", "deferrable"):
            self._deferring(token.start)
            return
        reader = _CLAUSES.get(word)
        if reader is None:
            self._unexpected("expected a constraint or the end of the column")
        self._key = _KEYS[word]
        self._next += 1
        reader(self, token.start, name)

    def _collate(self, offset: int, _: str | None) -> None:
        self._put("collation", self._dotted(), offset)

    def _not(self, offset: int, _: str | None) -> None:
        self._need("null")
        if self._value() in ("no", "enforced", "valid"):
            self._unexpected("expected the end of not null")
        self._put("not_null", value=True, offset=offset)

    def _nullable(self, offset: int, _: str | None) -> None:
        if self._null:
            self._fail("null is given twice", offset)
        self._null = True

    def _default(self, offset: int, _: str | None) -> None:
        start = self._next
        self._next = self._end(start)
        if self._next == start:
            self._unexpected("expected the default")
        text = self._slice(start, self._next)
        reason = check_expression(text)
        if reason is not None:
            self._fail(f"the default cannot be used: {reason}", self._found[start].start)
        self._put("default", text, offset)

    def _primary(self, offset: int, name: str | None) -> None:
        self._need("key")
        self._no_parameters()
        self._put("primary_key", True if name is None else name, offset)
        self._last = "primary_key"

    def _unique(self, offset: int, name: str | None) -> None:
        options: Values = {} if name is None else {"name": name}
        if self._take("nulls", "not", "distinct"):
            options["nulls_not_distinct"] = True
        else:
            self._take("nulls", "distinct")
        self._no_parameters()
        self._put("unique", options or True, offset)
        self._last = "unique"

    def _no_parameters(self) -> None:
        if self._value() in ("include", "with", "using", "nulls"):
            self._unexpected("declare the constraint under the table's own key instead")

    def _check(self, _: int, name: str | None) -> None:
        expression = self._bracketed()
        options: Values = {} if name is None else {"name": name}
        inherited = not self._take("no", "inherit")
        check: Any = expression
        if options or not inherited:
            check = {**options, "expression": expression}
            if not inherited:
                check["no_inherit"] = True
        before = self._values.get("check")
        if before is None:
            self._values["check"] = check
        else:
            self._values["check"] = [*(before if isinstance(before, list) else [before]), check]
        self._last = "check"

    def _references(self, offset: int, name: str | None) -> None:
        found: Values = {"table": self._dotted()}
        if self._value() == "(":
            found["columns"] = self._name_list()
        if name is not None:
            found["name"] = name
        if self._take("match"):
            found["match"] = self._one_of("full", "partial", "simple")
        while self._take("on"):
            event = "on_" + self._one_of("delete", "update")
            if event in found:
                self._fail(f"{event.replace('_', ' ')} is given twice")
            found[event] = self._action()
        self._put("references", found, offset)
        self._last = "references"

    def _one_of(self, *words: str) -> str:
        word = self._value()
        if word not in words:
            self._unexpected(f"expected {' or '.join(words)}")
        self._next += 1
        return word

    def _action(self) -> str:
        first = self._one_of(*_ACTIONS)
        if first == "no":
            self._need("action")
            return "no action"
        if first != "set":
            return first
        action = f"set {self._one_of('null', 'default')}"
        if self._value() == "(":
            return f"{action} ({', '.join(map(ident, self._name_list()))})"
        return action

    def _deferring(self, offset: int) -> None:
        """Read the words about deferring, which belong to the constraint before them."""
        said: Values = {}
        while True:
            before = len(said)
            if "deferrable" not in said and self._take("deferrable"):
                said["deferrable"] = True
            elif "deferrable" not in said and self._take("not", "deferrable"):
                said["deferrable"] = False
            elif "initially_deferred" not in said and self._take("initially"):
                said["initially_deferred"] = self._one_of("deferred", "immediate") == "deferred"
            if len(said) == before:
                break
        if not said:
            self._fail("this is said twice")
        if said.get("initially_deferred") and not said.setdefault("deferrable", True):
            self._fail("what is not deferrable cannot be initially deferred", offset)
        wanted = {key: True for key in ("deferrable", "initially_deferred") if said.get(key)}
        if self._last in ("unique", "references"):
            before_it = self._values[self._last]
            if wanted:
                self._values[self._last] = {**({} if before_it is True else before_it), **wanted}
        elif wanted or not self._last:
            self._fail("in the shorthand only unique and references can be deferrable", offset)
        self._last = ""

    def _generated(self, offset: int, _: str | None) -> None:
        if self._take("by"):
            self._need("default")
            generation = "by default"
        else:
            self._need("always")
            generation = "always"
        self._need("as")
        if self._take("identity"):
            self._key = "identity"
            self._identity(generation, offset)
            return
        if generation != "always":
            self._unexpected("expected identity")
        self._put("generated", self._bracketed(), offset)
        # PostgreSQL 18 takes the absence of both words for virtual; before, stored is required.
        if self._take("virtual") or not self._take("stored"):
            self._values["virtual"] = True

    def _identity(self, generation: str, offset: int) -> None:
        options: Values = {}
        if self._take("("):
            while not self._take(")"):
                key, value = self._sequence_option()
                if key in options:
                    self._fail(f"{key} is given twice")
                options[key] = value
            if not options:
                self._fail("the options are empty", offset)
        options = {key: value for key, value in options.items() if value is not False}
        self._put(
            "identity", {"generation": generation, **options} if options else generation, offset
        )

    def _sequence_option(self) -> tuple[str, Any]:
        if self._take("no"):
            word = self._one_of("minvalue", "maxvalue", "cycle")
            return word, (False if word == "cycle" else None)
        if self._take("cycle"):
            return "cycle", True
        if self._take("sequence"):
            self._need("name")
            return "name", self._dotted()
        word = self._one_of(*_SEQUENCE_NUMBERS)
        if word == "start":
            self._take("with")
        elif word == "increment":
            self._take("by")
        sign = "-" if self._take("-") else ""
        if not sign:
            self._take("+")
        token = self._peek()
        if token is None or not (token.kind is Kind.NUMBER and token.text.isdecimal()):
            self._unexpected("expected a whole number")
        self._next += 1
        return word, sign + token.text

    def _storage(self, offset: int, _: str | None) -> None:
        self._put("storage", self._name(), offset)

    def _compression(self, offset: int, _: str | None) -> None:
        self._put("compression", self._name(), offset)


_NAMES: Final = (Kind.IDENT, Kind.QUOTED)
_TEXTS: Final = (Kind.QUOTED, Kind.STRING, Kind.DOLLAR)
_Clause = Callable[[_Column, int, str | None], None]
_CLAUSES: Final[dict[str, _Clause]] = {
    "check": _Column._check,
    "collate": _Column._collate,
    "compression": _Column._compression,
    "default": _Column._default,
    "generated": _Column._generated,
    "not": _Column._not,
    "null": _Column._nullable,
    "primary": _Column._primary,
    "references": _Column._references,
    "storage": _Column._storage,
    "unique": _Column._unique,
}
_KEYS: Final = {word: word for word in _CLAUSES} | {
    "collate": "collation",
    "not": "not_null",
    "null": "not_null",
    "primary": "primary_key",
}
