from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

SCHEMA = """
    create schema app;
    create table app.users (id bigint generated always as identity primary key, mail text unique);
    create table app.tmp_1 (id int);
    create table notes (id int primary key, body text default 'x' check (body <> ''));
    create view titles as select id, left(body, 10) as title from notes;
    comment on table notes is 'Notes.';
"""


@pytest.fixture
def filled(live: Database) -> Database:
    live.execute(SCHEMA)
    return live


def test_plan_is_empty_after_pull(filled: Database, cli: Cli, bare: Path) -> None:
    pulled = cli("pull")
    assert pulled.code == 0, pulled.err
    written = sorted(line for line in pulled.out.splitlines())
    assert "+ schemas/notes.yaml" in written
    assert all((bare / line.removeprefix("+ ")).is_file() for line in written)
    assert (bare / "schemas" / "schemadiff.schema.json").is_file()
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 0
    assert "No changes." in planned.out
    assert cli("validate").code == 0


@pytest.mark.parametrize(("layout", "files"), [("single", 1), ("by-schema", 2)])
def test_layouts(filled: Database, cli: Cli, bare: Path, layout: str, files: int) -> None:
    assert cli("pull", "--layout", layout).code == 0
    assert len(list((bare / "schemas").rglob("*.yaml"))) == files
    assert "No changes." in cli("plan").out


def test_an_unknown_layout_is_refused_before_any_work(cli: Cli, bare: Path) -> None:
    result = cli("pull", "--layout", "by-moon", "--db", "postgresql://localhost:1/x")
    assert result.code == 1
    assert "SD201 --layout" in result.err


def test_pulling_again_keeps_comments_and_changes_what_changed(
    filled: Database, cli: Cli, bare: Path
) -> None:
    cli("pull")
    file = bare / "schemas" / "notes.yaml"
    file.write_text("# written by hand\n" + file.read_text())
    again = cli("pull")
    assert (again.code, again.out) == (0, "")
    assert file.read_text().startswith("# written by hand\n")
    filled.execute("alter table app.users add column name text")
    third = cli("pull")
    assert third.out.splitlines() == ["~ schemas/app/users.yaml"]
    assert file.read_text().startswith("# written by hand\n")
    assert "No changes." in cli("plan").out


def test_comments_in_a_table_that_changed_stay_with_their_keys(
    filled: Database, cli: Cli, bare: Path
) -> None:
    cli("pull")
    file = bare / "schemas" / "notes.yaml"
    before = file.read_text()
    lines = []
    for line in before.splitlines():
        if line.startswith("      ") and not line.startswith("       "):
            lines.append("      # about " + line.split(":")[0].strip())
        lines.append(line)
    file.write_text("\n".join(lines) + "\n")
    assert cli("pull").out == ""
    filled.execute("alter table notes add column extra text")
    assert cli("pull").out == "~ schemas/notes.yaml\n"
    after = file.read_text()
    assert "      extra: text\n" in after
    assert after.count("# about ") == file.read_text().count("      # about ") >= 1
    for line in lines:
        assert line + "\n" in after
    assert "No changes." in cli("plan").out


def test_an_entry_that_a_plan_leaves_alone_stays_as_it_is(
    live: Database, cli: Cli, bare: Path
) -> None:
    live.execute("CREATE TABLE p (a integer, k integer DEFAULT 1)")
    live.execute("CREATE TABLE h (a integer) INHERITS (p)")
    live.execute("CREATE TABLE part (a integer, k integer DEFAULT 1) PARTITION BY LIST (a)")
    live.execute("CREATE TABLE p1 PARTITION OF part FOR VALUES IN (1)")
    (bare / "schemas").mkdir()
    file = bare / "schemas" / "mine.yaml"
    text = (
        "tables:\n  p: {columns: {a: int, k: int default 1}}\n  h: {inherits: p}\n"
        "  part: {partition_by: list (a), columns: {a: int, k: int default 1}}\n"
        "  p1: {partition_of: part, bound: for values in (1), defaults: {k: 1}}\n"
    )
    file.write_text(text)
    assert "No changes." in cli("plan").out
    assert (cli("pull").out, file.read_text()) == ("", text)
    live.execute("ALTER TABLE p1 ALTER k SET DEFAULT 2")
    live.execute("ALTER TABLE h ALTER k SET DEFAULT 3")
    assert cli("pull").out == "~ schemas/mine.yaml\n"
    assert "  p: {columns: {a: int, k: int default 1}}\n" in file.read_text()
    assert "No changes." in cli("plan").out


def test_a_file_that_says_nothing_is_written_into(filled: Database, cli: Cli, bare: Path) -> None:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "schema.yaml").write_text("{}\n")
    assert cli("pull", "--layout", "single").out == "~ schemas/schema.yaml\n"
    assert "No changes." in cli("plan").out


def test_pull_with_a_scope_writes_it(filled: Database, cli: Cli, bare: Path) -> None:
    (bare / "schemadiff.yaml").write_text("# mine\nschemas: db\n")
    pulled = cli("pull", "--scope", "app", "--scope", "!table:app.tmp_*")
    assert pulled.code == 0, pulled.err
    text = (bare / "schemadiff.yaml").read_text()
    assert text.startswith("# mine\nschemas: db\n")
    assert text.endswith('scope:\n  schemas: ["app"]\n  exclude: ["table:app.tmp_*"]\n')
    said = "".join(p.read_text() for p in (bare / "db").rglob("*.yaml"))
    assert "users" in said
    assert "notes" not in said
    assert "tmp_1" not in said
    assert "No changes." in cli("plan").out
    assert cli("pull").out == ""
    other = cli("pull", "--scope", "public")
    assert other.code == 1
    assert other.err.startswith("schemadiff.yaml:4:1 SD209")


