"""A user's mistake, or a thing worth saying, as a value.

Every message a user sees about their own input has this shape: where, a stable code, what is
wrong, and a hint that mends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from enum import StrEnum

from schemadiff.core.identity import Identity
from schemadiff.core.record import record, replace


class Severity(StrEnum):
    """How a diagnostic bears on the run: an error ends it, the others are shown."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@record(frozen=True, slots=True)
class Place:
    """Where something was written; line and column count from 1, and 0 means unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Give `file:line:column`, leaving out what is unknown."""
        if not self.line:
            return self.file
        return (
            f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        )


@record(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding: `place code message`, and a hint that says how to mend it.

    Who knows no files says what it is `about`: the first that stands in them gives the place.
    """

    code: str
    message: str
    hint: str = ""
    place: Place | None = None
    severity: Severity = Severity.ERROR
    about: tuple[Identity, ...] = field(default=(), compare=False)

    def placed(self, place: Callable[[Identity], Place | None]) -> Diagnostic:
        """Give the same with the place of what it is about."""
        found = self.place or next((p for i in self.about if (p := place(i)) is not None), None)
        return replace(self, place=found)

    def __str__(self) -> str:
        """Give the line (and the hint below it) as it is printed."""
        head = f"{self.place} " if self.place else ""
        line = f"{head}{self.code} {self.message}"
        return f"{line}\n  hint: {self.hint}" if self.hint else line
