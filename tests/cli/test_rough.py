"""What a newcomer does wrong, and what a shell does to a process: one clear error, no traceback."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

TABLE = "tables:\n  {}:\n    columns:\n      id: bigint\n"


@pytest.fixture
def schemas(bare: Path) -> Path:
    """A folder with one file."""
    folder = bare / "schemas"
    folder.mkdir()
    (folder / "t.yaml").write_text(TABLE.format("t"))
    return folder


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "schemadiff", *arguments]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, text=True, timeout=60, check=False, **options
    )


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        TABLE.format("u").replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TABLE.format("u").encode(),
        TABLE.format("u").encode().removesuffix(b"\n"),
    ],
)
def test_line_ends_and_marks_of_editors(schemas: Path, cli: Cli, data: bytes) -> None:
    (schemas / "u.yaml").write_bytes(data)
    (schemas / "empty.yaml").write_bytes(b"")
    (schemas / "COMMENT.YML").write_bytes(b"# nothing yet\n")
    result = cli("validate")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("OK: 4 files, 5 objects")


def test_folders_that_are_links_are_followed_once(schemas: Path, cli: Cli) -> None:
    shared = schemas.parent / "shared"
    shared.mkdir()
    (shared / "u.yaml").write_text(TABLE.format("u"))
    (shared / "back").symlink_to(schemas)
    (schemas / "shared").symlink_to(shared)
    (schemas / "loop").symlink_to(".")
    result = cli("validate")
    assert result.out.startswith("OK: 2 files, 5 objects"), result


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_what_cannot_be_read_is_no_empty_file(
    schemas: Path, live: Database, cli: Cli, what: str
) -> None:
    """Left out in silence, its tables would be dropped."""
    path = schemas / "u.yaml"
    if what == "link":
        path.symlink_to("nowhere.yaml")
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path = schemas / "locked"
        path.mkdir(0o000)
        if os.access(path, os.R_OK):
            pytest.skip("root may read everything")
    for command in (("validate",), ("plan",), ("pull",)):
        result = cli(*command)
        assert result.code == 1
        assert result.err.startswith(f"schemas/{path.name} SD010 cannot be read: "), result.err


def test_a_folder_that_cannot_be(bare: Path, live: Database, cli: Cli) -> None:
    (bare / "file").write_text("")
    live.execute("create table t (x int)")
    for command in ("init", "pull"):
        result = cli(command, "--schemas", "file/below")
        assert result.code == 1
        assert "SD205 file/below" in result.err or "SD205 file" in result.err, result.err
        assert "internal error" not in result.err
    assert not (bare / "schemadiff.yaml").exists()


def test_a_mistake_is_said_at_once_and_the_server_is_left(
    schemas: Path, live: Database, cli: Cli
) -> None:
    """Who reads the database closes the connection, when the mistake did not wait for it."""
    (schemas / "u.yaml").write_text("tables: {u: {colums: {}}}")
    with live.connect(autocommit=False) as slow:
        slow.execute("LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE")
        result = cli("plan")
        assert result.code == 1
        assert "SD011 unknown key" in result.err, result.err
    for thread in threading.enumerate():
        if thread.name == "inspect":
            thread.join(30)
    ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'schemadiff%'"
    assert live.execute(ours) == [(0,)]


# --- hostile files -------------------------------------------------------------------------------

BOMB = "a: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mixins:\n" + "".join(f"  {line}\n" for line in BOMB.splitlines()), ""),
        ("tables: " + "{a: " * 100_000 + "}" * 100_000, "SD004"),
        ("tables: " + "[" * 100_000, "SD004"),
        ("tables:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 3000)), "SD004"),
        ("tables:\n  t:\n    comment: " + "x" * 30_000_000, "SD004"),
        ("tables:\n  ? " + "x" * 30_000_000 + "\n  : 1", ""),
        ("tables:\n  u:\n    columns:\n      a: int default " + "(" * 200_000, ""),
        ("tables:\n  u:\n    columns:\n      a: numeric" + "[" * 100_000, ""),
        ("functions:\n  f(" + "a int, " * 100_000 + "): {returns: int}", ""),
    ],
)
def test_hostile_files_end_soon_and_with_an_error(schemas: Path, text: str, code: str) -> None:
    (schemas / "bad.yaml").write_text(text)
    limit = 1024**3

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    begun = time.monotonic()
    result = process("validate", cwd=schemas.parent, capture_output=True, preexec_fn=bounded)
    assert time.monotonic() - begun < 20
    assert result.returncode == 1
    assert result.stderr.startswith("schemas/bad.yaml:"), result.stderr[:300]
    assert f" {code}" in result.stderr
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr
    assert len(result.stderr) < 50_000, len(result.stderr)


# --- the shell -----------------------------------------------------------------------------------


def test_closed_and_full_streams(schemas: Path) -> None:
    def shell(line: str) -> subprocess.CompletedProcess[str]:
        command = f"{shlex.quote(sys.executable)} -m schemadiff {line}"
        return subprocess.run(
            ["bash", "-c", command],
            cwd=schemas.parent,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    assert shell("validate >&-").returncode == 0
    assert shell("validate 2>&-").stdout.startswith("OK: ")
    full = shell("validate > /dev/full")
    assert (full.returncode, full.stdout) == (1, "")
    assert "SD205 standard output cannot be written: No space left" in full.stderr
    assert shell("version > /dev/full").stderr.startswith("error: SD205 ")
    for said in (shell("plan --env nope >&- 2>&-"), shell("validate | head -c 0")):
        assert (said.stdout, said.stderr) == ("", "")


def test_apply_without_a_terminal_asks_nobody(
    schemas: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    result = cli("apply")
    assert result.code == 1
    assert "SD207" in result.err
    assert live.execute("select 1 from pg_class where relname = 't'") == []


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:s3cret@127.0.0.1:1/x",
        "postgres://u:s3cret@127.0.0.1:port/x",
        "postgres://u:s3c%zzret@127.0.0.1/x",
        "postgres://u:s3cret@[::1/x",
        "host=/nowhere password=s3cret dbname=x",
        "host=/nowhere password='s3cret' dbname=",
        "host=127.0.0.1 port=1 passwort=s3cret",
        "mysql://u:s3cret@h/x",
        "postgres://127.0.0.1:1/x?user=u&password=s3cret",
        "postgres://127.0.0.1:1/x?sslpassword=s3cret&sslmode=wrong",
        "u:s3cret@127.0.0.1/x",
    ],
)
def test_no_error_shows_a_password(schemas: Path, cli: Cli, url: str) -> None:
    for arguments in (("plan", "-v", "--db", url), ("diff", "schemas", url)):
        result = cli(*arguments)
        assert result.code == 1
        said = result.out + result.err
        assert "s3c" not in said, said
        assert "ret@" not in said, said


def test_no_color_and_narrow_terminals(
    schemas: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    result = cli("plan")
    assert result.code == 0
    assert "\x1b" not in result.out
    assert "+ table public.t" in result.out
