"""A new column whose rows would be computed by a function that reads the column."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

T = """\
tables:
  t:
    columns: {id: int primary key, g: int generated always as (f(id)) stored}
functions:
  f(int):
    returns: int
    volatility: immutable
    sql_body: |-
      BEGIN ATOMIC
        SELECT coalesce((SELECT max(g) FROM t), $1);
      END
"""


def test_rows_are_not_computed_by_a_function_that_is_not_there_yet(
    project: Path, live: Database, cli: Cli
) -> None:
    files = project / "schemas" / "salons.yaml"
    live.load("create table t (id int primary key); insert into t values (1)")
    files.write_text(T)
    result = cli("plan")
    assert result.code == 1
    assert "schemas/salons.yaml:3:" in result.err
    assert "SD062 the rows of table public.t would get the values of g from function" in result.err
    live.load("delete from t; vacuum t")
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert cli("plan").code == 0


def test_in_two_plans_they_are(project: Path, live: Database, cli: Cli) -> None:
    files = project / "schemas" / "salons.yaml"
    live.load("create table t (id int primary key); insert into t values (1)")
    files.write_text(T.replace("coalesce((SELECT max(g) FROM t), $1)", "$1"))
    assert cli("apply", "--yes", "--allow", "all").code == 0
    files.write_text(T)
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select id, g from t") == [(1, 1)]
