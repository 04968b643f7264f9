"""What the files do not speak of is kept, and said; it is no error, also with --strict."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN
    CREATE ROLE case_reader; END IF;
END $$;
"""
SAID = "kept as they are, for the files do not speak of them: owners of 1 object"


def test_what_is_kept_is_said_in_one_line(
    database: Database, cli: Cli, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url)
    database.load(
        ROLE + "create table t (a int, b int); create table u (a int); "
        "grant select on t, u to case_reader; grant insert (b) on t to case_reader; "
        "alter table u owner to case_reader;"
    )
    (bare / "schemas").mkdir()
    (bare / "schemas/t.yaml").write_text(
        "tables:\n  t: {columns: {a: int, b: int}}\n  u: {columns: {a: int}}\n"
    )
    for form in ("text", "markdown"):
        found = cli("plan", "--format", form)
        assert found.code == 0
        assert " ".join(unescape(found.out).split()).count(SAID) == 1, found.out
    notes = json.loads(cli("plan", "--format", "json").out)["notes"]
    assert [(n["code"], n["severity"], n["message"]) for n in notes] == [("SD221", "info", SAID)]
    strict = cli("plan", "--strict")
    assert strict.code == 0, "what is kept is a choice"
    assert SAID in " ".join(strict.out.split())
    assert cli("pull").code == 0
    after = cli("plan", "--strict")
    assert (after.code, "kept" in after.out) == (0, False)
