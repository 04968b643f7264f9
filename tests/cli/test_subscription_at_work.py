"""A subscription that replicates: what is altered only while it rests, with a real publisher."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import ephemeral_server
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

OPTIONS = {"failover": 17, "two_phase": 18}


@pytest.fixture
def subscribed(binaries: Binaries) -> Iterator[tuple[Database, str]]:
    """Two databases of one server, the second subscribed to the first; with its connection."""
    with ephemeral_server(binaries, settings={"wal_level": "logical"}) as server:
        for name in ("publisher", "subscriber"):
            server.ensure_database(name)
        publisher, subscriber = (Database(n, server.url(n)) for n in ("publisher", "subscriber"))
        table = "create table t (a int primary key);"
        publisher.load(f"{table} create publication p for table t;")
        # In a transaction of its own: the slot waits for all others.
        publisher.execute("select pg_create_logical_replication_slot('s', 'pgoutput')")
        host = parse_qs(urlparse(publisher.url).query)["host"][0]
        connection = f"host={host} dbname=publisher user=postgres"
        subscriber.load(
            f"{table} create subscription s connection '{connection}'"
            " publication p with (create_slot = false);"
        )
        yield subscriber, connection


@pytest.mark.parametrize("option", OPTIONS)
def test_it_rests_while_an_option_is_altered(
    subscribed: tuple[Database, str], cli: Cli, bare: Path, server_major: int, option: str
) -> None:
    if server_major < OPTIONS[option]:
        pytest.skip(f"{option} is altered since PostgreSQL {OPTIONS[option]}")
    database, connection = subscribed
    (bare / "schemadiff.yaml").write_text("manage: [subscriptions]\n")
    (bare / "schemas").mkdir()
    (bare / "schemas/s.yaml").write_text(
        "tables:\n  t: {columns: {a: int primary key}}\n"
        f"subscriptions:\n  s:\n    connection: {connection}\n    publications: [p]\n"
        f"    {option}: true\n"
    )
    found = cli("apply", "--db", database.url, "--yes")
    assert found.code == 0, found.out + found.err
    column = {"failover": "subfailover", "two_phase": "subtwophasestate <> 'd'"}[option]
    (row,) = database.execute(f"select subenabled, {column} from pg_subscription")
    assert row == (True, True)
    again = cli("plan", "--db", database.url, "--detailed-exitcode")
    assert again.code == 0, again.out
