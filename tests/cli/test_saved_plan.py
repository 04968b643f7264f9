"""A saved plan is applied to what it was made for, goes on where it was stopped, and else not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from schemadiff.catalog.binaries import wheel_binaries
from schemadiff.catalog.embedded import ephemeral_server
from tests.cli.conftest import Cli
from tests.plugins.postgres import Administrator, Database, MakeDatabase

STEPS = """\
enums:
  mood: [sad, content, happy]
tables:
  salons:
    columns:
      id: bigint generated always as identity primary key
      name: text not null
      mood: mood not null default 'content'
    indexes:
      salons_name_idx: {columns: [name]}
views:
  named:
    query: select id, name, mood from salons
"""
BEFORE = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE salons (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(10), fax text,
                     mood mood);
CREATE VIEW named AS SELECT id, name FROM salons;
CREATE TABLE elsewhere (x int);
"""
ELSEWHERE = "  elsewhere:\n    columns: {x: integer}\n"


@pytest.fixture
def saved(project: Path, live: Database, cli: Cli) -> Path:
    """A saved plan of several transactions."""
    live.load(BEFORE)
    text = STEPS.replace("views:", ELSEWHERE + "views:")
    (project / "schemas" / "salons.yaml").write_text(text)
    made = cli("plan", "--out", "plan.json")  # the name says the format
    assert made.code == 0, made.err
    return project / "plan.json"


def test_a_plan_that_was_stopped_goes_on(saved: Path, live: Database, cli: Cli) -> None:
    live.execute("INSERT INTO salons (mood) VALUES ('sad')")  # no name: NOT NULL will fail
    failed = cli("apply", str(saved), "--yes", "--allow", "all", "--no-preflight")
    assert failed.code == 1
    assert "contains null values" in failed.err
    assert live.execute("SELECT 1 FROM pg_enum WHERE enumlabel = 'content'")  # it was committed
    live.execute("UPDATE salons SET name = 'Anna'")
    done = cli("apply", str(saved), "--yes", "--allow", "all")
    assert done.code == 0, done.err
    assert "Nothing is left to do." in done.err
    assert "No changes." in cli("plan").out
    again = cli("apply", str(saved), "--yes", "--allow", "all")
    assert again.code == 0, again.err
    assert "No changes." in cli("plan").out


def test_what_is_left_afterwards_is_told(saved: Path, cli: Cli) -> None:
    """The files may have gone on, or not be here at all: neither is an error."""
    files = saved.parent / "schemas"
    (files / "more.yaml").write_text("tables: {more: {columns: {x: integer}}}\n")
    done = cli("apply", str(saved), "--yes", "--allow", "all")
    assert done.code == 0, done.err
    assert "schemas says more by now (2 changes): see `schemadiff plan`" in done.err
    (files / "more.yaml").write_text("tables: {more: 1}\n")
    wrong = cli("apply", str(saved), "--yes", "--allow", "all")
    assert wrong.code == 0, wrong.err
    assert "whether anything is left cannot be said: " in wrong.err
    elsewhere = cli("apply", str(saved), "--yes", "--allow", "all", "--schemas", "nowhere")
    assert elsewhere.code == 0, elsewhere.err
    assert "there is no nowhere here to compare with" in elsewhere.err


@pytest.mark.parametrize(
    "elsewhere",
    [
        "ALTER TABLE elsewhere ADD y text",
        "CREATE TABLE more (x int)",
        "DROP TABLE elsewhere",
        "CREATE INDEX ON elsewhere (x)",
        "ALTER TABLE salons ADD website text",
    ],
)
def test_a_change_elsewhere_does_not_matter(
    saved: Path, live: Database, cli: Cli, elsewhere: str
) -> None:
    live.execute(elsewhere)
    done = cli("apply", str(saved), "--yes", "--allow", "all")
    assert done.code == 0, done.err
    assert live.execute("SELECT 1 FROM pg_attribute WHERE attname = 'mood' AND attnotnull")


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        ("ALTER TABLE salons ALTER fax TYPE varchar(20)", "column public.salons.fax has changed"),
        ("COMMENT ON COLUMN salons.fax IS 'of money'", "has appeared"),
        ("CREATE INDEX salons_name_idx ON salons (id)", "salons_name_idx has appeared"),
        ("ALTER TYPE mood ADD VALUE 'furious'", "enum public.mood has changed"),
        ("ALTER TABLE salons RENAME TO shops", "table public.salons is gone"),
        ("CREATE OR REPLACE VIEW named AS SELECT id, name FROM salons WHERE id > 0", "named"),
    ],
)
def test_a_change_of_what_the_plan_touches_is_refused(
    saved: Path, live: Database, cli: Cli, meanwhile: str, told: str
) -> None:
    live.execute(meanwhile)
    refused = cli("apply", str(saved), "--yes", "--allow", "all")
    assert refused.code == 1
    assert "SD508" in refused.err
    assert told in refused.err
    assert not live.execute("SELECT 1 FROM pg_enum WHERE enumlabel = 'content'")


GIVE = "ALTER DEFAULT PRIVILEGES {} {}"


