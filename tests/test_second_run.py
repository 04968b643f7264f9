"""A script on its own: run a second time, with an error in the middle, on an older server."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

from schemadiff.catalog.binaries import wheel_binaries
from schemadiff.render import render
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_cases import CASES


def test_a_table_that_was_made_anew_keeps_its_new_rows(make_database: MakeDatabase) -> None:
    case = CASES / "partition" / "key_of_empty"
    database = make_database()
    database.load((case / "before.sql").read_text("utf-8"))
    plan = laws.plan_for(database, case / "desired.yaml")
    laws.run(database, plan)
    database.load("INSERT INTO p VALUES (1); INSERT INTO plain VALUES (1)")
    database.load(render(plan, "sql"))
    assert laws.contents(database, ("p", "plain")) == {
        "p": ['{"a": 1, "id": 1}'],
        "plain": ['{"a": null, "id": 1}'],
    }


def _said(database: Database, script: str) -> str:
    """Run a script as psql takes it without any flag."""
    newest = wheel_binaries()[0]
    done = subprocess.run(
        [newest.program("psql"), "-X", "-q", "-d", database.url],
        env=newest.environment({}),
        input=script,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.stderr


def test_what_comes_after_an_error_does_not_run(database: Database, tmp_path: Path) -> None:
    """Rows that do not fit come after the plan: the old column must not go with their values."""
    database.load("CREATE TABLE t (n bigint); INSERT INTO t SELECT generate_series(1, 9)")
    (tmp_path / "t.yaml").write_text("tables: {t: {columns: {n: integer}}}")
    plan = laws.plan_for(database, tmp_path)
    assert len(plan.segments) > 1
    database.load("INSERT INTO t VALUES (5000000000)")
    said = _said(database, render(plan, "sql"))
    assert re.findall(r"ERROR: +(.*)", said) == ["integer out of range"]
    assert database.execute("SELECT max(n) FROM t") == [(5000000000,)]


def test_an_older_server_is_told_before_anything_runs(database: Database, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("tables: {t: {columns: {n: integer}}}")
    plan = laws.plan_for(database, tmp_path)
    later = replace(plan, server_version=plan.server_version + 10000)
    major = later.server_version // 10000
    said = _said(database, "\\set ON_ERROR_STOP on\n" + render(later, "sql"))
    assert re.findall(r"ERROR: +(.*)", said) == [f"this script is for PostgreSQL {major}"]
    assert database.execute("SELECT to_regclass('public.t')") == [(None,)]
    assert _said(database, render(plan, "sql")) == ""
