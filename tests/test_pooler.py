"""Poolers: in transaction mode an apply is refused, everything else works through any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, bare, cli
from tests.plugins.postgres import Database
from tests.pooler import Pooler

__all__ = ["bare", "cli"]  # fixtures

FILES = """\
tables:
  salons:
    columns:
      id: bigint primary key
      name: text not null default 'x'
    checks: {named: name <> ''}
"""


@pytest.fixture
def files(bare: Path) -> Path:
    """A folder of files to apply."""
    (bare / "schemas").mkdir()
    (bare / "schemas" / "salons.yaml").write_text(FILES)
    return bare


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("busy", [False, True])
def test_a_process_that_others_get_is_refused(cli: Cli, database: Database, busy: bool) -> None:  # noqa: FBT001
    with Pooler(database.url, per_transaction=True) as pooler:
        if busy:  # several processes, which the sessions have in turns
            for made in [pooler._server() for _ in range(3)]:
                pooler._idle.append(made)
        where = ("--db", pooler.client_url)
        assert "salons" in cli("plan", *where).out
        refused = cli("apply", "--yes", *where)
        assert refused.code == 1
        assert "SD515 a pooler in transaction mode" in refused.err
        assert "nothing was changed" in refused.err
        assert database.execute("select to_regclass('salons')") == [(None,)]
        assert database.execute("select count(*) from pg_locks where locktype = 'advisory'") == [
            (0,)
        ]
        assert cli("apply", "--yes", "--db", database.url).code == 0
        assert "No changes." in cli("plan", *where).out
        assert cli("drift", *where).code == 0


@pytest.mark.usefixtures("files")
def test_a_session_of_its_own_is_enough(cli: Cli, database: Database) -> None:
    with Pooler(database.url, per_transaction=False) as pooler:
        where = ("--db", pooler.client_url)
        done = cli("apply", "--yes", *where)
        assert done.code == 0, done.err
        assert "No changes." in cli("plan", *where).out


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("per_transaction", [False, True])
def test_a_scratch_database_is_never_that_of_the_users(
    cli: Cli,
    database: Database,
    bare: Path,
    per_transaction: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """This pooler leads to one database, whatever the name."""
    (bare / "schemas" / "more.yaml").write_text("views: {v: select a from kept}\n")
    database.execute("create table kept (a integer)")
    with (bare / "schemas" / "salons.yaml").open("a") as file:
        file.write("  kept: {columns: {a: integer}}\n")
    before = database.dump()
    with Pooler(database.url, per_transaction=per_transaction) as pooler:
        planned = cli("plan", "--db", pooler.client_url)
        assert "+ view public.v" in planned.out, planned.err
        refused = cli("plan", "--db", database.url, "--shadow", pooler.client_url)
        assert "SD413" in refused.err, refused.err
    assert database.dump() == before
    left = "select datname from pg_database where datname like 'schemadiff_shadow%'"
    assert database.execute(left) == []
