"""Types of partitioned tables that change beside the old ones: every part, from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests import faults, laws
from tests.extent import every
from tests.plugins.postgres import CloneDatabase, Database

MADE = """
CREATE TABLE p (id integer NOT NULL, at date NOT NULL, n integer NOT NULL DEFAULT 7
    CONSTRAINT p_n CHECK (n > 0), s text) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE p2 (s text, gone integer, n integer NOT NULL, at date NOT NULL, id integer NOT NULL);
ALTER TABLE p2 DROP gone;
ALTER TABLE p2 ADD CONSTRAINT p_n CHECK (n > 0);
ALTER TABLE p2 ALTER n SET DEFAULT 7;
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE p3 PARTITION OF p DEFAULT PARTITION BY LIST (id);
CREATE TABLE p31 PARTITION OF p3 DEFAULT;
CREATE INDEX p_at ON p (at);
CREATE VIEW v AS SELECT id, n FROM p WHERE n > 1;
COMMENT ON COLUMN p.n IS 'a number';
INSERT INTO p SELECT i, date '2024-01-01' + i * 3, i FROM generate_series(1, 400) i;
"""
INDEXES = """
ALTER TABLE p ADD CONSTRAINT p_key PRIMARY KEY (n, at, id);
CREATE INDEX p_odd ON p (s, n DESC) INCLUDE (at) WITH (fillfactor = 70);
CREATE UNIQUE INDEX p_twice ON p (id, at, (n * 2)) WHERE n > 3;
ALTER TABLE p ADD UNIQUE (at, n, id);
COMMENT ON CONSTRAINT p_key ON p IS 'a key';
"""
ALL = "SELECT tableoid::regclass::text, id, at, n FROM p ORDER BY id, at, n"


def wanted(database: Database, folder: Path) -> Path:
    """Give the YAML of a database with another type."""
    from schemadiff.kinds import KINDS
    from schemadiff.spec.writer import Layout, write_catalog

    with laws.opened(database) as connection:
        seen = laws.look(connection)
    write_catalog(seen.catalog, KINDS, folder, Layout.BY_TABLE, known=seen.known(KINDS))
    for file in folder.rglob("*.yaml"):
        file.write_text(
            re.sub(r"n:( \{type:|\n +type:)? integer", r"n:\1 bigint", file.read_text())
        )
    return folder


def written(database: Database, number: int) -> None:
    """Write through the whole, to a part, from part to part, and as a subscriber does."""
    with database.connect() as client:
        for each in (
            f"INSERT INTO p (id, at) VALUES ({number} + 1000, '2024-05-05')",
            f"INSERT INTO p2 (id, at, n) VALUES ({number} + 1000, '2025-05-05', {number} + 1)",
            f"UPDATE p SET n = n + 5, at = at + 365 WHERE id = {number} + 1",
            f"UPDATE p31 SET n = n + 5 WHERE id = 390 - {number}",
            f"DELETE FROM p WHERE id = {number} + 100",
            "SET session_replication_role = replica",
            f"INSERT INTO p1 (id, at, n) VALUES ({number} + 2000, '2024-05-05', 3)",
            f"UPDATE p2 SET n = n + 1 WHERE id = {number} + 150",
        ):
            client.execute(each.encode())


@pytest.mark.parametrize(("more", "apart"), [("", every(4)), (INDEXES, every(5))],
                         ids=["plain", "indexed"])  # fmt: skip
def test_from_anywhere(
    database: Database, clone: CloneDatabase, tmp_path: Path, more: str, apart: int
) -> None:
    """Stopped anywhere and written to, it ends as ALTER COLUMN in one piece ends, or is undone."""
    database.load(MADE + more)
    back = wanted_back(database, tmp_path / "back")
    yaml = wanted(database, tmp_path / "yaml")
    plan, plain = laws.plan_for(database, yaml), laws.plan_for(database, yaml, offline=True)
    assert not [op.sql for op in plan.operations() if op.rewrites]
    assert sum("$swap$" in op.sql for op in plan.operations()) == 1
    total = sum(1 for _ in plan.operations())
    for stop in range(1, total, apart):
        stopped, beside = clone(database), clone(database)
        laws.run(stopped, plan, statements=stop)
        for each in (stopped, beside):
            written(each, stop)
        laws.run(beside, plain)
        if stop % 2:
            undone = clone(stopped)
            before = undone.execute(ALL)
            laws.run(undone, laws.plan_for(undone, back))
            assert laws.plan_for(undone, back).empty
            assert undone.execute(faults.LEFT) == []
            assert undone.execute(ALL) == before
        for seen in laws.run(stopped, laws.plan_for(stopped, yaml)):
            assert not seen.rewrote, seen.op.sql
            assert not seen.scanned or seen.op.scans, seen.op.sql
        assert stopped.execute(ALL) == beside.execute(ALL)
        assert laws.plan_for(stopped, yaml).empty
        assert laws.dump(stopped) == laws.dump(beside)
        assert stopped.execute(faults.LEFT) == []


NAMED = """
ALTER INDEX p3_s_n_at_idx RENAME TO between;
ALTER INDEX p31_pkey RENAME TO below;
ALTER INDEX p3_pkey RENAME TO "in Between";
COMMENT ON INDEX p_odd IS 'an index';
"""


def test_indexes_of_parts_keep_their_names(database: Database, tmp_path: Path) -> None:
    """ALTER COLUMN would give them those that the server chooses."""
    database.load(MADE + INDEXES + NAMED)
    names = (
        "SELECT indrelid::regclass::text, indexrelid::regclass::text, indisvalid,"
        " indisprimary FROM pg_index WHERE indrelid::regclass::text ~ '^p' ORDER BY 1, 2"
    )
    before = database.execute(names)
    plan = laws.plan_for(database, wanted(database, tmp_path / "yaml"))
    laws.run(database, plan)
    assert database.execute(names) == before
    assert database.execute("SELECT obj_description('p_odd'::regclass)") == [("an index",)]
    assert database.execute(faults.LEFT) == []


def test_a_part_that_comes_while_indexes_are_built(database: Database, tmp_path: Path) -> None:
    """The columns trade places in the next run, which builds what that one lacks."""
    database.load(MADE + INDEXES)
    yaml = wanted(database, tmp_path / "yaml")
    plan = laws.plan_for(database, yaml)
    numbers = [n for n, op in enumerate(plan.operations()) if "$swap$" in op.sql]
    laws.run(database, plan, statements=numbers[0])
    database.load(
        "CREATE TABLE p4 PARTITION OF p FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');"
        "INSERT INTO p VALUES (5000, '2030-05-05', 8), (5001, '2030-05-06', 9);"
    )
    for seen in laws.run(database, plan):
        assert not seen.rewrote, seen.op.sql
    (left,) = database.execute("SELECT atttypid::regtype::text FROM pg_attribute"
                               " WHERE attrelid = 'p4'::regclass AND attname = 'n'")  # fmt: skip
    assert left == ("integer",)
    for file in (tmp_path / "yaml").rglob("*.yaml"):
        text = file.read_text()
        if "  p31:" in text:
            bound = "for values from ('2030-01-01') to ('2031-01-01')"
            part = f'  p4: {{partition_of: p, bound: "{bound}"}}\n'
            file.write_text(text.replace("  p31:", f"{part}  p31:"))
            break
    again = laws.plan_for(database, yaml)
    assert sum("$swap$" in op.sql for op in again.operations()) == 1
    for seen in laws.run(database, again):
        assert not seen.rewrote, seen.op.sql
    assert laws.plan_for(database, yaml).empty
    assert database.execute("SELECT n FROM p4 ORDER BY 1") == [(8,), (9,)]
    assert database.execute(faults.LEFT) == []


def wanted_back(database: Database, folder: Path) -> Path:
    found = wanted(database, folder)
    for file in found.rglob("*.yaml"):
        file.write_text(
            re.sub(r"n:( \{type:|\n +type:)? bigint", r"n:\1 integer", file.read_text())
        )
    return found


def test_a_part_that_comes_meanwhile(database: Database, tmp_path: Path) -> None:
    """It has the column, the trigger and the check."""
    database.load(MADE)
    yaml = wanted(database, tmp_path / "yaml")
    plan = laws.plan_for(database, yaml)
    numbers = [n for n, op in enumerate(plan.operations()) if "$swap$" in op.sql]
    laws.run(database, plan, statements=numbers[0])
    database.load(
        "CREATE TABLE p4 PARTITION OF p FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');"
    )
    database.load("INSERT INTO p VALUES (5000, '2030-05-05', 8), (5001, '2030-05-06', 9);")
    laws.run(database, plan)
    assert database.execute("SELECT n FROM p4 ORDER BY 1") == [(8,), (9,)]
    assert database.execute(faults.LEFT) == []


def test_what_a_part_has_of_its_own_stops_the_swap(database: Database, tmp_path: Path) -> None:
    database.load(MADE)
    plan = laws.plan_for(database, wanted(database, tmp_path / "yaml"))
    numbers = [n for n, op in enumerate(plan.operations()) if "$swap$" in op.sql]
    laws.run(database, plan, statements=numbers[0])
    database.load("CREATE INDEX mine ON p2 (n);")
    with pytest.raises(psycopg.errors.RaiseException, match="the plan does not know"):
        laws.run(database, plan)
    database.load("DROP INDEX mine;")
    laws.run(database, plan)
    assert database.execute(faults.LEFT) == []


WHY_NOT = {
    "index public.p3.i is on a column of a partitioned": "CREATE INDEX i ON p3 (n);",
    "index public.p31.i is on a column of a partitioned": "CREATE INDEX i ON p31 (n);",
    "trigger public.p2.g would see": """
        CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER g BEFORE UPDATE ON p2 FOR EACH ROW EXECUTE FUNCTION g();""",
    "view public.w rests on table public.p1": "CREATE VIEW w AS SELECT n FROM p1;",
    "default public.p1.n speaks": "ALTER TABLE p1 ALTER n SET DEFAULT 8;",
}


@pytest.mark.parametrize("reason", WHY_NOT)
def test_why_not(database: Database, tmp_path: Path, reason: str) -> None:
    database.load(MADE + WHY_NOT[reason])
    yaml = wanted(database, tmp_path / "yaml")
    plan = laws.plan_for(database, yaml)
    said = [op.why for op in plan.operations() if op.why.startswith("not in steps: ")]
    assert said
    assert reason in said[0]
    laws.run(database, plan)
    assert laws.plan_for(database, yaml).empty
