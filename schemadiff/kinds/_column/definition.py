"""A column definition as SQL writes it, split into the keys of the long form.

One method per clause. The surprising fact: the words about deferring are clauses of their own in
the grammar, and belong to whichever constraint stands before them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.spec_model import is_plain_name
from schemadiff.core.sql import ident
from schemadiff.kinds._column.text import ColumnText, ShorthandError, hint_for

Values = dict[str, Any]

_ACTIONS: Final = ("cascade", "restrict", "set", "no")
_NAMED: Final = ("primary", "unique", "check", "references", "not")
_SECTIONS: Final = {"check": "checks", "references": "foreign_keys"}
_DEFERRED: Final = ("primary_key", "unique", "references")
_SEQUENCE_NUMBERS: Final = ("start", "increment", "minvalue", "maxvalue", "cache")


def split_column(text: str) -> Values:
    """Split a column definition; see `schemadiff.kinds._shorthand.parse_column`."""
    try:
        found = code(text)
    except LexError as error:
        raise ShorthandError(error.offset, error.message, hint_for("type")) from None
    return _Column(text, found).parse()


class _Column(ColumnText):
    """One column definition while it is being split."""

    def __init__(self, text: str, found: list[Token]) -> None:
        super().__init__(text, found)
        self._values: Values = {}
        self._null = False
        self._last = ""  # the constraint that DEFERRABLE would belong to

    def parse(self) -> Values:
        """Read the whole text."""
        self._values["type"] = self.type()
        while self.next < len(self.found):
            self._clause()
        values = self._values
        if self._null and (values.get("not_null") or "primary_key" in values):
            self.fail("it is declared both null and not null", 0)
        exclusive = [key for key in ("default", "generated", "identity") if key in values]
        if len(exclusive) > 1:
            self.fail(f"{exclusive[0]} and {exclusive[1]} exclude each other", 0)
        return values

    def _put(self, key: str, value: Any, offset: int) -> None:
        if key in self._values:
            self.fail(f"{key} is given twice", offset)
        self._values[key] = value

    # -- clauses

    def _clause(self) -> None:
        token = self.found[self.next]
        word = token.value if token.kind is Kind.IDENT else ""
        name = None
        if word == "constraint":
            self.next += 1
            name = self.name()
            word = self.value()
            if word not in _NAMED or (word, self.value(1)) == ("not", "deferrable"):
                self.unexpected("only keys, checks, references and not null have names here")
        if word in ("deferrable", "initially") or (word, self.value(1)) == ("not", "deferrable"):
            self._deferring(token.start)
            return
        if self._enforced():
            return
        reader = _CLAUSES.get(word)
        if reader is None:
            self.key = "comment" if word == "comment" else self.key
            self.unexpected("expected a constraint or the end of the column")
        self.key = _KEYS[word]
        self.next += 1
        reader(self, token.start, name)

    def _enforced(self) -> bool:
        """Take ENFORCED, which says nothing; what is not enforced is no part of a column."""
        if self._last not in ("check", "references"):
            return False
        if self.value() == "not" and self.value(1) in ("enforced", "valid"):
            self.next += 1
            self.unexpected(f"say not_{self.value()} in the table's own {_SECTIONS[self._last]}:")
        return self.take("enforced")

    def collate(self, offset: int, _: str | None) -> None:
        self._put("collation", self.dotted(), offset)

    def not_null(self, offset: int, name: str | None) -> None:
        self.need("null")
        if self.value() in ("enforced", "valid"):
            self.unexpected("expected the end of not null")
        options: Values = {} if name is None else {"name": name}
        if self.take("no", "inherit"):
            options["no_inherit"] = True
        plain = name is not None and len(options) == 1 and is_plain_name(name)
        self._put("not_null", name if plain else options or True, offset)

    def nullable(self, offset: int, _: str | None) -> None:
        if self._null:
            self.fail("null is given twice", offset)
        self._null = True

    def default(self, offset: int, _: str | None) -> None:
        start = self.next
        self.next = self.end(start)
        if self.next == start:
            self.unexpected("expected the default")
        self._put("default", self.expression(start, self.next), offset)

    def primary(self, offset: int, name: str | None) -> None:
        self.need("key")
        self._no_parameters()
        self._put("primary_key", True if name is None else name, offset)
        self._last = "primary_key"

    def unique(self, offset: int, name: str | None) -> None:
        options: Values = {} if name is None else {"name": name}
        if self.take("nulls", "not", "distinct"):
            options["nulls_not_distinct"] = True
        else:
            self.take("nulls", "distinct")
        self._no_parameters()
        self._put("unique", options or True, offset)
        self._last = "unique"

    def _no_parameters(self) -> None:
        if self.value() in ("include", "with", "using", "nulls"):
            self.unexpected("declare the constraint under the table's own key instead")

    def check(self, _: int, name: str | None) -> None:
        expression = self.bracketed()
        options: Values = {} if name is None else {"name": name}
        inherited = not self.take("no", "inherit")
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

    def references(self, offset: int, name: str | None) -> None:
        found: Values = {"table": self.dotted()}
        if self.value() == "(":
            found["columns"] = self.name_list()
        if name is not None:
            found["name"] = name
        if self.take("match"):
            found["match"] = self.one_of("full", "partial", "simple")
        while self.take("on"):
            event = "on_" + self.one_of("delete", "update")
            if event in found:
                self.fail(f"{event.replace('_', ' ')} is given twice", self.here())
            found[event] = self._action()
        self._put("references", found, offset)
        self._last = "references"

    def _action(self) -> str:
        first = self.one_of(*_ACTIONS)
        if first == "no":
            self.need("action")
            return "no action"
        if first != "set":
            return first
        action = f"set {self.one_of('null', 'default')}"
        if self.value() == "(":
            return f"{action} ({', '.join(map(ident, self.name_list()))})"
        return action

    def _deferring(self, offset: int) -> None:
        """Read the words about deferring, which belong to the constraint before them."""
        said: Values = {}
        while True:
            before = len(said)
            if "deferrable" not in said and self.take("deferrable"):
                said["deferrable"] = True
            elif "deferrable" not in said and self.take("not", "deferrable"):
                said["deferrable"] = False
            elif "initially_deferred" not in said and self.take("initially"):
                said["initially_deferred"] = self.one_of("deferred", "immediate") == "deferred"
            if len(said) == before:
                break
        if said.get("initially_deferred") and not said.setdefault("deferrable", True):
            self.fail("what is not deferrable cannot be initially deferred", offset)
        wanted = {key: True for key in ("deferrable", "initially_deferred") if said.get(key)}
        if self._last in _DEFERRED:
            before_it = self._values[self._last]
            if isinstance(before_it, str):
                before_it = {"name": before_it}
            if wanted:
                self._values[self._last] = {**({} if before_it is True else before_it), **wanted}
        elif wanted or not self._last:
            self.fail("in the shorthand only keys and references can be deferrable", offset)
        self._last = ""

    def generated(self, offset: int, _: str | None) -> None:
        if self.take("by"):
            self.need("default")
            generation = "by default"
        else:
            self.need("always")
            generation = "always"
        self.need("as")
        if self.take("identity"):
            self.key = "identity"
            self._identity(generation, offset)
            return
        if generation != "always":
            self.unexpected("expected identity")
        self._put("generated", self.bracketed(), offset)
        # PostgreSQL 18 takes the absence of both words for virtual; before, stored is required.
        if self.take("virtual") or not self.take("stored"):
            self._values["virtual"] = True

    def _identity(self, generation: str, offset: int) -> None:
        options: Values = {}
        if self.take("("):
            while not self.take(")"):
                key, value = self._sequence_option()
                if key in options:
                    self.fail(f"{key} is given twice", self.here())
                options[key] = value
            if not options:
                self.fail("the options are empty", offset)
        options = {key: value for key, value in options.items() if value is not False}
        self._put(
            "identity", {"generation": generation, **options} if options else generation, offset
        )

    def _sequence_option(self) -> tuple[str, Any]:
        if self.take("no"):
            word = self.one_of("minvalue", "maxvalue", "cycle")
            return word, (False if word == "cycle" else None)
        if self.take("cycle"):
            return "cycle", True
        if self.take("sequence"):
            self.need("name")
            return "name", self.dotted()
        word = self.one_of(*_SEQUENCE_NUMBERS)
        if word == "start":
            self.take("with")
        elif word == "increment":
            self.take("by")
        sign = "-" if self.take("-") else ""
        if not sign:
            self.take("+")
        token = self.peek()
        if token is None or not (token.kind is Kind.NUMBER and token.text.isdecimal()):
            self.unexpected("expected a whole number")
        self.next += 1
        return word, sign + token.text

    def storage(self, offset: int, _: str | None) -> None:
        self._put("storage", self.name(), offset)

    def compression(self, offset: int, _: str | None) -> None:
        self._put("compression", self.name(), offset)


_Clause = Callable[[_Column, int, str | None], None]
_CLAUSES: Final[dict[str, _Clause]] = {
    "check": _Column.check,
    "collate": _Column.collate,
    "compression": _Column.compression,
    "default": _Column.default,
    "generated": _Column.generated,
    "not": _Column.not_null,
    "null": _Column.nullable,
    "primary": _Column.primary,
    "references": _Column.references,
    "storage": _Column.storage,
    "unique": _Column.unique,
}
_KEYS: Final = {word: word for word in _CLAUSES} | {
    "collate": "collation",
    "not": "not_null",
    "null": "not_null",
    "primary": "primary_key",
}
