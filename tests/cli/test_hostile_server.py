"""A database whose administrator has other habits: it works, or says so before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

BEFORE = """
CREATE TABLE mine (id integer PRIMARY KEY, n integer);
INSERT INTO mine SELECT i, i FROM generate_series(1, 50) i;
CREATE TABLE theirs (id integer PRIMARY KEY);
INSERT INTO theirs VALUES (1);
"""
AFTER = """
tables:
  mine:
    columns:
      id: integer primary key
      n: bigint
      more: {type: text, check: more <> ''}
    indexes: [n]
  theirs: {columns: {id: integer primary key, n: integer}}
  new: {columns: {id: integer primary key references mine, t: text}}
materialized_views:
  kept: select id, n from mine
"""
OPEN = "GRANT ALL ON SCHEMA public TO {0}; ALTER TABLE mine OWNER TO {0};"


@pytest.fixture
def files(bare: Path, live: Database) -> Path:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text(AFTER)
    live.load(BEFORE)
    return bare


@pytest.fixture
def role(live: Database) -> Iterator[str]:
    """A role that may log in, and nothing else."""
    live.execute("CREATE ROLE hostile LOGIN")
    try:
        yield "hostile"
    finally:
        live.execute("DROP OWNED BY hostile CASCADE; DROP ROLE hostile")


def as_role(live: Database, role: str) -> str:
    return live.url.replace("postgres@", f"{role}@")


def reached(cli: Cli, *more: str) -> None:
    done = cli("apply", "--yes", *more)
    assert done.code == 0, done.err
    again = cli("plan", *more)
    assert "No changes" in again.out, again.out
    assert cli("drift", *more).code == 0


def test_an_access_method_of_the_database(files: Path, live: Database, cli: Cli) -> None:
    live.execute("CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler")
    live.execute(f"ALTER DATABASE {live.name} SET default_table_access_method = heap2")
    reached(cli)


def test_a_tablespace_of_the_database(
    files: Path, live: Database, cli: Cli, server_major: int
) -> None:
    if server_major < 15:
        pytest.skip("tablespaces without a folder are new in PostgreSQL 15")
    with live.connect() as session:
        session.execute("SET allow_in_place_tablespaces = on")
        session.execute("CREATE TABLESPACE hostile LOCATION ''")
    try:
        live.execute(f"ALTER DATABASE {live.name} SET default_tablespace = hostile")
        reached(cli)
    finally:
        live.execute(f"ALTER DATABASE {live.name} RESET ALL")
        live.execute("DROP SCHEMA public CASCADE")
        live.execute("DROP TABLESPACE hostile")


def test_who_does_not_own_a_table_is_told_before_anything_runs(
    files: Path, live: Database, cli: Cli, role: str
) -> None:
    live.execute(OPEN.format(role))
    before = live.dump()
    found = cli("apply", "--yes", "--db", as_role(live, role))
    assert found.code == 1
    assert "SD516" in found.err
    assert "public.theirs (of postgres)" in found.err
    assert live.dump() == before, found.err


def test_what_it_does_not_own_and_what_it_may_not_do_is_told_together(
    files: Path, live: Database, cli: Cli, role: str
) -> None:
    live.execute(f"ALTER TABLE mine OWNER TO {role}; GRANT USAGE ON SCHEMA public TO {role}")
    live.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # which all have before 15
    found = cli("apply", "--yes", "--db", as_role(live, role))
    told = ("SD516", "public.theirs (of postgres)", "SD517", "CREATE on schema public")
    assert [each for each in told if each not in found.err] == []


@pytest.mark.parametrize(
    "told",
    [
        ("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
         "functions: {f(): {returns: integer, language: sql, body: SELECT 2}}",
         "function public.f()"),
        ("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
         "functions: {f(): {returns: integer, language: sql, body: SELECT 1, comment: x}}",
         "function public.f()"),
        ("CREATE TYPE e AS ENUM ('a')", "enums: {e: [a, b]}", "enum public.e"),
        ("CREATE DOMAIN d AS integer", "domains: {d: {type: integer, checks: [VALUE > 0]}}",
         "domain public.d"),
        ("CREATE SEQUENCE s", "sequences: {s: {cache: 5}}", "sequence public.s"),
        ("CREATE SCHEMA x", "schemas: {x: {comment: y}}", "schema x"),
        ("CREATE PUBLICATION p", "publications: {p: {tables: {mine: {}}}}", "publication p"),
    ],
)  # fmt: skip
def test_what_is_no_relation_is_told_as_well(
    bare: Path, live: Database, cli: Cli, role: str, told: tuple[str, str, str]
) -> None:
    made, wanted, named = told
    (bare / "schemas").mkdir()
    text = "tables: {mine: {columns: {id: integer primary key, n: integer}, indexes: [n]}}"
    (bare / "schemas" / "all.yaml").write_text(f"{text}\n{wanted}\n")
    live.load("CREATE TABLE mine (id integer PRIMARY KEY, n integer); INSERT INTO mine VALUES (1)")
    live.load(f"{made};{OPEN.format(role)}")
    before = live.dump()
    found = cli("apply", "--yes", "--db", as_role(live, role))
    assert found.code == 1
    assert f"SD516 only its owner may change what the plan changes: {named}" in found.err
    assert "(of postgres)" in found.err
    assert live.dump() == before, found.err


def test_what_may_be_done_with_less_is_done(
    bare: Path, live: Database, cli: Cli, role: str
) -> None:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text(
        "schemas: {x: {functions: {g(): {returns: integer, language: sql, body: SELECT 2}}}}\n"
        "functions: {f(): {returns: integer, language: sql, body: SELECT 1}}\n"
    )
    live.load(
        "CREATE SCHEMA x; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION x.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
        f"ALTER SCHEMA x OWNER TO {role}"
    )
    done = cli("apply", "--yes", "--db", as_role(live, role))
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    "theirs",
    [
        "columns: {id: integer primary key}, indexes: [id]",
        "columns: {id: integer primary key}, checks: [id > 0]",
        "columns: {id: bigint primary key}",
        "columns: {id: integer}",
        "columns: {id: integer primary key}, comment: x",
        "columns: {id: integer primary key}, policies: {p: {using: 'true'}}, row_security: true",
    ],
)
def test_what_comes_later_is_told_before_anything_runs(
    files: Path, live: Database, cli: Cli, role: str, theirs: str
) -> None:
    (files / "schemas" / "all.yaml").write_text(
        "tables:\n  mine: {columns: {id: integer primary key, n: integer, more: text},"
        f" indexes: [n]}}\n  theirs: {{{theirs}}}\n"
    )
    live.execute(OPEN.format(role))
    before = live.dump()
    found = cli("apply", "--yes", "--db", as_role(live, role))
    assert found.code == 1
    assert "SD516" in found.err
    assert "public.theirs (of postgres)" in found.err
    assert live.dump() == before, found.err


def test_what_needs_no_owner(files: Path, live: Database, cli: Cli, role: str) -> None:
    """Rows, triggers and references may be given to others, and a view is one's own."""
    (files / "schemas" / "all.yaml").write_text(
        "tables:\n"
        "  mine: {columns: {id: integer primary key references theirs, n: integer}}\n"
        "  theirs:\n    columns: {id: integer primary key}\n"
        "    rows: [{id: 1}, {id: 2}]\n"
        "    triggers: {t: {timing: before, events: [insert], function: f}}\n"
        "views: {v: select id from theirs}\n"
        "functions:\n  f(): {returns: trigger, language: plpgsql, body: begin return new; end}\n"
    )
    live.execute(OPEN.format(role) + f"GRANT ALL ON theirs TO {role}; DELETE FROM mine")
    (files / "schemadiff.yaml").write_text("keep: [grants]\n")
    reached(cli, "--db", as_role(live, role))


