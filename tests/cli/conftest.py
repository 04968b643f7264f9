from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemadiff.catalog.binaries import VARIABLE, Binaries, wheel_binaries
from schemadiff.cli.app import run
from tests.plugins.postgres import Database


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]

SALONS = """\
tables:
  salons:
    columns:
      id: bigint generated always as identity primary key
      name: text not null
      fax: text
"""


@pytest.fixture
def bare(tmp_path: Path, binaries: Binaries, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and an environment that names no database.

    An embedded server can be had of the version under test.
    """
    for name in list(os.environ):
        ours = name.startswith("SCHEMADIFF_") and name != "SCHEMADIFF_HOME"
        if name == "DATABASE_URL" or name.startswith("PG") or ours:
            monkeypatch.delenv(name)
    if binaries not in wheel_binaries():
        monkeypatch.setenv(VARIABLE, str(binaries.bindir))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(bare: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process."""

    def call(*arguments: str) -> Result:
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return call


@pytest.fixture
def project(bare: Path) -> Path:
    """A current folder with one table in `schemas/`."""
    (bare / "schemas").mkdir()
    (bare / "schemas" / "salons.yaml").write_text(SALONS)
    return bare


@pytest.fixture
def live(database: Database, monkeypatch: pytest.MonkeyPatch, bare: Path) -> Database:
    """An empty database that DATABASE_URL names."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    return database
