"""Runs as processes of their own: what only the operating system can do to them."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.catalog.embedded import default_server
from schemadiff.cli.target import embedded_database
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "schemadiff"]
PATIENCE = 30


@contextmanager
def stuck(live: Database, project: Path, cli: Cli) -> Iterator[subprocess.Popen[str]]:
    """An apply that waits for a lock in its second statement."""
    assert cli("apply", "--yes").code == 0
    with (project / "schemas" / "salons.yaml").open("a") as stream:
        stream.write("      phone: text\n  other:\n    columns: {id: int}\n")
    with live.connect(autocommit=False) as holder:
        holder.execute("lock table salons in access share mode")
        process = subprocess.Popen(
            [*COMMAND, "apply", "--yes"],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _await_waiting(holder)
            yield process
        finally:
            process.kill()
            process.communicate()


def _await_waiting(holder: psycopg.Connection[Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holder.execute("select 1 from pg_locks where not granted").fetchall():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _reaches_the_end(cli: Cli) -> None:
    applied = cli("apply", "--yes")
    assert applied.code == 0, applied.err
    assert "No changes." in cli("plan").out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_rolls_back_and_says_so(
    project: Path, live: Database, cli: Cli, number: signal.Signals
) -> None:
    with stuck(live, project, cli) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not live.execute("select 1 from pg_class where relname = 'other'")
    _reaches_the_end(cli)


def test_impatience_does_no_harm(project: Path, live: Database, cli: Cli) -> None:
    with stuck(live, project, cli) as process:
        for _ in range(4):
            process.send_signal(signal.SIGINT)
            time.sleep(0.02)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not live.execute("select 1 from pg_class where relname = 'other'")
    _reaches_the_end(cli)


def test_an_apply_goes_on_when_nobody_hears_it(project: Path, live: Database, cli: Cli) -> None:
    # The session that holds the lock is ended, which its connection here learns last.
    with suppress(psycopg.errors.AdminShutdown), stuck(live, project, cli) as process:
        assert process.stderr is not None
        process.stderr.close()
        live.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid = any"
            " (select unnest(pg_blocking_pids(pid)) from pg_locks where not granted)"
        )
        process.wait(PATIENCE)
    assert process.returncode == 0
    assert "No changes." in cli("plan").out


def test_a_killed_apply_is_taken_up_by_the_next(project: Path, live: Database, cli: Cli) -> None:
    with stuck(live, project, cli) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    _reaches_the_end(cli)


def test_a_plan_is_applied_by_another_process(project: Path, live: Database, cli: Cli) -> None:
    """The fingerprint must not depend on what differs between two processes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    live.execute("create view v with (security_barrier) as select 1 as a")
    for seed, arguments in (
        ("1", ("plan", "--format", "json", "--out", "plan.json")),
        ("2", ("apply", "plan.json", "--yes", "--allow", "all")),
    ):
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=project,
            env={**environment, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "No changes." in cli("plan").out


def test_two_processes_say_the_same(project: Path, live: Database) -> None:
    """Of several hazards that one statement has, too: a bot that posts a plan posts no noise."""
    live.execute("create table u (a int, b int, c int, d int); insert into u values (1, 2, 3, 4)")
    columns = ", ".join(f"{n}: int not null" for n in "abcd")
    (project / "schemas" / "u.yaml").write_text(f"tables: {{u: {{columns: {{{columns}}}}}}}")
    said = set()
    for seed in "12345":
        done = subprocess.run(
            [*COMMAND, "plan"],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said.add(done.stdout)
    [text] = said
    assert text.count("takes no NULL from now on") == 4


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = f"{shlex.quote(sys.executable)} -m schemadiff schema | head -c 9"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ('{\n  "$sch', "")


def test_without_any_database_it_is_the_embedded_one(project: Path, cli: Cli) -> None:
    name = embedded_database(project)
    planned = cli("plan")
    assert planned.code == 0, planned.err
    assert f"no database is named (--db, --env, DATABASE_URL): using {name}" in planned.err
    assert cli("apply", "--yes").code == 0
    assert "No changes." in cli("plan").out
    with default_server() as server, psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f'drop database "{name}"'.encode())


def test_every_folder_has_an_embedded_database_of_its_own(tmp_path: Path) -> None:
    names = {embedded_database(tmp_path / f) for f in ("My Shop", "a/my-shop", "b/my-shop", "ü")}
    assert len(names) == 4
    assert all(len(name) < 64 and name.isascii() and name.islower() for name in names)


def test_what_is_piped_is_utf8_whatever_the_locale_is(project: Path) -> None:
    """A script says of itself that it is; a letter in another code would be another letter."""
    (project / "schemas" / "streets.yaml").write_text("tables: {Straße: {columns: {größe: int}}}")
    narrow = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for given in (narrow, {"PYTHONIOENCODING": "latin-1"}):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **given}
        done = subprocess.run(
            [*COMMAND, "plan", "--format", "sql"], env=environment, capture_output=True, check=True
        )
        assert 'CREATE TABLE IF NOT EXISTS public."Straße"' in done.stdout.decode("utf-8")
    # A file of that name cannot be made where names of files are ASCII.
    subprocess.run([*COMMAND, "apply", "--yes"], env=environment, capture_output=True, check=True)
    (project / "schemas" / "streets.yaml").unlink()
    failed = subprocess.run(
        [*COMMAND, "pull"], env={**environment, **narrow}, capture_output=True, check=False
    )
    said = failed.stderr.decode("utf-8")
    assert failed.returncode == 1
    assert "SD205" in said, said
    assert "LC_ALL=C.UTF-8" in said, said
