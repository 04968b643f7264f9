"""A plan without changes is kept for the next run, and never taken for another one."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from schemadiff.spec import memory
from tests.cli.conftest import Cli, Result
from tests.plugins.postgres import Database

KNOWN = "as in the last run"
SALONS = """\
tables:
  salons:
    columns:
      id: bigint generated always as identity primary key
      name: text not null
functions:
  f(): {returns: integer, language: sql, body_file: f.sql}
"""


@pytest.fixture
def kept(cli: Cli, live: Database, bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database as its files say, and a plan that found it so; gives where that is kept."""
    monkeypatch.setenv("SCHEMADIFF_HOME", str(bare / "home"))
    monkeypatch.setattr(memory, "WORTH", 1)
    Path("schemas").mkdir()
    Path("schemas", "salons.yaml").write_text(SALONS)
    Path("schemas", "f.sql").write_text("select 1")
    assert cli("apply", "--yes").code == 0
    live.execute("create collation unmanaged_one from \"C\"; comment on schema public is 'Here'")
    live.execute("drop collation unmanaged_one; comment on schema public is null")
    assert "No changes." in _plan(cli).out
    return bare / "home" / "specs"


def _plan(cli: Cli, *more: str) -> Result:
    return cli("plan", "--verbose", *more)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("form", ["text", "json", "markdown", "sql"])
def test_what_is_said_is_the_same(cli: Cli, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    again = _plan(cli, "--format", form)
    assert KNOWN in again.err
    monkeypatch.setenv("SCHEMADIFF_CACHE", "off")
    anew = _plan(cli, "--format", form)
    assert KNOWN not in anew.err
    assert _timeless(again.out) == _timeless(anew.out)
    assert again.code == anew.code == 0


def _timeless(text: str) -> str:
    return re.sub(r"(?i)\b(generated|\"digest\"|sha256|[\d-]{10} [\d:]{8}).*", "", text)


@pytest.mark.usefixtures("kept")
def test_apply_and_drift_go_by_it(cli: Cli) -> None:
    for arguments in (("apply", "--yes"), ("drift",)):
        done = cli(*arguments, "--verbose")
        assert done.code == 0
        assert KNOWN in done.err


CHANGES = {
    "column": "alter table salons add fax text",
    "comment": "comment on column salons.name is 'Whose'",
    "default": "alter table salons alter name set default ''",
    "function": "create or replace function f() returns integer language sql return 2",
    "index": "create index on salons (name)",
    "setting": "alter table salons set (fillfactor = 50)",
    "statistics": "alter table salons alter name set statistics 7",
    "schema": "create schema other",
    "security": "alter table salons enable row level security",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("kept")
def test_another_database_is_seen(cli: Cli, live: Database, change: str) -> None:
    live.execute(CHANGES[change])
    done = _plan(cli)
    assert KNOWN not in done.err
    assert "No changes." not in done.out


@pytest.mark.usefixtures("kept")
def test_what_the_files_leave_as_it_is_is_seen(cli: Cli, live: Database) -> None:
    live.execute("alter table salons owner to pg_monitor")
    done = _plan(cli)
    assert KNOWN not in done.err
    assert "No changes." in done.out
    assert "SD221" in done.out
    assert _plan(cli).out == done.out


@pytest.mark.usefixtures("kept")
def test_what_nobody_manages_is_seen(cli: Cli, live: Database) -> None:
    live.execute("create table parts (a integer); select lo_create(0)")
    live.execute("drop table parts")
    done = _plan(cli)
    assert KNOWN not in done.err
    assert "large object" in done.out
    again = _plan(cli)
    assert KNOWN in again.err
    assert again.out == done.out
    strict = _plan(cli, "--strict")
    assert strict.code == 1
    assert "SD220" in strict.err


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("salons.yaml", "name: text", "name: varchar(9)"), ("f.sql", "select 1", "select 2")],
)
@pytest.mark.usefixtures("kept")
def test_other_files_are_seen(cli: Cli, name: str, old: str, new: str) -> None:
    path = Path("schemas", name)
    path.write_text(path.read_text().replace(old, new))
    done = _plan(cli)
    assert KNOWN not in done.err
    assert "No changes." not in done.out
    path.write_text(path.read_text().replace(new, old))
    assert KNOWN in _plan(cli).err


