"""Parts in use that get other bounds: their rows are read before, while nobody has to wait."""

from __future__ import annotations

import psycopg
import pytest

from schemadiff.core.operation import Operation
from schemadiff.core.plan import Plan
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_types_in_use import CASES, plan_to

MADE = """
CREATE TABLE w (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF w FOR VALUES FROM (0) TO ({first});
CREATE TABLE p2 PARTITION OF w FOR VALUES FROM ({first}) TO ({second});
CREATE TABLE r (id integer REFERENCES w);
CREATE TABLE z (id integer) PARTITION BY RANGE (id);
CREATE TABLE p15 (id integer);
"""
ATTACHED = "ALTER TABLE z ATTACH PARTITION p15 FOR VALUES FROM (0) TO (10)"
BEFORE = MADE.format(first=10, second=20) + ATTACHED
DESIRED = MADE.format(first=15, second=30) + "CREATE INDEX ON p15 (id)"
ROWS = """
INSERT INTO w SELECT generate_series(0, 9);
INSERT INTO w SELECT generate_series(15, 19);
INSERT INTO r VALUES (3), (16);
INSERT INTO p15 SELECT generate_series(0, 9);
"""
DEFAULT = "CREATE TABLE rest PARTITION OF w DEFAULT;"


@pytest.fixture
def plan(make_database: MakeDatabase, database: Database) -> Plan:
    """What changes the bounds of both, and detaches another table's part meanwhile."""
    database.load(BEFORE + ";" + ROWS + DEFAULT + "INSERT INTO w VALUES (99)")
    return plan_to(database, DESIRED + ";" + DEFAULT, make_database)


def _of_whole(plan: Plan, word: str) -> list[int]:
    found = enumerate(plan.segments)
    return [n for n, s in found for op in s.operations if f"public.w {word} PART" in op.sql]


def test_both_go_and_come_back_in_one_transaction(plan: Plan) -> None:
    numbers = {*_of_whole(plan, "DETACH"), *_of_whole(plan, "ATTACH")}
    assert (len(_of_whole(plan, "DETACH")), len(numbers)) == (2, 1)
    assert any("CONCURRENTLY" in op.sql for op in plan.operations())


@pytest.mark.parametrize(
    "case", ["bound_beside_changes_of_its_own", "bound_while_a_type_is_made_anew"]
)
def test_none_is_missing_while_others_of_its_own_change(
    make_database: MakeDatabase, case: str
) -> None:
    database, folder = make_database(), CASES / "partition" / case
    database.load(folder / "before.sql")
    plan = plan_to(database, (folder / "after.sql").read_text(), make_database)
    parts = "SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1"
    there, ends = database.execute(parts), sorted(laws.commits(plan))
    assert ends
    for statements in (*ends, len([*plan.operations()])):
        laws.run_first(database, plan, statements)
        assert database.execute(parts) == there, statements


def test_no_row_is_read_while_the_whole_is_locked(database: Database, plan: Plan) -> None:
    said: list[str] = []
    with database.connect() as connection:
        connection.autocommit = True
        connection.add_notice_handler(lambda n: said.append(n.message_primary or ""))
        connection.execute("SET client_min_messages = debug1")

        def due(op: Operation) -> bool:
            if op.guard is None:
                return True
            query = f"SELECT ({op.guard.condition})"
            return bool((connection.execute(query.encode()).fetchone() or [False])[0])

        for op in filter(due, plan.operations()):
            connection.execute(op.sql.encode())
    for name in ("p1", "p2"):
        assert f'partition constraint for table "{name}" is implied by existing constraints' in said
    named = 'updated partition constraint for default partition "rest" is implied'
    assert sum(each.startswith(named) for each in said) == 2
    assert database.execute("SELECT count(*) FROM ONLY r JOIN w USING (id)") == [(2,)]


def test_a_row_that_does_not_fit_changes_nothing(make_database: MakeDatabase) -> None:
    database = make_database()
    database.load(BEFORE + ";" + ROWS + "INSERT INTO w VALUES (12)")
    before = laws.dump(database)
    plan = plan_to(database, MADE.format(first=15, second=30) + ATTACHED, make_database)
    with pytest.raises(psycopg.Error, match=r"public\.p2 cannot"):
        laws.run(database, plan)
    assert laws.dump(database) == before
