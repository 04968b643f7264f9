"""Owners and grants in `pull` and `diff`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database
from tests.test_grants import ROLES, TABLE


def test_pull_writes_grants_once_and_leaves_files_alone(
    project: Path, live: Database, cli: Cli
) -> None:
    live.load(ROLES)
    live.execute("create table t (a int); grant select on t to case_reader;")
    live.execute("alter table t owner to case_owner;")
    for file in (project / "schemas").glob("*.yaml"):
        file.unlink()
    (project / "schemas" / "t.yaml").write_text("# mine\ntables:\n  t:\n    columns: {a: int}\n")
    assert cli("pull", "--db", live.url).code == 0
    text = (project / "schemas" / "t.yaml").read_text()
    assert "case_reader" in text
    assert "owner: case_owner" in text
    assert "# mine" in text
    assert cli("pull", "--db", live.url).code == 0
    assert (project / "schemas" / "t.yaml").read_text() == text
    assert cli("plan", "--db", live.url, "--detailed-exitcode").code == 0


def test_files_are_compared_without_their_roles(project: Path, live: Database, cli: Cli) -> None:
    (project / "schemadiff.yaml").write_text(f"shadow: {live.url!r}\n")
    for name, grants in (("a", ""), ("b", "    grants: {case_none: [select]}\n")):
        (project / name).mkdir()
        (project / name / "t.yaml").write_text(TABLE + "    owner: case_nobody\n" + grants)
    result = cli("diff", "b", "b", "--format", "sql")
    assert result.code == 0, result.err
    assert "GRANT" not in result.out
    result = cli("diff", "a", "b", "--format", "sql")
    assert result.code == 0, result.err
    assert "GRANT SELECT ON TABLE public.t TO case_none" in result.out
    assert "OWNER" not in result.out
