"""What a server is too old for is told with its place before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import PlanError, ShadowError, SpecError
from tests import laws
from tests.plugins.postgres import Database

NEW = """\
tables:
  t:
    columns:
      a: {type: int, not_null: {no_inherit: true, comment: why}}
      b: {type: int, not_null: {not_valid: true}}
    checks:
      ck: {expression: a > 0, not_enforced: true}
"""


def test_what_the_server_is_too_old_for_is_told(
    database: Database, tmp_path: Path, server_major: int
) -> None:
    (tmp_path / "t.yaml").write_text(NEW)
    if server_major >= 18:
        laws.run(database, laws.plan_for(database, tmp_path))
        assert laws.plan_for(database, tmp_path).empty
        return
    with pytest.raises(PlanError) as caught:
        laws.plan_for(database, tmp_path)
    found = sorted((d.code, d.place.line if d.place else 0) for d in caught.value.diagnostics)
    assert found == [("SD079", 4), ("SD079", 4), ("SD079", 5), ("SD079", 7)]


def test_a_not_null_that_cannot_be_so_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "tables:\n  t:\n    partition_by: range (a)\n    columns:\n"
        "      a: {type: int, not_null: {no_inherit: true}}\n"
        "  u:\n    columns:\n"
        "      a: {type: int, not_null: {enabled: false, not_valid: true}}\n"
        "      b: {type: int, primary_key: true, not_null: {not_valid: true}}\n"
    )
    with pytest.raises(SpecError) as caught:
        laws.plan_for(database, tmp_path)
    found = [(d.code, d.place.line if d.place else 0) for d in caught.value.diagnostics]
    assert found == [("SD067", 5), ("SD067", 8), ("SD067", 9)]


def test_what_a_part_is_generated_from_by_its_own_is_told_where_it_cannot_be_changed(
    database: Database, tmp_path: Path, server_major: int
) -> None:
    column = "g: int generated always as (a + {}) stored"
    whole = "tables:\n  p:\n    columns:\n      a: int\n      " + column.format(1)
    said = f"{whole}\n  h:\n    inherits: p\n    columns: {{{column.format(2)}}}\n"
    apart = f"{whole}\n  h:\n    inherits: p\n    generated: {{g: a + 2}}\n"
    database.load(
        "create table p (a int, g int generated always as (a + 1) stored);"
        "create table h () inherits (p);"
    )
    for text in (said, apart):
        (tmp_path / "t.yaml").write_text(text)
        if server_major >= 17:
            laws.run(database, laws.plan_for(database, tmp_path))
            assert laws.plan_for(database, tmp_path).empty
            continue
        with pytest.raises((PlanError, ShadowError)) as caught:
            laws.plan_for(database, tmp_path)
        # Before 16 no heir can be made so at all, which the server says.
        code = "SD074" if server_major < 16 and text is said else "SD079"
        assert [d.code for d in caught.value.diagnostics] == [code]
