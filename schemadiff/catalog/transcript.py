"""What a server was asked in one transaction, and what it said.

The surprising fact: most of what a run asks is what the last one asked. So that can be asked before
anybody knows that it will be needed, and the server is at work while our modules are loaded.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

Row = tuple[Any, ...]


class Answer:
    """What the server says to one question, fetched when somebody looks at it."""

    __slots__ = ("_cursor", "_rows")

    def __init__(self, cursor: Cursor[Any]) -> None:
        """Take the cursor of the question, whose result need not be there yet."""
        self._cursor: Cursor[Any] | None = cursor
        self._rows: list[Row] = []

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        if self._cursor is not None:
            self._rows = self._cursor.fetchall()
            self._cursor = None
        return self._rows

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return iter(self.rows)


class Transcript:
    """The questions of one transaction, each of them asked once."""

    def __init__(self, connection: Connection[Any], ahead: Iterable[str] = ()) -> None:
        """Ask at once what will probably be asked; raises psycopg.Error."""
        self._connection = connection
        self._asked: dict[str, Answer] = {}
        self._ahead: dict[str, Answer] = {}
        self.ahead = tuple(ahead)
        if self.ahead:
            with connection.pipeline():
                self._ahead = {
                    text: Answer(connection.execute(text.encode())) for text in self.ahead
                }

    def together(self) -> AbstractContextManager[Any]:
        """Have what is asked within sent in one round."""
        return self._connection.pipeline()

    def ask(self, text: str) -> Answer:
        """Ask a question without parameters, unless that was done."""
        found = self._asked.get(text) or self._ahead.get(text)
        if found is None:
            found = Answer(self._connection.execute(text.encode()))
        self._asked[text] = found
        return found

    @property
    def questions(self) -> tuple[str, ...]:
        """Everything that was asked for, in order."""
        return tuple(self._asked)

    @property
    def asked(self) -> str | None:
        """The digest of all questions that were asked for, with their answers."""
        return self._digest(self._asked)

    @property
    def told_ahead(self) -> str | None:
        """The digest of all questions that were asked ahead, with their answers."""
        return self._digest(self._ahead)

    def _digest(self, answers: Mapping[str, Answer]) -> str | None:
        """Hash questions and answers; None where a value has no bytes of its own (a moment)."""
        version = self._connection.info.server_version
        digest = hashlib.blake2b(str(version).encode(), digest_size=32)
        for text in sorted(answers):
            try:
                said = marshal.dumps((text, answers[text].rows), 2)  # 2: always alike
            except ValueError:
                return None
            digest.update(b"%d\0" % len(said))
            digest.update(said)
        return digest.hexdigest()
