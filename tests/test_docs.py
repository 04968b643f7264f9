"""What is written for people is true: examples are run, references exist, pages are not stale."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from schemadiff.cli.app import COMMANDS, make_command
from schemadiff.cli.config_spec import ConfigSpec
from schemadiff.cli.docs import CASES, PAGES
from schemadiff.cli.docs_markdown import documented, models_in
from schemadiff.cli.schema import json_schema
from schemadiff.core.object import attributes
from schemadiff.kinds import KINDS
from schemadiff.spec.reader import read_yaml
from tests.plugins.postgres import Database

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
WRITTEN = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/errors.md")
CODE = re.compile(r"SD\d{3}")
ANY = "…"

# ------------------------------------------------------------------------------ the examples

_BLOCK = re.compile(r"(?:<!-- (\w+)(?:: (\S+))? -->\n)?```(\w+)\n(.*?)```", re.DOTALL)


def blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Give the word before a block (file, config) with its path, the language, the content."""
    for mark, path, language, content in _BLOCK.findall(text):
        yield (f"{mark} {path}".strip(), language, content)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands and what they print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def pattern(expected: str) -> str:
    """Make the regular expression of an output: … is any text, alone in a line any lines."""
    lines = [
        r"(?:.*\n)*?" if line == ANY else ".*?".join(map(re.escape, line.split(ANY))) + r"\n"
        for line in without_version(expected).splitlines()
    ]
    return "".join(lines)


def without_version(text: str) -> str:
    return re.sub(r"PostgreSQL \d+(\.\d+)?", "PostgreSQL N", text)


@pytest.fixture
def shell(tmp_path: Path, database: Database) -> dict[str, str]:
    """The environment of somebody who has installed schemadiff and named a database."""
    program = tmp_path / "bin" / "schemadiff"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m schemadiff "$@"\n')
    program.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "SCHEMADIFF_"))}
    return {
        **kept,
        "COLUMNS": "100",
        "DATABASE_URL": database.url,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }


def test_the_readme_shows_what_happens(
    tmp_path: Path, database: Database, shell: dict[str, str]
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    seen = 0
    for mark, language, content in blocks(README):
        if language == "sql":
            database.load(content)
        elif mark.startswith("file "):
            file = folder / mark.removeprefix("file ")
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, "utf-8")
        elif language == "console":
            for command, expected in commands(content):
                seen += 1
                done = subprocess.run(
                    ["sh", "-c", command],
                    cwd=folder,
                    env=shell,
                    check=False,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                found = without_version(done.stdout).replace(database.name, "salons")
                assert re.fullmatch(pattern(expected), found), f"$ {command}\n{done.stdout}"
    assert seen > 8


def test_the_config_of_the_readme_is_one() -> None:
    (text,) = (content for mark, _, content in blocks(README) if mark == "config")
    tree, wrong = read_yaml(text.encode(), "README.md")
    assert not wrong
    assert ConfigSpec.model_validate(tree).environments


# ---------------------------------------------------------------------------- what is named


@pytest.mark.parametrize("document", WRITTEN)
def test_every_command_and_flag_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    shown = "\n".join(
        re.findall(r"`[^`\n]+`|^\$ .*$|^schemadiff (?:diff|plan) .*$", text, re.MULTILINE)
    )
    named = set(re.findall(r"(?<![\w./-])schemadiff ([a-z]+)(?![\w.])", shown))
    assert named - set(COMMANDS) == set()
    known = {opt for c in COMMANDS for p in make_command(c).params for opt in p.opts}
    foreign = {"--create", "--schema-only", "--no-owner", "--update-golden", "--help"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown)) - known - foreign == set()


@pytest.mark.parametrize("document", [*WRITTEN, *(f"docs/{page}.md" for page in PAGES)])
def test_every_link_leads_somewhere(document: str) -> None:
    file = ROOT / document
    text = file.read_text("utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        assert path.startswith("https://") or (file.parent / path).exists(), target
        assert path or anchor in anchors, target


# -------------------------------------------------------------------------- generated pages


@pytest.mark.parametrize("page", ["cli", "yaml"])
def test_the_page_is_up_to_date(page: str) -> None:
    stale = (ROOT / "docs" / f"{page}.md").read_text("utf-8") != PAGES[page]()
    assert not stale, "make docs"


def test_every_key_is_documented() -> None:
    todo: list[Any] = [k.spec for k in KINDS if k.spec is not None] + [ConfigSpec]
    seen = set()
    missing = []
    while todo:
        if (model := todo.pop()) in seen:
            continue
        seen.add(model)
        for name, key, field, meaning in documented(model):
            todo += models_in(field.annotation)
            if not meaning:
                missing.append(f"{model.__name__}.{key}: a docstring below `{name}`")
    assert missing == []


def test_the_coverage_names_every_case_and_attribute() -> None:
    text = (ROOT / "docs" / "coverage.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    for kind in KINDS:
        said = sections.get(kind.name.replace("_", " "), "")
        assert said, f"{kind.name}: make docs"
        named = set(re.findall(r"^\| `(\w+)` \|", said, re.MULTILINE))
        assert named == set(attributes(kind.model)), f"{kind.name}: make docs"
        cases = {p.parent.name for p in CASES.glob(f"{kind.name}/*/desired.yaml")}
        line = "".join(re.findall(r"^Cases: (.*)$", said, re.MULTILINE))
        assert set(re.findall(r"`(\w+)`", line)) == cases, f"{kind.name}: make docs"


# ------------------------------------------------------------------------- the JSON Schema


@cache
def validator() -> Any:
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("kind", sorted({p.parent.parent.name for p in CASES.glob("*/*/*.yaml")}))
def test_editors_take_what_the_reader_takes(kind: str) -> None:
    for file in sorted(CASES.glob(f"{kind}/*/desired.yaml")):
        tree = yaml.safe_load(file.read_bytes()) or {}
        errors = [f"{file}: {e.json_path} {e.message:.200}" for e in validator().iter_errors(tree)]
        assert errors == []


def test_every_key_of_the_json_schema_is_explained() -> None:
    def keys(node: object, path: str) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.get("properties", {}).items():
                if isinstance(value, dict) and not value.get("description"):
                    yield f"{path}.{key}"
            for key, value in node.items():
                yield from keys(value, f"{path}.{key}")
        elif isinstance(node, list):
            for value in node:
                yield from keys(value, path)

    assert list(keys(json_schema(), "")) == []


# ------------------------------------------------------------------------------- the codes


@cache
def constants() -> tuple[str, ...]:
    files = sorted((ROOT / "schemadiff").rglob("*.py"))
    return tuple(
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_code_has_one_meaning() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    told = Counter(re.findall(r"^\| (SD\d{3}) \| .+ \|$", text, re.MULTILINE))
    assert [code for code, times in told.items() if times > 1] == []
    used = {c for c in constants() if CODE.fullmatch(c)}
    assert (sorted(used - set(told)), sorted(set(told) - used)) == ([], []), "docs/errors.md"


def test_every_message_has_a_code_of_the_scheme() -> None:
    """`Diagnostic(code=…)`, `at.fail(…)` and their like get no other word."""
    odd = []
    for file in sorted((ROOT / "schemadiff").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = [k.value for k in node.keywords if k.arg == "code"]
            if ast.unparse(node.func) in ("at.fail", "self.report", "say.problem"):
                given += node.args[:1]
            odd += [
                f"{file}:{node.lineno}"
                for value in given
                if isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and not CODE.fullmatch(value.value)
            ]
    assert odd == []
