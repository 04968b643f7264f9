from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from schemadiff.cli import app
from tests.cli.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]


def test_help_names_every_command(cli: Cli) -> None:
    for arguments in ((), ("--help",), ("-h",)):
        result = cli(*arguments)
        assert result.code == 0
        assert all(f"  {name} " in result.out for name in app.COMMANDS)
        assert result.err == ""


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_command_explains_itself(cli: Cli, name: str) -> None:
    result = cli(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"Usage: schemadiff {name}")


def modules_after(*arguments: str) -> set[str]:
    code = (
        "import sys; from schemadiff.cli.app import run; "
        f"run({arguments!r}); print('', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("\n ")[2].split())


def test_help_imports_no_command_and_nothing_slow() -> None:
    loaded = modules_after("--help")
    assert {f"schemadiff.cli.{name}" for name in app.COMMANDS} & loaded == set()
    assert {"deepdiff", "psycopg", "pydantic", "rich", "yaml"} & loaded == set()


def test_the_version_needs_no_database_and_no_files() -> None:
    loaded = modules_after("version")
    assert {"deepdiff", "psycopg", "rich", "yaml"} & loaded == set()


def test_version(cli: Cli) -> None:
    result = cli("version")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("schemadiff ")
    assert "Python 3." in result.out
    assert cli("--version").out == result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plam",), "Did you mean 'plan'"),
        (("plan", "--dbb", "x"), "--db"),
        (("plan", "--db"), "--db"),
        (("diff", "one"), "TO"),
        (("version", "more"), "more"),
    ],
)
def test_wrong_arguments_are_an_error_of_one_and_a_hint(
    cli: Cli, arguments: tuple[str, ...], said: str
) -> None:
    result = cli(*arguments)
    assert result.code == 1  # 2 means that changes are pending
    assert result.out == ""
    assert result.err.startswith("error: SD200 ")
    assert said in result.err
    assert "hint: schemadiff" in result.err


def test_a_bug_is_one_line_and_no_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise RuntimeError(f"out of\ncheese: {name}")

    monkeypatch.setattr(app, "make_command", broken)
    result = cli("plan")
    assert result.code == 1
    assert "SD999 internal error: RuntimeError: out of cheese: plan\n" in result.err
    assert "SCHEMADIFF_DEBUG=1" in result.err
    monkeypatch.setenv("SCHEMADIFF_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli("plan")


def test_ctrl_c_is_one_line_and_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "make_command", interrupted)
    result = cli("plan")
    assert (result.code, result.out, result.err) == (130, "", "interrupted\n")
