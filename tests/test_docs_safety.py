"""Every promise of docs/safety.md names its tests, and these exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "safety.md").read_text("utf-8")
PROMISED = PAGE.partition("\n## What is not promised")[0]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PROMISED)))


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_the_test_of_a_promise_exists(path: str, name: str) -> None:
    module = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {n.name for n in module.body if isinstance(n, ast.FunctionDef)}


def test_each_promise_names_a_test() -> None:
    promises = re.split(r"^- ", PROMISED, flags=re.MULTILINE)[1:]
    assert len(promises) > 15
    assert [p for p in promises if not re.search(r"`tests/[\w/]+\.py::\w+`", p)] == []
