"""An extension that brings a schema and relations, in which others make objects too."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.catalog.binaries import Binaries
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

BROUGHT = """
begin;
create schema brought;
create table brought.config (id integer primary key, n integer check (n > 0), m integer unique);
create index on brought.config (n);
create rule silent as on delete to brought.config do instead nothing;
alter extension plpgsql add schema brought;
alter extension plpgsql add table brought.config;
commit;
create table brought.queue_1 (id integer primary key);
create view brought.said as select id from brought.config;
"""


def test_what_it_brings_is_its_own(bare: Path, live: Database, cli: Cli) -> None:
    live.load(BROUGHT)
    pulled = cli("pull", "--strict")
    assert pulled.code == 0, pulled.err
    assert not list(bare.glob("schemas/**/config.yaml"))
    assert "No changes" in cli("plan", "--strict").out
    with (bare / "schemas" / "brought" / "queue_1.yaml").open("a") as file:
        file.write("      n: integer\n")
    done = cli("apply", "--yes")
    assert "schema" not in done.out, done.out
    assert "column brought.queue_1.n" in done.out
    assert "No changes" in cli("plan").out


def test_what_others_put_there_is_told(live: Database, cli: Cli) -> None:
    live.load(BROUGHT)
    live.execute("create index later on brought.config (n, m)")
    assert cli("pull").code == 0
    told = cli("plan")
    assert "1 index: brought.later (on an object of an extension)" in told.out, told.out
    assert "1 schema" not in told.out


def test_a_new_one_comes_before_a_schema_that_it_may_bring(
    bare: Path, live: Database, cli: Cli, binaries: Binaries
) -> None:
    if "citext" not in binaries.extensions:
        pytest.skip("this server has no contrib")
    (bare / "schemas").mkdir()
    text = "extensions: {citext: {schema: home}}\nschemas: {brought: {}, home: {}}\n"
    (bare / "schemas" / "all.yaml").write_text(text)
    script = cli("plan", "--format", "sql").out
    made = ("SCHEMA IF NOT EXISTS home", "EXTENSION IF NOT", "SCHEMA IF NOT EXISTS brought")
    places = [script.index(f"CREATE {words}") for words in made]
    assert places == sorted(places), script
    assert cli("apply", "--yes", "--db", live.url).code == 0


def test_what_it_has_brought_is_not_made_once_more(bare: Path, live: Database, cli: Cli) -> None:
    live.load(
        "create table config (n int); create function f(int) returns int language sql"
        " return 1; create domain d as int; create table p (a int) partition by range (a);"
        " create table p1 partition of p for values from (0) to (1); create index on p (a);"
        " alter extension plpgsql add table config; alter extension plpgsql add domain d;"
        " alter extension plpgsql add function f(int);"
    )
    assert cli("pull").code == 0
    text = (
        "tables: {config: {columns: {n: int}}, p1_a_idx: {columns: {n: int}}}\ndomains: {d: text}\n"
        "functions:\n  f(a int): {returns: int, language: sql, body: select 2}\n"
    )
    (bare / "schemas" / "more.yaml").write_text(text, "utf-8")
    said = cli("plan")
    assert said.code == 1
    for each in ("table public.config", "function public.f(integer)", "domain public.d"):
        assert f"SD023 {each}: extension plpgsql has brought something" in said.err, said.err
    assert "SD023 table public.p1_a_idx: an index of a partition has that name" in said.err


def test_types_of_several_that_are_new_are_found_where_they_will_be(
    bare: Path, live: Database, cli: Cli, binaries: Binaries
) -> None:
    if "ltree" not in binaries.extensions:
        pytest.skip("this server has no contrib")
    (bare / "schemas").mkdir()
    text = (
        "schemas: {lt: , e: }\nextensions: [{name: ltree, schema: lt}, citext,"
        " {name: cube, schema: e}, {name: earthdistance, schema: e}]\nfunctions:\n"
        "  f(lquery, earth):\n    {returns: ltxtquery, language: sql,"
        " body: 'select $1::text::lt.ltxtquery'}\n"
    )
    (bare / "schemas" / "all.yaml").write_text(text)
    done = cli("apply", "--yes")
    assert done.code == 0, done.err
    assert "FUNCTION public.f(lt.lquery, e.earth)" in done.out
    assert "No changes" in cli("plan").out
