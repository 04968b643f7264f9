"""What a server was asked and said: once, and in a digest that tells every other answer apart."""

from __future__ import annotations

import pytest

from schemadiff.catalog.session import connect, reading
from schemadiff.catalog.transcript import Transcript
from schemadiff.core.errors import InspectError
from tests.plugins.postgres import Database

ONE, OTHER = "SELECT 1, ARRAY['a', NULL], true", "SELECT 2"


def test_what_was_asked_ahead_is_not_asked_again(database: Database) -> None:
    connection = connect(database.url)
    with connection, reading(connection):
        plain, ahead = Transcript(connection), Transcript(connection, ((OTHER, 1), (ONE, 2)))
        assert plain.ask(ONE).rows == ahead.ask(ONE).rows == [(1, ["a", None], True)]
        assert ahead.questions == plain.questions == ((ONE, 2),)
        assert ahead.asked == plain.asked
        assert ahead.asked != ahead.told_ahead
        ahead.ask(OTHER)
        assert ahead.asked == ahead.told_ahead  # in whatever order
        assert not ahead.was_expected


def test_another_answer_has_another_digest(database: Database) -> None:
    connection = connect(database.url)
    told = []
    with connection:
        for number in range(2):
            with reading(connection):
                ahead = Transcript(connection, (("SELECT count(*) FROM pg_class", 2),))
                told.append(ahead.told_ahead)
            database.execute(f"CREATE TABLE t{number} (id integer)")
    assert None not in told
    assert len(set(told)) == 2


def test_what_has_no_bytes_of_its_own_has_no_digest(database: Database) -> None:
    connection = connect(database.url)
    with connection, reading(connection):
        said = Transcript(connection)
        assert said.ask("SELECT pg_postmaster_start_time()").rows
        assert said.asked is None


def test_questions_go_out_in_rounds_and_nothing_is_left_under_way(database: Database) -> None:
    connection = connect(database.url)
    texts = [f"SELECT {n}" for n in range(40)]
    with connection, reading(connection):
        with Transcript(connection, [(t, 2) for t in texts[:20]]) as said:
            answers = [said.ask(t) for t in texts[5:]]
            assert answers[3].rows == [(8,)]
            assert answers[30].rows == [(35,)]
        assert [a.rows for a in answers] == [[(n,)] for n in range(5, 40)]
        assert connection.execute(b"SELECT 'free'").fetchall() == [("free",)]
        assert said.ask(texts[0]).rows == [(0,)]


def test_a_question_that_fails_leaves_no_round_open(database: Database) -> None:
    connection = connect(database.url)
    with connection:
        # Long ones take so long to send that the error of the first is there before the last.
        long = [(f"SELECT {n} /* {'x' * 300_000} */", 2) for n in range(20)]
        for known in ((), (("SELECT 1", 2), ("SELECT nothing", 2)), (("SELECT nothing", 2), *long)):
            with (
                pytest.raises(InspectError, match="nothing"),
                reading(connection),
                Transcript(connection, known) as said,
            ):
                said.ask("SELECT nothing").rows  # noqa: B018 - a property that asks
            with reading(connection), Transcript(connection) as said:
                assert said.ask(ONE).rows
