"""A NOT NULL that an heir says besides the table above, and the files do not, is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database
from tests.test_cases import CASES

P = "schema: s\ntables:\n  p: {columns: {a: integer not null}}\n"
KEPT = "which stay: s.h.a"


@pytest.fixture
def heir(
    database: Database, bare: Path, monkeypatch: pytest.MonkeyPatch, server_major: int
) -> Path:
    if server_major < 18:
        pytest.skip("NOT NULL is a constraint since PostgreSQL 18")
    monkeypatch.setenv("DATABASE_URL", database.url)
    database.load(
        "create schema s; create table s.p (a int not null);"
        "create table s.h (constraint said not null a) inherits (s.p)"
    )
    (bare / "schemas").mkdir()
    return bare / "schemas" / "s.yaml"


def _said(cli: Cli) -> str:
    found = cli("plan", "--detailed-exitcode")
    assert found.code == 0, found.out
    return " ".join(found.out.split())


def test_what_the_files_do_not_say_is_told_and_stays(heir: Path, cli: Cli) -> None:
    heir.write_text(P + "  h: {inherits: [p]}\n")
    for _ in range(2):  # also from what is remembered
        found = _said(cli)
        assert "SD234" in found
        assert KEPT in found
    assert cli("pull").code == 0
    assert "SD234" not in _said(cli)
    assert "said" in heir.read_text()


def test_what_the_files_say_and_the_heir_does_not_is_told(
    heir: Path, cli: Cli, database: Database
) -> None:
    database.load("drop table s.h; create table s.h () inherits (s.p)")
    heir.write_text(P + "  h: {inherits: [p], not_null: {a: said}}\n")
    assert "which are not said later: s.h.a" in _said(cli)
    assert cli("pull").code == 0
    assert "SD234" not in _said(cli)
    assert "said" not in heir.read_text()


def test_one_that_comes_with_its_heir_is_not_told(heir: Path, cli: Cli, database: Database) -> None:
    database.load("drop table s.h")
    heir.write_text(P + "  h: {inherits: [p], not_null: {a: said}}\n")
    assert "SD234" not in cli("plan").out
    assert cli("apply", "--yes").code == 0
    assert "SD234" not in _said(cli)


def test_what_is_pulled_is_not_told(heir: Path, cli: Cli, database: Database) -> None:
    database.load((CASES / "part_not_null/no_change_said_by_heirs_too/before.sql").read_text())
    assert cli("pull").code == 0
    assert heir.parent.is_dir()
    assert "SD234" not in _said(cli)