def test_an_owner_without_further_rights(files: Path, live: Database, cli: Cli, role: str) -> None:
    live.execute(OPEN.format(role) + f"ALTER TABLE theirs OWNER TO {role}")
    reached(cli, "--db", as_role(live, role))


def test_a_role_that_becomes_the_owner(files: Path, live: Database, cli: Cli, role: str) -> None:
    """ALTER ROLE … SET role, as products do that rotate their logins."""
    live.execute("CREATE ROLE hostile_login LOGIN IN ROLE hostile")
    try:
        live.execute(OPEN.format(role) + f"ALTER TABLE theirs OWNER TO {role}")
        live.execute("ALTER ROLE hostile_login SET role = hostile")
        reached(cli, "--db", as_role(live, "hostile_login"))
        assert live.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'new'") == [
            ("hostile",)
        ]
    finally:
        live.execute("DROP ROLE hostile_login")


def test_a_member_of_the_owner(files: Path, live: Database, cli: Cli, role: str) -> None:
    live.execute("CREATE ROLE hostile_member LOGIN IN ROLE hostile")
    try:
        live.execute(OPEN.format(role) + f"ALTER TABLE theirs OWNER TO {role}")
        reached(cli, "--db", as_role(live, "hostile_member"))
    finally:
        live.execute("DROP OWNED BY hostile_member CASCADE; DROP ROLE hostile_member")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP", "WIN1252"])
def test_a_database_of_another_encoding(
    bare: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    live.execute(f"CREATE DATABASE hostile_enc TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    word = "日本" if encoding == "EUC_JP" else "größe"
    try:
        monkeypatch.setenv("DATABASE_URL", live.url.replace(live.name, "hostile_enc"))
        (bare / "schemas").mkdir()
        (bare / "schemas" / "all.yaml").write_text(
            f"tables:\n  {word}:\n    comment: 'of {word}'\n    columns:\n"
            f"      id: integer primary key\n      {word}: text default '{word}'\n"
            f"    checks: {{ok: \"{word} <> '{word}{word}'\"}}\n"
            f"views:\n  sicht: select {word} from {word} where {word} <> '{word}'\n",
            "utf-8",
        )
        reached(cli)
        assert cli("pull", "--schemas", "pulled").code == 0
        assert "No changes" in cli("plan", "--schemas", "pulled").out
    finally:
        live.execute("DROP DATABASE hostile_enc WITH (FORCE)")


def test_what_the_encoding_cannot_say_is_one_error(
    bare: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.execute("CREATE DATABASE hostile_enc TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        monkeypatch.setenv("DATABASE_URL", live.url.replace(live.name, "hostile_enc"))
        (bare / "schemas").mkdir()
        (bare / "schemas" / "all.yaml").write_text(
            "tables:\n  a: {columns: {id: integer}}\n  日本: {columns: {id: integer}}\n", "utf-8"
        )
        found = cli("apply", "--yes")
        assert found.code == 1
        assert "SD" in found.err
        assert "日本" in found.err
        assert "Traceback" not in found.err
    finally:
        live.execute("DROP DATABASE hostile_enc WITH (FORCE)")
