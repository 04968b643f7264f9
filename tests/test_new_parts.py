"""A new partition beside a default one that has rows: these are not read under a lock."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from schemadiff.apply.events import OperationDone
from schemadiff.core.errors import ApplyError
from tests import faults, laws
from tests.plugins.postgres import CloneDatabase, Database

MADE = """
CREATE TABLE p (k text, n integer NOT NULL) PARTITION BY RANGE (n);
CREATE TABLE rest PARTITION OF p DEFAULT;
INSERT INTO p SELECT 'x', -n FROM generate_series(1, 50) n;
"""
FILES = """
tables:
  p: {partition_by: range (n), columns: {k: text, n: integer not null}}
  rest: {partition_of: p, bound: default}
  q: {partition_of: p, bound: for values from (10) to (20)}
"""
COLUMNS = "{columns: {k: text, n: integer not null}}"
LEFT = "SELECT conname FROM pg_constraint WHERE conname LIKE 'schemadiff%'"


@pytest.fixture
def yaml(database: Database, tmp_path: Path) -> Path:
    database.load(MADE)
    (tmp_path / "all.yaml").write_text(FILES)
    return tmp_path


def test_from_anywhere(database: Database, clone: CloneDatabase, yaml: Path) -> None:
    plan = laws.plan_for(database, yaml)
    whole = next(op for op in plan.operations() if "PARTITION OF public.p " in op.sql)
    assert {t.name for t in whole.touches} == {"p", "rest"}
    assert not whole.scans
    total = sum(1 for _ in plan.operations())
    assert total > 3
    for stop in range(1, total):
        stopped = clone(database)
        laws.run(stopped, plan, statements=stop)
        stopped.execute("INSERT INTO p VALUES ('later', 30)")
        for seen in laws.run(stopped, laws.plan_for(stopped, yaml)):
            assert not seen.scanned or seen.op.scans, seen.op.sql
        assert laws.plan_for(stopped, yaml).empty
        assert stopped.execute(LEFT) == []
        assert stopped.execute(faults.LEFT) == []
        assert stopped.execute("SELECT count(*) FROM rest") == [(51,)]


def test_rows_that_belong_to_it_are_found_before_anything_is_changed(
    database: Database, yaml: Path
) -> None:
    database.execute("INSERT INTO p VALUES ('mine', 12)")
    told = "has rows that belong to public.q"
    with pytest.raises(psycopg.Error, match=told):
        laws.run(database, laws.plan_for(database, yaml))
    assert database.execute(LEFT) == []
    database.execute("INSERT INTO p VALUES ('mine', 13)")  # as before


def test_rows_that_come_after_the_look_take_the_check_away(database: Database, yaml: Path) -> None:
    """Whatever joins: the checks of both tables go, and nobody is refused afterwards."""
    database.load("CREATE TABLE q (k text, n integer NOT NULL); INSERT INTO q VALUES ('mine', 11);")
    plan = laws.plan_for(database, yaml)
    looks = [n for n, op in enumerate(plan.operations(), 1) if "looks for" in op.why]

    def write(event: object) -> None:
        if isinstance(event, OperationDone) and event.number == looks[-1]:
            database.execute("INSERT INTO p VALUES ('late', 12)")

    with pytest.raises(ApplyError, match=r"public\.rest has rows that belong to public\.q"):
        faults.apply(database, plan, write)
    assert database.execute(LEFT) == []
    database.execute("INSERT INTO p VALUES ('later', 13); INSERT INTO q VALUES ('other', 21)")
    database.execute("DELETE FROM p WHERE n > 0; DELETE FROM q WHERE n > 20")
    faults.apply(database, laws.plan_for(database, yaml))
    assert laws.plan_for(database, yaml).empty


@pytest.mark.parametrize(
    "wanted",
    [
        "\n".join(FILES.splitlines()[:-1]),
        FILES.replace("(20)", "(30)"),
        FILES.replace("  rest:", "  other:"),
        FILES.replace(
            "{partition_of: p, bound: default}", "{columns: {k: text, n: integer not null}}"
        ),
        "tables: {}",
    ],
    ids=["no part", "another bound", "another default", "a table by itself", "nothing"],
)
def test_whatever_is_wanted_then(database: Database, yaml: Path, wanted: str) -> None:
    plan = laws.plan_for(database, yaml)
    added = next(n for n, op in enumerate(plan.operations(), 1) if "ADD CONSTRAINT" in op.sql)
    laws.run(database, plan, statements=added)
    assert len(database.execute(LEFT)) == 1
    (yaml / "all.yaml").write_text(wanted)
    laws.run(database, laws.plan_for(database, yaml))
    assert database.execute(LEFT) == []
    assert laws.plan_for(database, yaml).empty
    if "rest" in wanted:
        assert database.execute("SELECT count(*) FROM rest") == [(50,)]


def test_in_one_piece_it_says_what_it_reads(database: Database, yaml: Path) -> None:
    (op,) = laws.plan_for(database, yaml, offline=True).operations()
    assert op.scans
    assert {t.name for t in op.touches} == {"p", "rest"}
    about = {h.subject.name for h in op.hazards if h.cls != "may-fail"}
    assert about == {"p", "rest"}
    # A row of the default partition may belong to the new one.
    assert {h.subject.name for h in op.hazards if h.cls == "may-fail"} == {"q"}
