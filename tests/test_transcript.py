"""What a server was asked and said: once, and in a digest that tells every other answer apart."""

from __future__ import annotations

from schemadiff.catalog.session import connect, reading
from schemadiff.catalog.transcript import Transcript
from tests.plugins.postgres import Database

ONE, OTHER = "SELECT 1, ARRAY['a', NULL], true", "SELECT 2"


def test_what_was_asked_ahead_is_not_asked_again(database: Database) -> None:
    connection = connect(database.url)
    with connection, reading(connection):
        plain, ahead = Transcript(connection), Transcript(connection, (OTHER, ONE))
        assert plain.ask(ONE).rows == ahead.ask(ONE).rows == [(1, ["a", None], True)]
        assert ahead.questions == plain.questions == (ONE,)
        assert ahead.asked == plain.asked
        assert ahead.asked != ahead.told_ahead
        ahead.ask(OTHER)
        assert ahead.asked == ahead.told_ahead  # in whatever order


def test_another_answer_has_another_digest(database: Database) -> None:
    connection = connect(database.url)
    told = []
    with connection:
        for number in range(2):
            with reading(connection):
                told.append(Transcript(connection, ("SELECT count(*) FROM pg_class",)).told_ahead)
            database.execute(f"CREATE TABLE t{number} (id integer)")
    assert None not in told
    assert len(set(told)) == 2


def test_what_has_no_bytes_of_its_own_has_no_digest(database: Database) -> None:
    connection = connect(database.url)
    with connection, reading(connection):
        said = Transcript(connection)
        assert said.ask("SELECT pg_postmaster_start_time()").rows
        assert said.asked is None
