"""Several arguments without a name in a parsed body: PostgreSQL prints each of them as nothing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

F = """\
functions:
  f(int, int):
    returns: table(a integer, b integer)
    sql_body: begin atomic select $2, $1; end
"""
MADE = "create function f(int, int) returns table(a int, b int) begin atomic select $2, $1; end"


def test_what_nobody_can_read_is_not_written(project: Path, live: Database, cli: Cli) -> None:
    files = project / "schemas" / "salons.yaml"
    files.write_text(F)
    result = cli("plan")
    assert result.code == 1
    assert "salons.yaml:2:3 SD092 the body of function public.f(integer, integer)" in result.err
    assert "give them names" in result.err
    live.load(MADE)
    assert "No changes." in cli("plan").out  # what is there needs not be written
    files.write_text(F.replace("f(int, int)", "f(x int, y int)").replace("$2, $1", "y, x"))
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select a, b from f(1, 2)") == [(2, 1)]


def test_what_is_pulled_says_what_is_meant(bare: Path, live: Database, cli: Cli) -> None:
    live.load(MADE)
    assert cli("pull").code == 0
    result = cli("plan")
    assert "SD092 the body of f(integer, integer) cannot be read" in result.err
    assert "write $1, $2" in result.err
    (file,) = [f for f in (bare / "schemas").rglob("*.yaml") if '""' in f.read_text()]
    text = file.read_text().replace('""', "$2", 1).replace('""', "$1", 1)
    file.write_text(text)
    assert "No changes." in cli("plan").out
