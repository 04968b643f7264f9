"""What a server was asked in one transaction, and what it said.

Questions go out some at a time, and while we look at the answers the server is at work on the next
ones. The surprising fact: most of what a run asks is what the last one asked. So that can be asked
before anybody knows that it will be needed, while our modules are loaded.
"""

from __future__ import annotations

import hashlib
import marshal
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection, Cursor

Row = tuple[Any, ...]
Asked = tuple[str, int]  # a question, and how much was said the last time: the rows, and one

_ROUNDS = 8  # as much as is gained by looking at one part of the answers while waiting for the next
_AT_ONCE = 12  # questions of which nobody knows how much there will be to say


class Answer:
    """What the server says to one question, fetched when somebody looks at it."""

    __slots__ = ("_rows", "_transcript", "cursor", "text", "weight")

    def __init__(self, transcript: Transcript, text: str, weight: int = 0) -> None:
        """Take the question, which need not be sent yet."""
        self.text, self.weight = text, weight
        self.cursor: Cursor[Any] | None = None
        self._transcript = transcript
        self._rows: list[Row] | None = None

    @property
    def rows(self) -> list[Row]:
        """All rows; raises psycopg.Error."""
        if self._rows is None:
            self._rows = self._transcript.fetch(self)
        return self._rows

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return iter(self.rows)


class Transcript:
    """The questions of one transaction, each of them asked once."""

    def __init__(self, connection: Connection[Any], ahead: Iterable[Asked] = ()) -> None:
        """Begin to ask at once what will probably be asked; raises psycopg.Error."""
        self._connection = connection
        self._asked: dict[str, Answer] = {}
        self._ahead = {text: Answer(self, text, weight) for text, weight in ahead}
        self._waiting = deque(self._ahead.values())
        self._flying: list[Answer] = []
        self._beside: list[Answer] = []
        self._pipeline = ExitStack()
        self._share = sum(a.weight for a in self._waiting) // _ROUNDS
        self.at_once = _AT_ONCE
        self._send()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, wrong: type[BaseException] | None, *_: object) -> None:
        """Have everything answered that was asked, so that the connection is free."""
        wanted = {id(a) for a in (*self._asked.values(), *self._beside)}
        self._waiting = deque(a for a in self._waiting if wrong is None and id(a) in wanted)
        while self._flying or self._waiting:
            self._land()
            self._send()

    def ask(self, text: str) -> Answer:
        """Ask a question without parameters, unless that was done."""
        found = self._asked.get(text) or self._ahead.get(text)
        if found is None:
            found = Answer(self, text)
            self._waiting.append(found)
        self._asked[text] = found
        return found

    def aside(self, text: str) -> Answer:
        """Ask what is no matter for the digest of everything."""
        answer = Answer(self, text)
        self._waiting.append(answer)
        self._beside.append(answer)
        return answer

    def fetch(self, answer: Answer) -> list[Row]:
        """Wait for an answer; its successors are under way before anybody looks at it."""
        if answer.cursor is None and answer not in self._waiting:
            self._waiting.append(answer)  # asked ahead, then thought to be of no use
        while answer.cursor is None or answer in self._flying:
            self._land()
            self._send()
        return answer.cursor.fetchall()

    def _send(self) -> None:
        """Send some of the questions, and do not wait."""
        try:
            self._begin_round()
        except Exception:
            # An earlier one of the round has failed already; nobody else would end the round.
            self._flying = []
            with suppress(Exception):
                self._pipeline.close()
            raise

    def _begin_round(self) -> None:
        weight = unknown = 0
        while self._waiting and unknown < self.at_once and (not weight or weight < self._share):
            answer = self._waiting.popleft()
            if not self._flying:
                self._pipeline.enter_context(self._connection.pipeline())
            self._flying.append(answer)
            answer.cursor = self._connection.execute(answer.text.encode())
            weight += answer.weight
            unknown += not answer.weight

    def _land(self) -> None:
        """Wait for the answers to what was sent."""
        self._flying = []
        self._pipeline.close()

    @property
    def version(self) -> int:
        """That of the server."""
        return self._connection.info.server_version

    @property
    def questions(self) -> tuple[Asked, ...]:
        """Everything that was asked for, in order, with how much was said."""
        return tuple((text, len(answer.rows) + 1) for text, answer in self._asked.items())

    @property
    def was_expected(self) -> bool:
        """Tell whether exactly that was asked for which was asked ahead."""
        return tuple(self._asked) == tuple(self._ahead)

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
        digests = []
        for text, answer in answers.items():  # in the order in which they come
            try:
                said = marshal.dumps((text, answer.rows), 2)  # 2: always alike
            except ValueError:
                return None
            digests.append(hashlib.blake2b(said, digest_size=32).digest())
        whole = hashlib.blake2b(str(self.version).encode(), digest_size=32)
        whole.update(b"".join(sorted(digests)))
        return whole.hexdigest()
