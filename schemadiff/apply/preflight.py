"""Asks the rows before anything runs: read-only, within a time, and never in the way of anybody.

The surprising fact: rolling back to a savepoint also gives back the locks taken since (manual,
13.3), so the one transaction holds ACCESS SHARE on no table longer than its question takes. What a
question makes, temporary tables, is made in a transaction of its own, which is read-only after it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.settings import STEADY
from schemadiff.catalog.trial import is_willing
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PreflightRefused
from schemadiff.core.plan import Plan
from schemadiff.core.preflight import Answer, Meaning, Outcome, Question
from schemadiff.core.sql import search
from schemadiff.core.versions import PG17

if TYPE_CHECKING:
    from psycopg import Connection

TIMEOUT = 30.0  # seconds, for all questions together
_LOCK = 3.0
_LONGEST = 60  # characters of a shown value
_VALUES = ("22", "23")  # classes of errors that are about values (manual, appendix A)
_BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED"
_ONLY = "SET TRANSACTION READ ONLY"
_UNFOUND = frozenset({"42883", "42P01", "42704"})  # a function, a table, a type
_NO_NAME = frozenset({"3F000", "42601", "42602", "42725"})  # a schema, no name at all, or several
_RAISED = "P0001"  # by a function, in words of its own
_RESTRICTED = "since 17 indexes and materialized views are computed without the search_path"
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
    asked = _Asked(connection, time.monotonic() + timeout, timeout)
    with _transaction(connection):
        connection.execute(_ONLY)
        answers = {q: asked.answer(q) for q in plan.questions if not q.makes}
    for question in plan.questions:
        if question.makes:
            with _transaction(connection):
                answers[question] = asked.answer(question)
    return plan.answered(tuple(answers[q] for q in plan.questions))


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


class _NotFoundThen(Exception):
    """A function finds a name along the search_path, which the plan has not when it computes."""


class _Asked:
    """One transaction and the time that is left in it."""

    def __init__(self, connection: Connection[Any], until: float, timeout: float) -> None:
        self._connection = connection
        self._until = until
        self._timeout = timeout
        self._home: tuple[str, ...] = ()
        self._restricted = self._named = False

    def answer(self, question: Question) -> Answer:
        """Ask one question in a savepoint."""
        import psycopg

        self._home = tuple(dict.fromkeys((question.subject.schema, "public")))
        self._named = question.named
        self._restricted = question.maintained and self._connection.info.server_version >= PG17
        if question.unasked:
            return _not_checked(question, question.unasked)
        try:
            answer = self._answer(question)
        except _NotFoundThen as error:
            said = f"{_said(error.args[0])}; {_RESTRICTED}"
            answer = Answer(question=question, outcome=Outcome.FAILS, said=said)
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
        if question.guess and answer.outcome is Outcome.FAILS:
            return _not_checked(
                question, f"{question.guess} ({answer.said or 'some are found now'})"
            )
        return answer

    @property
    def _late(self) -> str:
        return f"the time was not enough ({self._timeout:g} s for all questions)"

    def _answer(self, question: Question) -> Answer:
        import psycopg

        if question.makes and (why := self._unmade(question.makes)):
            return _not_checked(question, why)
        said = ""
        if question.trial:
            try:
                self._rows(question.trial, read=False)  # of any type, in any style
            except psycopg.Error as error:
                if not _is_about_values(error, question):
                    raise
                said = _said(error)
            if not said and question.meaning is Meaning.FAILS:
                return Answer(question=question, outcome=Outcome.PASSED, count=0)
        count = None
        try:
            count = int(self._rows(question.count)[0][0]) if question.count else None
        except psycopg.Error as error:
            if not said and not (question.computes and _is_about_values(error, question)):
                raise
            said = said or _said(error)
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

    def _unmade(self, sql: str) -> str:
        """Make something temporary, after which the transaction only reads; else say why not."""
        if not is_willing(self._connection):
            return "nothing temporary may be made here"
        self._limit()
        self._connection.execute(sql.encode())
        self._connection.execute(_ONLY)
        return ""

    def _limit(self) -> None:
        """Limit what comes to the time that is left."""
        import psycopg

        left = int((self._until - time.monotonic()) * 1000)
        if left <= 0:
            raise psycopg.errors.QueryCanceled
        lock = min(left, int(_LOCK * 1000))
        self._connection.execute(f"SET LOCAL statement_timeout = {left}")
        self._connection.execute(f"SET LOCAL lock_timeout = {lock}")

    def _rows(self, sql: str, *, read: bool = True) -> list[Any]:
        """Run one statement within the time that is left, and give its locks back."""
        import psycopg

        execute = self._connection.execute
        execute("SAVEPOINT schemadiff_question")
        try:
            if self._named:
                execute(f"SELECT {search(self._home, local=True)}".encode())
            self._limit()
            try:
                found = execute(sql.encode())
                return found.fetchall() if read else []
            except psycopg.Error as error:
                if error.sqlstate not in _UNFOUND or self._named:
                    raise
                unfound = error
            # A function names something without its schema: it is found as when the plan runs.
            execute("ROLLBACK TO SAVEPOINT schemadiff_question")
            execute(f"SELECT {search(self._home, local=True)}".encode())
            self._limit()
            found = execute(sql.encode())
            if self._restricted:
                raise _NotFoundThen(unfound)
            return found.fetchall() if read else []
        finally:
            if not self._connection.closed:
                execute("ROLLBACK TO SAVEPOINT schemadiff_question")


def _not_checked(question: Question, why: str) -> Answer:
    return Answer(question=question, outcome=Outcome.NOT_CHECKED, said=why)


def _is_about_values(error: Any, question: Question) -> bool:
    state = error.sqlstate or ""
    if question.named and (state in _UNFOUND or state in _NO_NAME):
        return True
    return state[:2] in _VALUES or (question.computes and state == _RAISED)


def _said(error: Any) -> str:
    return f"the server says: {error.diag.message_primary or error}".replace("\n", " ")


def _example(parts: list[str | None]) -> str:
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return ", ".join(f"{name} = {_short(value)}" for name, value in pairs)


def _short(value: str | None) -> str:
    if value is None:
        return "NULL"
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
