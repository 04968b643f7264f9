"""A column that becomes NOT NULL and has its values from the rows that the files list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import laws
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_preflight_values import wanted

YAML = """tables:
  t:
    columns:
      id: {type: integer, primary_key: true}
      n: integer
      label: {type: text, not_null: true}
    rows: [%s]
    %s
"""
NEW = "create table t (id int primary key, n int);"
THERE = "create table t (id int primary key, n int, label text);"
ROWS = "insert into t (id) values (1), (2);"
BOTH = "{id: 1, label: one}, {id: 2, label: two}"
GROUPS = "{id: 1, label: one}, {id: 2, n: 4, label: two}, {id: 3, label: three}"
NO_VALUE = "{id: 1, label: one}, {id: 2, n: 4}"
EXACT = "rows_exact: true"

# before, rows of the files, what else they say, what keeps the plan from being applied
GIVEN = {
    "every row": (NEW + ROWS, BOTH, "", ""),
    "rows that differ in other columns": (NEW + ROWS, GROUPS, "", ""),
    "others go": (NEW + ROWS + "insert into t values (3);", BOTH, EXACT, ""),
    "a row is not listed": (NEW + ROWS + "insert into t values (3);", BOTH, "", "1 (id = 3)"),
    "a row is listed without": (NEW + ROWS, NO_VALUE, "", "1 (id = 2)"),
    "a column that is there": (THERE + ROWS, BOTH, "", ""),
    "there, and a row without": (THERE + ROWS, NO_VALUE, "", "give no value: 1 (id = 2)"),
    "there, and a row with a value": (
        THERE + ROWS + "insert into t values (3, 3, 'three');", BOTH, "", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_it_is_set_where_every_row_has_a_value(
    make_database: MakeDatabase, tmp_path: Path, name: str
) -> None:
    before, rows, more, said = GIVEN[name]
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(YAML % (rows, more))
    wanted(make_database(), before, yaml, said)


def test_a_program_changes_rows_until_they_have_their_values(
    database: Database, tmp_path: Path
) -> None:
    """A unique index is built before the rows are written; meanwhile none has a value."""
    database.load(NEW + ROWS)
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(YAML % (BOTH, "unique: {u: label}"))
    plan = laws.plan_for(database, yaml)
    for stop in sorted(laws.commits(plan)):
        laws.run_first(database, plan, stop)
        database.execute("update t set n = n where id = 1")
    assert laws.plan_for(database, yaml).empty
