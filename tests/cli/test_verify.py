from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database, MakeDatabase


def test_both_agree(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    found = cli("verify")
    assert (found.code, found.out) == (0, ""), found.err
    assert "sees no difference" in found.err


def test_a_difference_shows_both_sides(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    live.execute("create index salons_name on salons (name); alter table salons drop column fax")
    before = live.dump()
    found = cli("verify")
    assert found.code == 1
    assert "SD524" in found.err
    assert "CREATE INDEX salons_name" in found.err
    assert "fax text" in found.err
    assert "in the database:" in found.err
    assert live.dump() == before
    left = live.execute("select count(*) from pg_database where datname like 'schemadiff_shadow%'")
    assert left[0][0] == 0


def test_the_order_of_columns_is_no_difference(project: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create table salons (fax text, name text not null,"
        " id bigint generated always as identity primary key)"
    )
    assert cli("drift").code == 0
    found = cli("verify")
    assert found.code == 0, found.err


def test_the_order_of_grants_is_no_difference(live: Database, cli: Cli) -> None:
    live.load(
        "create table t (a int); grant select on t to pg_read_all_data; "
        "grant insert on t to pg_monitor; alter default privileges grant select on tables to "
        "pg_read_all_data; alter default privileges grant select on tables to pg_monitor;"
    )
    cli("pull")
    found = cli("verify")
    assert found.code == 0, found.err


def test_options_of_views_are_pulled_as_they_are_spelled(
    live: Database, cli: Cli, make_database: MakeDatabase, server_major: int
) -> None:
    """`on` and `true` are the same to the server, and two dumps to pg_dump."""
    own = [
        "security_barrier = on",
        "security_barrier = false",
        "security_barrier, check_option = local",
    ]
    if server_major >= 15:
        own += ["security_invoker = on, security_barrier = yes", "security_invoker = 0"]
    live.load("create table t (a int);")
    for number, options in enumerate(own):
        live.load(f"create view v{number} with ({options}) as select a from t where a > 0;")
    cli("pull")
    assert cli("plan", "--detailed-exitcode").code == 0
    other = make_database()
    assert cli("apply", "--yes", "--db", other.url).code == 0
    assert other.dump() == live.dump()
    other.load("alter view v0 set (security_barrier = true)")
    assert cli("plan", "--detailed-exitcode", "--db", other.url).code == 0, "it means the same"


@pytest.mark.skipif(find_spec("migra") is None, reason="needs schemadiff[verify]")
def test_migra(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    found = cli("verify", "--with", "migra")
    assert found.code == 0, found.err
    assert "migra sees no difference" in found.err
    live.execute("alter table salons drop column fax")
    found = cli("verify", "--with", "migra")
    assert found.code == 1
    assert "SD525" in found.err
    assert "fax" in found.err


def test_another_second_opinion(project: Path, live: Database, cli: Cli) -> None:
    assert "SD200" in cli("verify", "--with", "oracle").err
