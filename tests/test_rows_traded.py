"""Rows that trade unique values, which none of them can have first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.postgres import MakeDatabase
from tests.test_preflight_values import wanted

YAML = """tables:
  t:
    columns:
      id: {type: integer, primary_key: true}
      a: {type: %s, not_null: true}
      %s
    unique: {u: a}
    %s
    rows: [{id: 1, a: %s}, {id: 2, a: %s}]
  %s
"""
T = "create table t (id int primary key, a {} not null, constraint u unique (a){});"
ROWS = "insert into t values (1, {0}), (2, {1});"
NUMBERS = T.format("int", "{}") + ROWS.format(1, 2)
OTHER = "o: {columns: {v: {type: integer, references: {table: t, columns: a}}}}"

# before, the type, another column, what else the table says, another table, the values
REFUSED = {
    "a type without spare values": (
        T.format("date", "") + ROWS.format("'2000-01-01'", "'2000-01-02'"),
        ("date", "", "", ""), ("2000-01-01", "2000-01-02"),
    ),
    "others refer to them": (
        NUMBERS.format("") + "create table o (v int references t (a)); insert into o values (1);",
        ("integer", "", "", OTHER), (1, 2),
    ),
    "a generated column": (
        NUMBERS.format(", g int generated always as (10 / a) stored"),
        ("integer", "g: {type: integer, generated: 10 / a}", "", ""), (1, 2),
    ),
    "an index of an expression": (
        NUMBERS.format("") + "create unique index i on t ((10 / a));",
        ("integer", "", "indexes: {i: {columns: ['(10 / a)'], unique: true}}", ""), (1, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_where_others_look_at_the_values_it_is_refused_before(
    make_database: MakeDatabase, tmp_path: Path, name: str
) -> None:
    before, (type_, column, more, other), (one, two) = REFUSED[name]
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(YAML % (type_, column, more, two, one, other))
    wanted(make_database(), before, yaml, "trade values of unique public.t.u")


def test_numbers_without_that_are_traded(make_database: MakeDatabase, tmp_path: Path) -> None:
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(YAML % ("integer", "", "", 2, 1, ""))
    wanted(make_database(), NUMBERS.format(""), yaml, "")
