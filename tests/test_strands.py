"""Long work on one table keeps no lock on what it has nothing to do with."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.plan import Plan
from tests import laws
from tests.plugins.postgres import Database

ROWS = (
    "CREATE TABLE {0} (id integer PRIMARY KEY, n integer NOT NULL, text text);"
    "INSERT INTO {0} SELECT g, g, repeat('x', 60) FROM generate_series(1, 20000) g;"
)
BEFORE = f"""{ROWS.format("big")} {ROWS.format("other")} CREATE TABLE small (id integer, a integer);
INSERT INTO small VALUES (1, 1); CREATE VIEW named AS SELECT 1 AS one;"""
# A stored generated column has all its values at once: there is no way in steps.
AFTER = """
tables:
  big:
    columns: {id: integer primary key, n: integer not null, text: text,
              twice: bigint generated always as (n * 2) stored}
  other:
    columns: {id: integer primary key, n: integer not null, text: text%s}
  small:
    columns: {id: integer, %s, c: integer}
enums: {mood: [good, bad]}
views: {%s}
"""


@pytest.fixture
def yaml(tmp_path: Path) -> Path:
    folder = tmp_path / "schemas"
    folder.mkdir()
    return folder


def planned(database: Database, yaml: Path, *words: str) -> Plan:
    database.load(BEFORE)
    (yaml / "all.yaml").write_text(AFTER % words)
    return laws.plan_for(database, yaml)


def tables(plan: Plan) -> list[set[str]]:
    """Give the tables that each transaction is about."""
    return [{op.target.path[1] for op in s.operations if op.touches} for s in plan.segments]


def test_what_is_short_comes_first(database: Database, yaml: Path) -> None:
    new = ", thrice: bigint generated always as (n * 3) stored"
    plan = planned(database, yaml, new, "a: integer, d: mood", "named: select 1 as one")
    assert tables(plan) == [{"small"}, {"big"}, {"other"}]
    laws.run(database, plan)
    assert laws.plan_for(database, yaml).empty


def test_it_waits_for_nobody_that_has_nothing_to_do_with_it(database: Database, yaml: Path) -> None:
    """A lock on the small table, which others hold, does not keep the large one locked."""
    plan = planned(database, yaml, "", "a: integer", "named: select 1 as one")
    assert tables(plan) == [{"small"}, {"big"}]
    seen = "SELECT count(*) FROM pg_locks WHERE relation = 'small'::regclass AND mode LIKE 'Acc%E%'"
    with database.connect() as connection:
        for segment in plan.segments:
            with connection.transaction():
                for op in segment.operations:
                    connection.execute(op.sql.encode())
                held = connection.execute(seen.encode()).fetchall()
                assert held == [("small" in {op.target.path[1] for op in segment.operations},)]


def test_what_takes_the_name_of_another_comes_with_it(database: Database, yaml: Path) -> None:
    """Programs find the old name at all times."""
    words = "renamed: {query: select 1 as one, renamed_from: named}, named: select twice from big"
    plan = planned(database, yaml, "", "a: integer", words)
    (renaming,) = (s for s in plan.segments if "RENAME" in s.operations[0].sql)
    assert "CREATE" in "".join(op.sql for op in renaming.operations if op.target.name == "named")
    laws.run(database, plan)
    assert laws.plan_for(database, yaml).empty


def test_one_table_has_one_transaction(database: Database, yaml: Path) -> None:
    plan = planned(database, yaml, "", "b: {type: integer, renamed_from: a}",
                   "named: select twice as one from big")  # fmt: skip
    assert tables(plan) == [{"small"}, {"big", "named"}]
    laws.run(database, plan)
    assert laws.plan_for(database, yaml).empty


def test_nothing_is_parted_in_a_quiet_hour(database: Database, yaml: Path) -> None:
    planned(database, yaml, "", "a: integer", "named: select 1 as one")
    plan = laws.plan_for(database, yaml, offline=True)
    assert len(plan.segments) == 1
