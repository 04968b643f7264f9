"""Asks the rows before anything runs: read-only, within a time, and never in the way of anybody.

The surprising fact: rolling back to a savepoint also gives back the locks taken since (manual,
13.3), so the one transaction holds ACCESS SHARE on no table longer than its question takes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.session import STEADY
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PreflightRefused
from schemadiff.core.plan import Plan
from schemadiff.core.preflight import Answer, Meaning, Outcome, Question

if TYPE_CHECKING:
    from psycopg import Connection

TIMEOUT = 30.0  # seconds, for all questions together
_LOCK = 3.0
_LONGEST = 60  # characters of a shown value
_VALUES = ("22", "23")  # classes of errors that are about values (manual, appendix A)
_BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY"
# A row that a policy hides would not be counted: with this it is an error instead.
# Values are read as the session's own settings say, for so they will be when the plan runs.
_OWN = frozenset({"TimeZone", "DateStyle", "IntervalStyle"})
_SETTINGS = {k: v for k, v in STEADY.items() if k not in _OWN}
_SETTINGS |= {"row_security": "off", "idle_in_transaction_session_timeout": "0"}
_SET = "SELECT " + ", ".join(
    f"pg_catalog.set_config('{k}', '{v}', true)" for k, v in _SETTINGS.items()
)


def preflight(connection: Connection[Any], plan: Plan, timeout: float = TIMEOUT) -> Plan:
    """Put the questions of a plan; those for which the time does not last are "not checked"."""
    if not plan.questions:
        return plan.answered(())
    with _transaction(connection):
        asked = _Asked(connection, time.monotonic() + timeout, timeout)
        answers = tuple(asked.answer(q) for q in plan.questions)
    return plan.answered(answers)


def refuse(plan: Plan) -> None:
    """Raise PreflightRefused with each change that is certain to fail."""
    found = [a for a in plan.answers or () if a.outcome is Outcome.FAILS]
    if found:
        hint = "nothing was changed; mend these rows, or change the files so that they fit"
        raise PreflightRefused(
            *(
                Diagnostic(
                    code="SD314",
                    message=f"{a.question.subject} is certain to fail: {a.text}",
                    hint=hint if a is found[-1] else "",
                )
                for a in found
            )
        )


@contextlib.contextmanager
def _transaction(connection: Connection[Any]) -> Iterator[None]:
    import psycopg

    before = connection.autocommit
    if not before:
        connection.autocommit = True
    try:
        connection.execute(f"{_BEGIN}; {_SET}".encode())
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            connection.rollback()
            if not before:
                connection.autocommit = False


class _Asked:
    """One transaction and the time that is left in it."""

    def __init__(self, connection: Connection[Any], until: float, timeout: float) -> None:
        self._connection = connection
        self._until = until
        self._timeout = timeout

    def answer(self, question: Question) -> Answer:
        """Ask one question in a savepoint."""
        import psycopg

        if question.unasked:
            return _not_checked(question, question.unasked)
        try:
            return self._answer(question)
        except psycopg.OperationalError as error:
            if isinstance(error, psycopg.errors.QueryCanceled):
                return _not_checked(question, self._late)
            if isinstance(error, psycopg.errors.LockNotAvailable):
                return _not_checked(question, "its table is locked by somebody else")
            if error.sqlstate is None or self._connection.closed:
                raise
            return _not_checked(question, _said(error))
        except psycopg.Error as error:
            return _not_checked(question, _said(error))

    @property
    def _late(self) -> str:
        return f"the time was not enough ({self._timeout:g} s for all questions)"

    def _answer(self, question: Question) -> Answer:
        import psycopg

        said = ""
        if question.trial:
            try:
                self._rows(question.trial)
            except psycopg.Error as error:
                if (error.sqlstate or "")[:2] not in _VALUES:
                    raise
                said = _said(error)
            if not said and question.meaning is Meaning.FAILS:
                return Answer(question=question, outcome=Outcome.PASSED, count=0)
        count = None
        with contextlib.suppress(psycopg.Error) if said else contextlib.nullcontext():
            count = int(self._rows(question.count)[0][0]) if question.count else None
        if not count and not said:
            return Answer(question=question, outcome=Outcome.PASSED, count=0)
        examples: tuple[str, ...] = ()
        if question.examples and count:
            with contextlib.suppress(psycopg.Error):
                examples = tuple(_example(r[0]) for r in self._rows(question.examples))
        outcome = Outcome.LOSES if question.meaning is Meaning.LOSES else Outcome.FAILS
        return Answer(
            question=question, outcome=outcome, count=count or None, examples=examples, said=said
        )

    def _rows(self, sql: str) -> list[Any]:
        """Run one statement within the time that is left, and give its locks back."""
        import psycopg

        left = int((self._until - time.monotonic()) * 1000)
        if left <= 0:
            raise psycopg.errors.QueryCanceled
        lock = min(left, int(_LOCK * 1000))
        execute = self._connection.execute
        execute("SAVEPOINT schemadiff_question")
        try:
            execute(f"SET LOCAL statement_timeout = {left}")
            execute(f"SET LOCAL lock_timeout = {lock}")
            return execute(sql.encode()).fetchall()
        finally:
            if not self._connection.closed:
                execute("ROLLBACK TO SAVEPOINT schemadiff_question")


def _not_checked(question: Question, why: str) -> Answer:
    return Answer(question=question, outcome=Outcome.NOT_CHECKED, said=why)


def _said(error: Any) -> str:
    return f"the server says: {error.diag.message_primary or error}".replace("\n", " ")


def _example(parts: list[str | None]) -> str:
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return ", ".join(f"{name} = {_short(value)}" for name, value in pairs)


def _short(value: str | None) -> str:
    if value is None:
        return "NULL"
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
