"""What YAML may say about a trigger, and SQL's own words for it as the short form.

    before update of name or delete for each row when (old.* is distinct from new.*)
    execute function touch_updated_at()

The way back is proved each time: what the reader would not take as the same values stays long.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from pydantic import Field

from schemadiff.core.lexer import Kind, code
from schemadiff.core.spec_model import Flag, NamedSpec, SpecModel, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, literal
from schemadiff.core.token_cursor import TokenCursor

EVENTS = ("insert", "delete", "update", "truncate")
TIMINGS = ("before", "after", "instead of")
ENABLED = ("origin", "disabled", "replica", "always")
_LONGEST = 120
_SHORT = "`before insert or update for each row execute function f()`"


class ReferencingSpec(SpecModel):
    """REFERENCING: the names of the transition tables."""

    old_table: Text | None = None
    """The name of the rows before the statement."""
    new_table: Text | None = None
    """The name of the rows after the statement."""


class TriggerSpec(NamedSpec):
    """A trigger; `before update for each row execute function f()` is the short form."""

    guesses: ClassVar = {
        "after": "timing",
        "before": "timing",
        "columns": "update_of",
        "event": "events",
        "execute": "function",
        "level": "for_each",
        "new_table": "referencing: {new_table: …}",
        "old_table": "referencing: {old_table: …}",
        "on": "events",
        "procedure": "function",
    }
    shorthands: ClassVar = ({"type": "string"},)

    timing: Text
    """`before`, `after` or `instead of`."""
    events: Texts
    """Any of `insert`, `update`, `delete` and `truncate`."""
    update_of: Texts = ()
    """Columns: an update of others does not fire it."""
    for_each: Text = "statement"
    """`row` or `statement`."""
    when: Sql | None = None
    """A condition on `old` and `new`."""
    function: Text
    """The function, with its arguments as `name('a', 1)` if it has any."""
    arguments: Texts = ()
    """The arguments of the function, as text."""
    referencing: ReferencingSpec | None = None
    """REFERENCING: names of the transition tables."""
    constraint: Flag = False
    """Whether it is a constraint trigger."""
    deferrable: Flag = False
    """Whether a constraint trigger may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""
    from_table: Text | None = None
    """The other table of a constraint trigger."""
    enabled: Text = "origin"
    """`origin`, `replica`, `always` or `disabled`."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""
    enabled_on: dict[Text, Text] = Field(default={})
    """Partitions on which it fires otherwise than on the whole table: `{part: disabled}`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Split SQL's words."""
        return parse_trigger(value) if isinstance(value, str) else value


class _Cursor(TokenCursor):
    """Reads what stands behind the name in CREATE TRIGGER, without ON and the table."""

    def fail(self, message: str, offset: int) -> NoReturn:
        """Raise a ValueError; a short form has no places of its own."""
        del offset
        raise ValueError(f"{message}\nhint: write {_SHORT}, or one key per property")

    def trigger(self) -> dict[str, Any]:
        values: dict[str, Any] = {"timing": self.one_of("before", "after", "instead")}
        if values["timing"] == "instead":
            self.need("of")
            values["timing"] = "instead of"
        self._events(values)
        if self.value() == "on":
            self.unexpected("the table is the one that it stands in")
        if self.take("from"):
            values |= {"constraint": True, "from_table": self.dotted()}
        self._deferring(values)
        if self.take("referencing"):
            values["referencing"] = self._referencing()
        if self.take("for"):
            self.take("each")
            values["for_each"] = self.one_of("row", "statement")
        if self.take("when"):
            values["when"] = self.bracketed()
        self.need("execute")
        self.one_of("function", "procedure")
        values |= self.call()
        return values

    def _events(self, values: dict[str, Any]) -> None:
        events = values["events"] = []
        while True:
            events.append(self.one_of(*EVENTS))
            if events[-1] == "update" and self.take("of"):
                values["update_of"] = [self.name()]
                while self.take(","):
                    values["update_of"].append(self.name())
            if not self.take("or"):
                return

    def _deferring(self, values: dict[str, Any]) -> None:
        if self.take("not", "deferrable"):
            values["constraint"] = True
        elif self.take("deferrable"):
            values |= {"constraint": True, "deferrable": True}
        if self.take("initially", "deferred"):
            values |= {"constraint": True, "deferrable": True, "initially_deferred": True}
        elif self.take("initially", "immediate"):
            values["constraint"] = True

    def _referencing(self) -> dict[str, str]:
        tables: dict[str, str] = {}
        while self.value() in ("old", "new"):
            which = self.one_of("old", "new")
            self.need("table")
            self.take("as")
            tables[f"{which}_table"] = self.name()
        return tables

    def call(self) -> dict[str, Any]:
        values: dict[str, Any] = {"function": self.dotted()}
        arguments: list[str] = []
        if self.take("("):
            while not self.take(")"):
                arguments.append(self._argument())
                if self.value() != ")":
                    self.need(",")
        if self.peek() is not None:
            self.unexpected("expected nothing more")
        return values | ({"arguments": arguments} if arguments else {})

    def _argument(self) -> str:
        token = self.peek()
        if token is None or token.kind in (Kind.OPERATOR, Kind.PUNCTUATION, Kind.PARAM):
            self.unexpected("expected a string or a number")
        self.next += 1
        return token.value


def parse_trigger(text: str) -> dict[str, Any]:
    """Split the short form into the keys of the long one; raises ValueError with the reason."""
    return _Cursor(text, code(text)).trigger()


def parse_call(text: str) -> tuple[str, list[str]]:
    """Split `function('argument')` or `function`; raises ValueError with the reason."""
    values = _Cursor(text, code(text)).call()
    return values["function"], values.get("arguments", [])


def condition_of(definition: str) -> str | None:
    """Take the condition out of what `pg_get_triggerdef` prints."""
    found = code(definition)
    start = next(
        (i for i, t in enumerate(found) if t.kind is Kind.IDENT and t.value == "when"), None
    )
    if start is None:
        return None
    cursor = _Cursor(definition, found)
    cursor.next = start + 1
    return cursor.bracketed()


def written(values: dict[str, Any]) -> str | dict[str, Any]:
    """Give the short form where it says the same on one line, else the values as they are."""
    if values.keys() & {"enabled", "enabled_on"}:
        return values
    text = " ".join(_words(values))
    if "\n" in text or len(text) > _LONGEST:
        return values
    try:
        same = parse_trigger(text) == values
    except ValueError:
        return values
    return text if same else values


def _words(values: dict[str, Any]) -> list[str]:
    columns = values.get("update_of")
    events = [
        f"{e} of {comma(map(ident, columns))}" if e == "update" and columns else e
        for e in values["events"]
    ]
    words = [values["timing"], " or ".join(events)]
    if "from_table" in values:
        words.append(f"from {values['from_table']}")
    if values.get("constraint"):
        words.append("deferrable" if values.get("deferrable") else "not deferrable")
        if values.get("initially_deferred"):
            words.append("initially deferred")
    if tables := values.get("referencing"):
        words.append("referencing")
        words += [f"{k.removesuffix('_table')} table as {ident(v)}" for k, v in tables.items()]
    if "for_each" in values:
        words.append(f"for each {values['for_each']}")
    if "when" in values:
        words.append(f"when ({values['when']})")
    arguments = comma(map(literal, values.get("arguments", ())))
    words.append(f"execute function {values['function']}({arguments})")
    return words
