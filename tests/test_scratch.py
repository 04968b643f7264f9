"""One scratch database serves all questions of a plan, each of which finds it empty."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from schemadiff.catalog.session import connect
from schemadiff.shadow.server import PREFIX, Scratch, ShadowOptions
from tests.plugins.postgres import Database

NONE: tuple[str, ...] = ()


@pytest.fixture
def scratch(database: Database) -> Iterator[Scratch]:
    with connect(database.url) as target, Scratch(target, ShadowOptions()) as made:
        yield made


def there(database: Database) -> list[str]:
    rows = database.execute(
        "select datname from pg_database where starts_with(datname, %s)", (PREFIX,)
    )
    return [row[0] for row in rows]


def asked(scratch: Scratch, statements: str) -> None:
    with scratch.emptied(NONE, NONE) as empty:
        empty.execute(statements.encode())


def test_nothing_is_made_before_it_is_needed(scratch: Scratch, database: Database) -> None:
    assert there(database) == []


def test_each_question_finds_it_empty(scratch: Scratch, database: Database) -> None:
    seen = set()
    for _ in range(2):
        with scratch.emptied(NONE, NONE) as empty:
            empty.execute("create schema s")
            empty.execute("create table s.t (id int primary key)")
            empty.execute("set search_path = s")
            seen.add(empty.info.dbname)
    with scratch.emptied(NONE, NONE) as empty:
        [(found,)] = empty.execute("select to_regnamespace('s')").fetchall()
        assert found is None
        assert "s" not in empty.execute("show search_path").fetchall()[0][0].split(", ")
    assert there(database) == list(seen)


def test_a_question_that_fails_is_forgotten_too(scratch: Scratch) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        asked(scratch, "create schema s; select from nothing")
    with scratch.emptied(NONE, NONE) as empty:
        empty.execute("create schema s")


def test_another_one_is_made_where_the_session_was_ended(
    scratch: Scratch, database: Database
) -> None:
    with pytest.raises(psycopg.OperationalError):
        asked(scratch, "select pg_terminate_backend(pg_backend_pid())")
    with scratch.emptied(NONE, NONE) as empty:
        empty.execute("create schema s")
        assert there(database) == [empty.info.dbname]


def test_nothing_of_it_stays(database: Database) -> None:
    with connect(database.url) as target, Scratch(target, ShadowOptions()) as scratch:
        asked(scratch, "create schema s")
        assert len(there(database)) == 1
    assert there(database) == []