def test_files_that_are_wrong_are_not_overwritten(filled: Database, cli: Cli, bare: Path) -> None:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "notes.yaml").write_text("tabels: {}\n")
    assert "SD011" in cli("pull").err
    assert (bare / "schemas" / "notes.yaml").read_text() == "tabels: {}\n"


def test_an_empty_database_gives_a_place_to_begin(live: Database, cli: Cli, bare: Path) -> None:
    result = cli("pull")
    assert (result.code, result.out) == (0, "+ schemas/schema.yaml\n")
    assert "The database is empty" in result.err
    assert cli("validate").code == 0
    assert "No changes." in cli("plan").out
    file = bare / "schemas" / "schema.yaml"
    file.write_text(file.read_text() + "tables:\n  notes:\n    columns: {id: bigint}\n")
    assert cli("apply", "--yes").code == 0
    again = cli("pull")
    assert (again.code, again.out) == (0, "")


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("by-table", "+ schemas/schema.yaml\n- schemas/t.yaml\n"),
        ("single", "~ schemas/schema.yaml\n"),
    ],
)
def test_a_database_that_got_empty_gives_a_place_to_begin(
    live: Database, cli: Cli, bare: Path, layout: str, said: str
) -> None:
    live.execute("CREATE TABLE t (a integer)")
    assert cli("pull", "--layout", layout).code == 0
    live.execute("DROP TABLE t")
    assert cli("pull", "--layout", layout).out == said
    assert "No changes." in cli("plan").out


def test_an_empty_database_leaves_files_alone(live: Database, cli: Cli, bare: Path) -> None:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "mine.yaml").write_text("schema: public\n")
    result = cli("pull")
    assert (result.code, result.out) == (0, "")
    assert not (bare / "schemas" / "schema.yaml").exists()


def test_a_full_disk_leaves_a_file_as_it_was(filled: Database, cli: Cli, bare: Path) -> None:
    cli("pull")
    file = bare / "schemas" / "notes.yaml"
    file.write_text(text := "# written by hand\n" + file.read_text())
    filled.execute("alter table notes add column more text")
    done = subprocess.run(
        [sys.executable, "-m", "schemadiff", "pull"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"schemas/notes.yaml SD205 cannot be written: File too large" in done.stderr, done.stderr
    assert file.read_text() == text
    assert sorted(f.name for f in file.parent.glob(".*")) == []
    assert cli("pull").out.splitlines() == ["~ schemas/notes.yaml"]


def test_what_is_not_managed_is_reported_and_strict_refuses_it(
    filled: Database, cli: Cli, bare: Path
) -> None:
    filled.execute(
        "create operator === (leftarg = int, rightarg = int, function = int4eq, commutator = ====)"
    )
    shell = "public.====(integer, integer)"
    pulled = cli("pull")
    assert pulled.code == 0
    assert f"operator {shell}" in pulled.err
    assert shell not in pulled.out
    planned = cli("plan")
    assert "No changes." in planned.out
    assert shell in planned.out
    strict = cli("plan", "--strict")
    assert (strict.code, strict.out) == (1, "")
    assert f"SD220 operator {shell} is not managed" in strict.err
    (bare / "schemadiff.yaml").write_text("scope: {schemas: [app]}\n")
    assert shell not in cli("plan", "--strict").err


def test_bodies_stay_in_files_of_their_own(cli: Cli, live: Database, bare: Path) -> None:
    live.load(
        "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t;"
        " CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'select 1';"
        " CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS 'select 5';"
        " CREATE FUNCTION h() RETURNS integer LANGUAGE sql AS 'select 5'"
    )
    (bare / "schemas" / "sql").mkdir(parents=True)
    (bare / "schemas" / "sql" / "v.sql").write_text("select a from t\n")
    (bare / "schemas" / "sql" / "f.sql").write_text("select 1")
    (bare / "schemas" / "sql" / "both.sql").write_text("select 5")
    text = """\
tables: {t: {columns: {a: integer}}}
views:
  v: {query_file: sql/v.sql}
functions:
  f(): {returns: integer, language: sql, body_file: sql/f.sql}  # the first
  g(): {returns: integer, language: sql, body_file: sql/both.sql}
  h(): {returns: integer, language: sql, body_file: sql/both.sql}
"""
    (bare / "schemas" / "s.yaml").write_text(text)
    assert "No changes." in cli("plan").out
    live.load(
        "CREATE OR REPLACE VIEW v AS SELECT a, 1 AS b FROM t;"
        " CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS E'select 2\\n';"
        " CREATE OR REPLACE FUNCTION g() RETURNS integer LANGUAGE sql AS 'select 6'"
    )
    pulled = cli("pull")
    assert pulled.code == 0, pulled.err
    assert "~ schemas/sql/f.sql" in pulled.out
    written = (bare / "schemas" / "s.yaml").read_text()
    assert "body_file: sql/f.sql" in written
    assert "query_file: sql/v.sql" in written
    assert (bare / "schemas" / "sql" / "f.sql").read_text() == "select 2\n"
    assert "AS b" in (bare / "schemas" / "sql" / "v.sql").read_text()
    assert (bare / "schemas" / "sql" / "both.sql").read_text() == "select 5"
    assert "body: select 6" in written
    assert "No changes." in cli("plan").out
    live.load("DROP FUNCTION f(); DROP FUNCTION g();")
    again = cli("pull")
    assert "- schemas/sql/f.sql" in again.out
    assert sorted(p.name for p in (bare / "schemas" / "sql").iterdir()) == ["both.sql", "v.sql"]
    assert "No changes." in cli("plan").out
