"""A key with nothing below it, or with a list, is told in words of YAML."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli


def test_what_is_no_mapping_is_told(project: Path, cli: Cli) -> None:
    (project / "schemas" / "salons.yaml").write_text(
        "tables:\n  x:\n  y: [a]\nviews: 3\n"
        "enums: {e: {labels: {a: b}}}\nsequences: {s: {start: 1.5}}\n"
    )
    result = cli("validate")
    assert result.code == 1
    for said in (
        "salons.yaml:2:3 SD013 x: expected keys and their values, found nothing",
        "salons.yaml:3:3 SD013 y: expected keys and their values, found a list",
        "salons.yaml:4:1 SD013 views: expected keys and their values, found a single value",
        "write {} where there are none",
        "without dashes",
        "salons.yaml:5:13 SD013 labels: expected a list, found keys and their values",
        "salons.yaml:6:17 SD013 start: expected a whole number",
        "hint: The first value",
    ):
        assert said in result.err
