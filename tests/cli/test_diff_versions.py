"""Databases of two major versions: each prints the same SQL in words of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from schemadiff.catalog.binaries import wheel_binaries
from schemadiff.catalog.embedded import ephemeral_server
from tests.cli.conftest import Cli
from tests.plugins.postgres import Administrator, Database

SAME = """
create table t (id integer primary key, n integer, at timestamptz default now());
create view v as select t.n, count(*) from t where t.n > 1 group by t.n order by t.n;
create materialized view m as select t.id from t where t.at is not null;
create function f() returns integer language sql as 'select 1';
"""


@pytest.fixture
def other(server_major: int) -> Iterator[Database]:
    """An empty database of another major version."""
    binaries = next(b for b in wheel_binaries() if b.major != server_major)
    with ephemeral_server(binaries) as server, closing(Administrator(server.url)) as administrator:
        yield administrator.make("template0")


def test_only_what_differs_is_told(live: Database, other: Database, cli: Cli) -> None:
    for database in (live, other):
        database.load(SAME)
    for sides in ((live.url, other.url), (other.url, live.url)):
        same = cli("diff", *sides)
        assert "No differences" in same.out, same.out + same.err
    other.execute(
        "create role only_there; alter table t owner to only_there;"
        "create view w as select n from v; alter table t add more text"
    )
    found = cli("diff", live.url, other.url)
    assert found.code == 0, found.err
    assert "Plan: 3 to create" in found.out, found.out
    assert "ALTER TABLE public.t OWNER TO only_there" in found.out
    assert "+ view public.w" in found.out


def test_what_one_has_not_yet_is_told_without_a_file(
    live: Database, other: Database, cli: Cli
) -> None:
    old, new = sorted((live, other), key=lambda d: int(d.execute("show server_version_num")[0][0]))
    if "180" not in str(new.execute("show server_version_num")):
        pytest.skip("the newer one is not PostgreSQL 18")
    new.execute("create table g (a integer, b integer generated always as (a + 1) virtual)")
    refused = cli("diff", old.url, new.url)
    assert refused.code == 1
    assert refused.err.startswith("error: SD079 column public.g.b: "), refused.err
    assert cli("diff", new.url, old.url).code == 0
