"""SQL's own words as the short form of an index, a policy or a constraint.

    (lower(name) desc, id) include (email)
    unique using btree (name) where active
    for select to reader using (owner = current_user)
    foreign key (salon_id) references salons (id) on delete cascade
    exclude using gist (room with =, during with &&) where (not cancelled)
    check (stars > 0) not valid

The surprising fact: none of the words with which one of these begins here can begin an
expression, for all are reserved; so what begins otherwise is a condition, or a key, as `(a + b)`
is; but several keys in brackets are no key, nor is what goes on with a clause of an index, nor a
column and how it is sorted.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.sql import comma, ident
from schemadiff.core.token_cursor import TokenCursor
from schemadiff.kinds._column.definition import split_column
from schemadiff.kinds._column.text import ShorthandError

_COMMANDS: Final = ("all", "select", "insert", "update", "delete")
_BEGINS_POLICY: Final = ("as", "for", "to", "using", "with")
_OF_INDEX: Final = ("include", "with", "tablespace", "where")
_WORDS: Final = 2  # a column, and how it is sorted or its operator class
_SORTS: Final = ("asc", "desc", "nulls")
_ASKS: Final = ("isnull", "notnull")
_REFERENCE: Final = "(column, …) references table (column, …)"


class _Clauses(TokenCursor):
    """Reads what stands behind the name and the table."""

    def fail(self, message: str, offset: int) -> NoReturn:
        """Raise a ValueError; a short form has no places of its own."""
        del offset
        raise ValueError(f"{message}\nhint: write it as CREATE does, or one key per property")

    def end(self) -> None:
        """Fail where something is left."""
        if self.peek() is not None:
            self.unexpected("expected nothing more")

    def index(self) -> dict[str, Any]:
        values: dict[str, Any] = {"unique": self.take("unique")}
        if self.take("using"):
            values["using"] = self.name()
        values["columns"] = self._listed()
        if self.take("include"):
            values["include"] = self.name_list()
        if self.take("nulls", "not", "distinct"):
            values["nulls_not_distinct"] = True
        if self.take("with"):
            values["with"] = self._parameters()
        if self.take("tablespace"):
            values["tablespace"] = self.name()
        if self.take("where") and self.peek() is not None:
            values["where"] = self.slice(self.next, len(self.found))
            return values
        self.end()
        return values

    def policy(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if self.take("as"):
            values["permissive"] = self.one_of("permissive", "restrictive") == "permissive"
        if self.take("for"):
            values["command"] = self.one_of(*_COMMANDS)
        if self.take("to"):
            values["roles"] = [self.name()]
            while self.take(","):
                values["roles"].append(self.name())
        if self.take("using"):
            values["using"] = self.bracketed()
        if self.take("with"):
            self.need("check")
            values["with_check"] = self.bracketed()
        self.end()
        return values

    def check(self) -> dict[str, Any]:
        self.need("check")
        values: dict[str, Any] = {"expression": self.bracketed()}
        while self.peek() is not None:
            if self.take("no", "inherit"):
                values["no_inherit"] = True
            elif self.take("not", "valid"):
                values["not_valid"] = True
            elif self.take("not", "enforced"):
                values["not_enforced"] = True
            else:
                self.unexpected("expected no inherit, not valid or not enforced")
        return values

    def exclusion(self) -> dict[str, Any]:
        self.take("exclude")
        values: dict[str, Any] = {"using": self.name()} if self.take("using") else {}
        values["elements"] = self._listed()
        if self.take("include"):
            values["include"] = self.name_list()
        if self.take("with"):
            values["with"] = self._parameters()
        if self.take("using", "index", "tablespace"):
            values["tablespace"] = self.name()
        if self.take("where"):
            values["where"] = self.bracketed()
        if self.take("deferrable"):
            values["deferrable"] = True
        if self.take("initially"):
            values["initially_deferred"] = self.one_of("deferred", "immediate") == "deferred"
        self.end()
        return values

    def foreign_key(self) -> dict[str, Any]:
        self.take("foreign", "key")
        columns, period = self._with_period()
        if self.value() != "references":
            self.unexpected(f"expected {_REFERENCE}")
        words = [token.value for token in self.found[-2:]]
        unread = 2 if words == ["not", "valid"] else 0
        rest = self.slice(self.next, len(self.found) - unread)
        self.next += 1
        table = self.dotted()
        if period and self.value() == "(":
            target, too = self._with_period()
            last = len(self.found) - unread
            after = self.slice(self.next, last) if self.next < last else ""
            if not too:
                self.fail("the column that is referred to has to be a period too", 0)
            rest = f"references {table} ({comma(map(ident, target))}) {after}"
        try:
            found = split_column(f"integer {rest}")
        except ShorthandError as error:
            self.fail(error.message, error.offset)
        if found.keys() != {"type", "references"}:
            self.fail(f"{rest!r} says more than a reference", 0)
        said = dict(found["references"])
        ends = {key: said.pop(key) for key in ("table", "columns") if key in said}
        if period:
            said["period"] = True
        return {"columns": columns, "references": ends, "not_valid": bool(unread), **said}

    def _with_period(self) -> tuple[list[str], bool]:
        """Take names in brackets, the last of which may have PERIOD in front of it, or fail."""
        self.need("(")
        found, period = list[str](), False
        while not (found and self.take(")")):
            if found:
                self.need(",")
            ends = self.value(1) in (",", ")")  # it may be the name of a column
            period = self.value() == "period" and not ends and self.take("period")
            found.append(self.name())
        return found, period

    def is_index(self) -> bool:
        """Tell whether this is more than a key of an index."""
        if self.value() != "(":
            return self.value() in ("unique", "using")
        is_key = self._is_key()
        several = len(self._listed()) > 1 or is_key
        goes_on = self.value() in _OF_INDEX or (
            self.value() == "nulls" and self.value(1) in ("not", "distinct")
        )
        return goes_on or (several and self.peek() is None)

    def _is_key(self) -> bool:
        """Tell whether a column stands in the brackets, and how it is sorted or compared."""
        words = self.found[self.next + 1 : -1]
        if len(words) < _WORDS or any(w.kind not in (Kind.IDENT, Kind.QUOTED) for w in words):
            return False
        first, second = (w.value for w in words[:_WORDS])
        if len(words) > _WORDS:
            return second in _SORTS
        return first != "not" and second not in _ASKS

    def _parameters(self) -> dict[str, str]:
        """Take storage parameters in brackets, or fail."""
        pairs = (each.partition("=") for each in self._listed())
        return {k.strip(): v.strip().strip("'") or "true" for k, _, v in pairs}

    def _listed(self) -> list[str]:
        """Take what is in brackets, apart where there is a comma, or fail."""
        first = self.next + 1
        self.bracketed()
        found: list[str] = []
        depth, start = 0, first
        for position in range(first, self.next - 1):
            mark = self.found[position].text
            depth += (mark in ("(", "[")) - (mark in (")", "]"))
            if mark == "," and not depth:
                found.append(self.slice(start, position) if position > start else "")
                start = position + 1
        return [*found, self.slice(start, self.next - 1) if self.next - 1 > start else ""]


def parse_index(text: str) -> dict[str, Any] | None:
    """Split an index; None where it is but a key. Raises ValueError with the reason."""
    found = _tokens(text)
    try:
        more = _Clauses(text, found).is_index()
    except ValueError:  # an open bracket, of which a key can tell as much
        return None
    return _Clauses(text, found).index() if more else None


def parse_policy(text: str) -> dict[str, Any] | None:
    """Split a policy; None where it is but a condition. Raises ValueError with the reason."""
    cursor = _Clauses(text, _tokens(text))
    return cursor.policy() if cursor.value() in _BEGINS_POLICY else None


def parse_foreign_key(text: str) -> dict[str, Any]:
    """Split a foreign key; raises ValueError with the reason."""
    return _Clauses(text, code(text)).foreign_key()


def parse_check(text: str) -> dict[str, Any] | None:
    """Split a check; None where it is but an expression. Raises ValueError with the reason."""
    if text.lstrip()[: len("check")].lower() != "check":  # there are many, and few begin so
        return None
    cursor = _Clauses(text, _tokens(text))
    return cursor.check() if cursor.value() == "check" else None


def parse_exclusion(text: str) -> dict[str, Any]:
    """Split an exclusion constraint; raises ValueError with the reason."""
    return _Clauses(text, code(text)).exclusion()


def _tokens(text: str) -> list[Token]:
    """Give the tokens; none where the text cannot be read, of which others tell."""
    try:
        return code(text)
    except LexError:
        return []
