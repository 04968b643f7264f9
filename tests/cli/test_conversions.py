"""A type to which there is no cast is refused when it is planned, not when it is applied."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

T = """\
enums:
  e: [a, b]
tables:
  t:
    columns:
      id: bigint primary key
      d: {type: DTYPE}
      x: {type: XTYPE}
"""


def plan(cli: Cli, project: Path, d: str, x: str) -> tuple[int, str, str]:
    (project / "schemas" / "salons.yaml").write_text(T.replace("DTYPE", d).replace("XTYPE", x))
    result = cli("plan", "--format", "sql")
    return result.code, result.out, result.err


def test_a_missing_cast_is_refused_with_its_place(project: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (id bigint primary key, d int, x uuid)")
    code, out, err = plan(cli, project, "jsonb", "inet")
    assert (code, out) == (1, "")
    assert "schemas/salons.yaml:7:7 SD077 column public.t.d: PostgreSQL says: cannot cast" in err
    assert "schemas/salons.yaml:8:7 SD077 column public.t.x" in err
    code, out, err = plan(cli, project, "jsonb, using: to_jsonb(d)", "uuid")
    assert code == 0, err
    assert "to_jsonb(d)" in out


def test_what_can_be_converted_is_planned(project: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (id bigint primary key, d int, x text)")
    code, out, err = plan(cli, project, "text", "e")  # a type that is not there yet
    assert code == 0, err
    assert "ALTER COLUMN x TYPE public.e" in out