@pytest.fixture
def made(project: Path, live: Database, cli: Cli) -> Path:
    """A saved plan that makes a table and makes a view anew, where new tables are readable."""
    live.load("CREATE TABLE a (x int, y int); CREATE VIEW v AS SELECT x, y FROM a;")
    live.execute(GIVE.format("", "GRANT SELECT ON TABLES TO pg_monitor"))
    text = "tables:\n  a: {columns: {x: integer, y: integer}}\n  b: {columns: {x: integer}}\n"
    text += "views:\n  v: {query: select y from a}\n"
    text += "default_privileges: {postgres: {tables: {pg_monitor: select}}}\n"
    (project / "schemas" / "salons.yaml").write_text(text)
    saved = cli("plan", "--out", "plan.json")
    assert saved.code == 0, saved.err
    return project / "plan.json"


@pytest.mark.parametrize(
    "meanwhile",
    [
        ("", "GRANT INSERT ON TABLES TO PUBLIC", "has changed"),
        ("", "REVOKE SELECT ON TABLES FROM pg_monitor", "is gone"),
        ("IN SCHEMA public", "GRANT INSERT ON TABLES TO PUBLIC", "has appeared"),
        ("IN SCHEMA other", "GRANT INSERT ON TABLES TO PUBLIC", ""),
        ("IN SCHEMA public", "GRANT EXECUTE ON FUNCTIONS TO pg_monitor", ""),
        ("FOR ROLE pg_monitor", "GRANT INSERT ON TABLES TO PUBLIC", ""),
    ],
)
def test_default_privileges_of_what_is_made(
    made: Path, live: Database, cli: Cli, meanwhile: tuple[str, str, str]
) -> None:
    """A table that is made would be given to others than the plan was reviewed for."""
    where, what, told = meanwhile
    live.execute("CREATE SCHEMA other")
    live.execute(GIVE.format(where, what))
    done = cli("apply", str(made), "--yes", "--allow", "all")
    assert done.code == bool(told), done.err
    if told:
        assert "SD508" in done.err
        assert told in done.err
    assert bool(told) is (live.execute("SELECT to_regclass('b')") == [(None,)])
    if not told:
        again = cli("apply", str(made), "--yes", "--allow", "all")
        assert again.code == 0, again.err


def test_default_privileges_say_nothing_of_what_only_goes(
    project: Path, live: Database, cli: Cli
) -> None:
    live.load("CREATE TABLE old (x int); CREATE VIEW v AS SELECT x FROM old;")
    (project / "schemas" / "salons.yaml").write_text("schema: public\n")
    cli("plan", "--format", "json", "--out", "plan.json")
    live.execute(GIVE.format("", "GRANT SELECT ON TABLES TO pg_monitor"))
    done = cli("apply", "plan.json", "--yes", "--allow", "all")
    assert done.code == 0, done.err
    assert live.execute("SELECT to_regclass('old')") == [(None,)]


def test_what_appeared_in_something_that_goes_is_not_dropped_with_it(
    project: Path, live: Database, cli: Cli
) -> None:
    live.load("CREATE TABLE old (x int)")
    (project / "schemas" / "salons.yaml").write_text("schema: public\n")
    cli("plan", "--format", "json", "--out", "plan.json")
    live.execute("ALTER TABLE old ADD money numeric")
    refused = cli("apply", "plan.json", "--yes", "--allow", "all")
    assert "column public.old.money has appeared since" in refused.err
    assert live.execute("SELECT money FROM old") == []


def test_a_plan_of_another_database_is_refused(
    saved: Path, live: Database, make_database: MakeDatabase, cli: Cli
) -> None:
    other = make_database()
    other.load(BEFORE)
    refused = cli("apply", str(saved), "--db", other.url, "--yes", "--allow", "all")
    assert refused.code == 1
    assert "SD313" in refused.err
    live.execute("SELECT 1")
    assert not other.execute("SELECT 1 FROM pg_enum WHERE enumlabel = 'content'")


def test_a_plan_for_another_version_is_refused(
    saved: Path, live: Database, server_major: int, cli: Cli
) -> None:
    """Locks, rewrites and the words of expressions are each version's own."""
    other = next(b for b in wheel_binaries() if b.major != server_major)
    with ephemeral_server(other) as server, closing(Administrator(server.url)) as administrator:
        database = administrator.make("template0")
        database.load(BEFORE)
        refused = cli("apply", str(saved), "--db", database.url, "--yes", "--allow", "all")
        assert refused.code == 1
        assert "SD313" in refused.err
        assert f"for PostgreSQL {server_major}, and this is PostgreSQL {other.major}" in refused.err
        assert not database.execute("SELECT 1 FROM pg_enum WHERE enumlabel = 'content'")
    assert live.execute("SELECT 1")


def test_where_a_plan_is_written(project: Path, live: Database, cli: Cli) -> None:
    """A dash is standard output, and a link stays one."""
    assert cli("plan", "--format", "json", "--out", "-").out.startswith("{")
    assert not (project / "-").exists()
    (project / "link.json").symlink_to("plan.json")
    assert cli("plan", "--format", "json", "--out", "link.json").code == 0
    assert (project / "link.json").is_symlink()
    assert (project / "plan.json").read_text().startswith("{")
    assert "SD205" in cli("plan", "--out", "schemas").err