@pytest.mark.usefixtures("kept")
def test_a_file_that_is_gone_is_missed(cli: Cli) -> None:
    Path("schemas", "f.sql").unlink()
    assert "f.sql" in _plan(cli).err


@pytest.mark.usefixtures("kept")
def test_another_scope_is_another_plan(cli: Cli) -> None:
    Path("schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    assert KNOWN not in _plan(cli).err
    assert KNOWN in _plan(cli).err
    Path("schemadiff.yaml").write_text("manage: [database]\n")
    assert KNOWN not in _plan(cli).err


@pytest.mark.usefixtures("kept")
def test_rows_are_asked_for_each_time(cli: Cli, live: Database) -> None:
    path = Path("schemas", "salons.yaml")
    path.write_text(SALONS.replace("functions:", "    rows: [{id: 1, name: First}]\nfunctions:"))
    assert cli("apply", "--yes").code == 0
    for _ in range(2):
        assert KNOWN not in _plan(cli).err
    live.execute("update salons set name = 'Other'")
    assert "No changes." not in _plan(cli).out


@pytest.mark.usefixtures("kept")
def test_the_way_back_and_the_rehearsal_look_at_everything(cli: Cli) -> None:
    assert KNOWN not in _plan(cli, "--reverse").err
    assert KNOWN not in _plan(cli, "--prove").err


@pytest.mark.parametrize("data", [b"", b"nonsense", b"cos\nsystem\n(S'touch broken'\ntR."])
def test_a_damaged_entry_is_nothing(cli: Cli, kept: Path, data: bytes) -> None:
    assert {p.suffix for p in kept.iterdir()} == {".asked", ".parts", ".plan", ".spec"}
    for entry in kept.iterdir():
        entry.write_bytes(data)
    done = _plan(cli)
    assert KNOWN not in done.err
    assert "No changes." in done.out
    assert not Path("broken").exists()
    assert KNOWN in _plan(cli).err


@pytest.mark.parametrize(
    "questions",
    [
        ("select 1 / 0",),
        ("select * from nowhere", "select 1"),
        ("drop table salons",),  # in a transaction that only reads
    ],
)
def test_a_question_that_fails_is_forgotten(
    cli: Cli, live: Database, kept: Path, questions: tuple[str, ...]
) -> None:
    [entry] = kept.glob("*.asked")
    entry.write_bytes(pickle.dumps(tuple((q, 2) for q in questions)))
    done = _plan(cli)
    assert KNOWN not in done.err
    assert "No changes." in done.out
    assert live.execute("select count(*) from salons") == [(0,)]
    assert KNOWN in _plan(cli).err


@pytest.mark.parametrize("number", [0, 3, 30])
def test_a_question_that_fails_among_others_is_forgotten_where_files_have_changed(
    cli: Cli, kept: Path, number: int
) -> None:
    [entry] = kept.glob("*.asked")
    asked = pickle.loads(entry.read_bytes())  # noqa: S301 - written by this test's own process
    entry.write_bytes(pickle.dumps((*asked[:number], ("select 1 / 0", 2), *asked[number:])))
    Path("schemas", "salons.yaml").write_text(SALONS.replace("name: text", "title: text"))
    done = _plan(cli)
    assert done.code == 0, done.err
    assert "+ column title" in done.out


def test_a_database_that_cannot_be_reached_is_said(cli: Cli, kept: Path) -> None:
    assert kept.is_dir()
    done = _plan(cli, "--db", "postgresql://localhost:1/none")
    assert done.code == 1
    assert "SD401" in done.err
