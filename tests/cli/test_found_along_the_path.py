"""What functions name without a schema is found as their clients' sessions find it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.settings import change, searching
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

BEFORE = """
    create schema tools;
    create function tools.token(n integer) returns text language sql volatile
        as 'select substr(md5(random()::text), 1, n)';
    create function public.fresh() returns text language plpgsql volatile
        as 'begin return token(12); end';
    create function public.told() returns trigger language plpgsql
        as 'begin insert into heard values (new.code); return new; end';
    create table public.t (id integer primary key);
    insert into public.t select generate_series(1, 500);
    create table public.heard (what text);
    create table public.kinds (code text primary key, label text);
    create trigger told before insert or update on public.kinds
        for each row execute function public.told();
    insert into public.kinds values ('a', 'former');
"""
NEW = "      token: text not null default fresh()\n"
ROWS = "    rows: [{code: a, label: new}, {code: b, label: new}]\n"


@pytest.fixture
def wanted(live: Database, cli: Cli, bare: Path) -> Database:
    """A database whose path has a schema of its own, and files that want more."""
    live.execute(BEFORE)
    path = "alter database {} set search_path = public, tools"
    live.execute(path.format(live.name))
    assert cli("pull").code == 0
    table, kinds = bare / "schemas" / "t.yaml", bare / "schemas" / "kinds.yaml"
    table.write_text(table.read_text().rstrip() + "\n" + NEW)
    kinds.write_text(kinds.read_text().rstrip() + "\n" + ROWS)
    return live


@pytest.mark.parametrize("how", [(), ("--offline",)])
def test_by_apply(wanted: Database, cli: Cli, how: tuple[str, ...]) -> None:
    applied = cli("apply", "--yes", *how)
    assert applied.code == 0, applied.err
    _check(wanted)


def test_by_a_saved_plan(wanted: Database, cli: Cli) -> None:
    assert cli("plan", "--out", "plan.json").code == 0
    applied = cli("apply", "plan.json", "--yes")
    assert applied.code == 0, applied.err
    _check(wanted)


@pytest.mark.parametrize("how", [(), ("--offline",)])
def test_by_a_script(wanted: Database, cli: Cli, how: tuple[str, ...]) -> None:
    script = cli("plan", "--format", "sql", *how).out
    wanted.load(script)
    wanted.load(script)
    _check(wanted)


def test_by_the_preflight(wanted: Database, cli: Cli) -> None:
    said = " ".join(cli("plan", "--preflight").out.split())
    assert "public.fresh() is no value of the new column" in said
    assert "does not exist" not in said


@pytest.mark.parametrize("script", [False, True])
def test_by_what_hears_of_each_statement(
    live: Database, cli: Cli, bare: Path, *, script: bool
) -> None:
    live.execute(
        "create table heard (what text); create table t (a integer); insert into t values (1);"
        "create function hear() returns event_trigger language plpgsql"
        " as 'begin insert into heard values (tg_tag); end';"
        "create event trigger hears on ddl_command_end execute function hear()"
    )
    assert cli("pull").code == 0
    table = bare / "schemas" / "t.yaml"
    table.write_text(table.read_text().rstrip() + "\n      b: text\n    indexes: {t_a: [a]}\n")
    if script:
        live.load(cli("plan", "--format", "sql").out)
    else:
        applied = cli("apply", "--yes")
        assert applied.code == 0, applied.err
    heard = live.execute("select what from heard order by 1")
    assert heard == [("ALTER TABLE",), ("CREATE INDEX",)]
    assert "No changes." in cli("plan").out


@pytest.mark.parametrize("how", ["apply", "saved", "script"])
def test_by_what_waits_for_the_end(live: Database, cli: Cli, bare: Path, *, how: str) -> None:
    live.execute(
        "create table heard (what text); create table kinds (code text primary key, label text);"
        "create function told() returns trigger language plpgsql"
        " as 'begin insert into heard values (new.code); return null; end';"
        "create constraint trigger told after insert or update on kinds"
        " deferrable initially deferred for each row execute function told()"
    )
    assert cli("pull").code == 0
    kinds = bare / "schemas" / "kinds.yaml"
    kinds.write_text(kinds.read_text().rstrip() + "\n" + ROWS)
    if how == "script":
        live.load(cli("plan", "--format", "sql").out)
    else:
        assert cli("plan", "--prove", "--out", "plan.json").code == 0
        applied = cli("apply", *(["plan.json"] if how == "saved" else []), "--yes")
        assert applied.code == 0, applied.err
    assert live.execute("select what from heard order by 1") == [("a",), ("b",)]
    assert "No changes." in cli("plan").out


def _check(database: Database) -> None:
    ((tokens,),) = database.execute("select count(distinct token) from public.t")
    assert tokens == 500, "each row has one of its own"
    heard = database.execute("select what, count(*) > 0 from public.heard group by 1 order by 1")
    assert heard == [("a", True), ("b", True)]


def test_what_is_denied_its_lock_leaves_no_path(database: Database) -> None:
    """Outside of a transaction nothing else takes it back, and its guard is asked again."""
    path = "select pg_catalog.current_setting('search_path')"
    with database.connect() as connection:
        change(connection, {"search_path": ""}, local=False)
        for failing in ("select 1/0", "select 1"):
            along = searching(connection, ("public",), local=False)
            with contextlib.suppress(psycopg.errors.DivisionByZero), along:
                assert connection.execute(path).fetchone() == ('"$user", public, public',)
                connection.execute(failing.encode())
            assert connection.execute(path).fetchone() == ("",)
