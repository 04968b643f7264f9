"""The commands that need no database."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest

from schemadiff.cli.config_spec import ConfigSpec
from schemadiff.spec.document import read_document
from tests.cli.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]


def test_validate_counts(project: Path, cli: Cli) -> None:
    result = cli("validate")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("OK: 1 file, ")


def test_validate_shows_every_mistake_with_its_place(project: Path, cli: Cli) -> None:
    (project / "schemas" / "a.yaml").write_text("tables:\n  t:\n    colums: {}\n")
    (project / "schemas" / "b.yaml").write_text("tables:\n  t:\n   x: 1\n   x: 2\n")
    result = cli("validate")
    assert result.code == 1
    assert "schemas/a.yaml:3:5 SD011" in result.err
    assert "schemas/b.yaml:4:4 SD002" in result.err
    assert result.err.splitlines()[-1].endswith(" errors")


def test_what_is_no_text_is_no_body(cli: Cli, bare: Path) -> None:
    schemas = bare / "schemas"
    (schemas / "folder").mkdir(parents=True)
    os.mkfifo(schemas / "pipe")
    (schemas / "zero").write_bytes(b"select 1\0")
    (schemas / "bytes").write_bytes(b"\xff")
    names = ("pipe", "folder", "zero", "bytes", "none", "''")
    (schemas / "x.yaml").write_text(
        "views:\n" + "".join(f"  v{i}: {{query_file: {n}}}\n" for i, n in enumerate(names))
    )
    result = cli("validate")
    assert result.code == 1
    assert result.err.count("SD034") == result.err.count("  hint: name a text file") == len(names)
    assert "not a file" in result.err
    assert "a zero byte" in result.err


def test_validate_asks_no_database(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost:1/x")
    (project / "schemadiff.yaml").write_text("env: p\nenvironments: {p: {url_env: UNSET}}\n")
    assert cli("validate").code == 0


def test_validate_without_files(cli: Cli, bare: Path) -> None:
    assert "SD014" in cli("validate").err
    (bare / "schemas").mkdir()
    assert "SD015" in cli("validate").err


def test_init_writes_what_validates_and_overwrites_nothing(cli: Cli, bare: Path) -> None:
    first = cli("init")
    assert first.code == 0
    assert first.out.splitlines() == [
        "schemas/schemadiff.schema.json",
        "schemadiff.yaml",
        "schemas/notes.yaml",
    ]
    assert cli("validate").code == 0
    document, wrong = read_document(Path("schemadiff.yaml"), "schemadiff.yaml", ConfigSpec)
    assert document is not None
    assert wrong == []
    (bare / "schemadiff.yaml").write_text("schemas: schemas\n")
    (bare / "schemas" / "notes.yaml").unlink()
    (bare / "schemas" / "mine.yaml").write_text("enums: {e: [a]}\n")
    second = cli("init")
    assert (second.code, second.out) == (0, "")
    assert (bare / "schemadiff.yaml").read_text() == "schemas: schemas\n"
    assert not (bare / "schemas" / "notes.yaml").exists()


def test_everything_commented_out_in_the_config_of_init_is_right_too(cli: Cli) -> None:
    cli("init")
    path = Path("schemadiff.yaml")
    offered = re.sub(r"^# (?=[a-z_]+:|  )", "", path.read_text(), flags=re.MULTILINE)
    path.write_text(offered)
    document, wrong = read_document(path, "schemadiff.yaml", ConfigSpec)
    assert [str(w) for w in wrong] == []
    assert document is not None
    assert isinstance(document.model, ConfigSpec)
    assert document.model.scope.exclude == ("table:public.tmp_*",)
    assert document.model.lock_timeout == "3s"


def test_the_schema_is_a_json_schema_and_takes_the_example(cli: Cli) -> None:
    result = cli("schema")
    assert (result.code, result.err) == (0, "")
    schema = json.loads(result.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "schemadiff"
    validator = jsonschema.Draft202012Validator(schema)
    assert not validator.is_valid({"tabels": {}})


def test_the_schema_beside_the_example_is_up_to_date(cli: Cli) -> None:
    beside = (ROOT / "schemas" / "schemadiff.schema.json").read_text(encoding="utf-8")
    assert beside == cli("schema").out, "make schema"


def test_the_example_is_valid(cli: Cli) -> None:
    assert cli("validate", "--schemas", str(ROOT / "schemas")).code == 0
