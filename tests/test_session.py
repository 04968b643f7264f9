"""Connections: what is shown when none can be had, and what holds while a catalog is read."""

from __future__ import annotations

import psycopg
import pytest

from schemadiff.catalog.session import connect, database_name, reading, redact, server_label
from schemadiff.core.errors import ConnectError, InspectError
from schemadiff.shadow.server import connect_to
from tests.plugins.postgres import Database

SECRET = "hunter22"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"postgresql://ann:{SECRET}@db.example/x", "postgresql://ann:***@db.example/x"),
        (f"postgresql://ann:{SECRET}@a,b:1/x?sslmode=require", None),
        (f"postgres://ann:a@{SECRET}/b@db/x", "postgres://ann:***@db/x"),
        (f"postgresql://db/x?user=ann&password={SECRET}&port=1", None),
        (f"host=db password={SECRET} user=ann", "host=db password=*** user=ann"),
        (f"host=db password='a \\' {SECRET}' user=ann", "host=db password=*** user=ann"),
        (f"postgresql:/ann:{SECRET}@db/x", "postgresql:/ann:***@db/x"),  # taken for a path
        (f"password = {SECRET}", "password = ***"),
        (f"host=db sslpassword={SECRET}&more", "host=db sslpassword=***"),
        (f"cannot reach postgresql://ann:{SECRET}@db/x: refused", None),
    ],
)
def test_no_password_is_shown(text: str, shown: str | None) -> None:
    assert SECRET not in redact(text)
    assert shown is None or redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann@db/x",
        "postgresql:///x?host=/tmp",
        "host=db user=ann",
        "postgresql://db:1/x",
        "",
    ],
)
def test_what_holds_no_password_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/x", "SD401"),
        (f"postgresql://ann:p@{SECRET}@127.0.0.1:1/x", "SD401"),
        (f"postgresql://ann:p/{SECRET}@127.0.0.1:1/x", "SD401"),
        (f"postgresql://ann:{SECRET}%zz@127.0.0.1:1/x", "SD400"),
        (f"host=127.0.0.1 password=p {SECRET}", "SD400"),
        (f"nonsense password='{SECRET}", "SD400"),
        (f"mysql://ann:{SECRET}@127.0.0.1/x", "SD400"),
    ],
)
def test_a_connection_that_fails_is_explained_without_the_password(url: str, code: str) -> None:
    with pytest.raises(ConnectError) as raised:
        connect(url)
    [found] = raised.value.diagnostics
    assert found.code == code
    assert found.hint
    assert SECRET not in str(found)


def test_a_database_that_is_not_there(database: Database) -> None:
    with pytest.raises(ConnectError, match='database "nowhere" does not exist') as raised:
        connect(database.url.replace(database.name, "nowhere"))
    assert "createdb" in raised.value.diagnostics[0].hint


def test_the_session_says_who_it_is(database: Database, server_major: int) -> None:
    with connect(database.url) as connection:
        assert database_name(connection) == database.name
        assert server_label(connection).startswith(f"PostgreSQL {server_major}")
        row = connection.execute("show application_name").fetchone()
    assert row == ("schemadiff",)


def test_the_url_may_name_the_application(database: Database) -> None:
    with connect(f"{database.url}&application_name=nightly") as connection:
        assert connection.execute("show application_name").fetchone() == ("nightly",)


def test_the_variables_of_libpq_serve_for_an_empty_url(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = psycopg.conninfo.conninfo_to_dict(database.url)
    for key, variable in (("host", "PGHOST"), ("port", "PGPORT"), ("user", "PGUSER")):
        monkeypatch.setenv(variable, str(parameters[key]))
    monkeypatch.setenv("PGDATABASE", database.name)
    with connect("") as connection:
        assert database_name(connection) == database.name


@pytest.mark.parametrize("autocommit", [True, False])
def test_reading_is_one_snapshot_that_leaves_nothing(
    database: Database, *, autocommit: bool
) -> None:
    database.execute("create table t (x int)")
    with connect(database.url, autocommit=autocommit) as connection:
        with reading(connection) as reader:
            assert reader.execute("select count(*) from public.t").fetchone() == (0,)
            database.execute("insert into t values (1)")
            assert reader.execute("select count(*) from public.t").fetchone() == (0,)
            path = reader.execute("select current_setting('search_path')").fetchone()
            assert path == ("",)
            assert reader.execute("show timezone").fetchone() == ("UTC",)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert connection.autocommit is autocommit
        assert connection.execute("select current_setting('search_path')").fetchone() != ("",)


def test_reading_refuses_to_write(database: Database) -> None:
    with connect(database.url) as connection:
        with pytest.raises(InspectError, match="read-only transaction"), reading(connection):
            connection.execute("create table public.t ()")
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_connection_lost_while_reading_is_an_error_of_ours(database: Database) -> None:
    with connect(database.url) as connection:
        with pytest.raises(InspectError) as raised, reading(connection):
            connection.execute("select pg_terminate_backend(pg_backend_pid())")
        assert "run the command again" in raised.value.diagnostics[0].hint


def test_another_connection_goes_where_the_first_one_went(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Port 5432 goes without saying, but for PGPORT."""
    assert psycopg.conninfo.conninfo_to_dict(database.url)["port"] == "5432"
    with connect(database.url) as connection:
        monkeypatch.setenv("PGPORT", "1")
        monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
        with connect(f"{database.url}&hostaddr=") as first, connect_to(first, "postgres") as second:
            assert second.info.port == connection.info.port == 5432
