"""Online changes that are stopped in the middle: the next run finishes them or cleans up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest

from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.catalog.session import connect, reading
from schemadiff.catalog.unmanaged import find_unmanaged
from schemadiff.core.lock import LockMode
from schemadiff.core.online import PREFIX
from schemadiff.core.operation import Operation, Transaction
from schemadiff.core.plan import Plan, Segment
from schemadiff.kinds import KINDS
from schemadiff.spec.writer import Layout, write_catalog
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase

TABLE = (
    "CREATE TABLE t (a integer, b integer);"
    "INSERT INTO t SELECT n, n FROM generate_series(1, 500) n;"
)
LEFT = (
    f"SELECT relname FROM pg_class WHERE relname LIKE '{PREFIX}%'"
    f" UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE '{PREFIX}%'"
)
INVALID = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"


@pytest.fixture
def yaml(tmp_path: Path) -> Path:
    return tmp_path / "desired.yaml"


def wanted(yaml: Path, text: str) -> Path:
    yaml.write_text(text)
    return yaml


def columns(more: str = "") -> str:
    return "tables:\n  t:\n    columns:\n      a: integer\n      b: integer\n" + more


def run(database: Database, plan: Plan) -> None:
    """Apply as the command does."""
    connection = connect(database.url)
    try:
        apply_plan(connection, plan, settings=ApplySettings(), report=lambda _: None)
    finally:
        connection.close()


def finished(database: Database, yaml: Path) -> None:
    """Apply what is left, and see that nothing else is."""
    run(database, laws.plan_for(database, yaml))
    assert laws.plan_for(database, yaml).empty
    assert database.execute(LEFT) == []
    assert database.execute(INVALID) == [(0,)]


def before(plan: Plan, words: str) -> int:
    """Count the statements before the first that has these words."""
    return next(n for n, op in enumerate(plan.operations()) if words in op.sql)


def builds(plan: Plan) -> Iterator[Operation]:
    return (op for op in plan.operations() if "INDEX CONCURRENTLY IF NOT EXISTS" in op.sql)


def outside(plan: Plan) -> list[Operation]:
    return [op for op in plan.operations() if op.transaction is Transaction.OUTSIDE]


def test_a_unique_index_that_failed_is_built_again(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    database.execute("INSERT INTO t VALUES (1, 1)")
    wanted(yaml, columns("    indexes:\n      u: {columns: a, unique: true}\n"))
    plan = laws.plan_for(database, yaml)
    with pytest.raises(psycopg.errors.UniqueViolation):
        laws.run(database, plan)
    assert database.execute(INVALID) == [(1,)]
    database.execute("DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t)")
    laws.run(database, plan)  # the same script again
    assert database.execute(INVALID) == [(0,)]
    finished(database, yaml)


def test_an_invalid_index_of_that_name_is_found_by_the_next_plan(
    database: Database, yaml: Path
) -> None:
    database.load(TABLE)
    database.execute("INSERT INTO t VALUES (1, 1)")
    wanted(yaml, columns("    indexes:\n      u: {columns: a, unique: true}\n"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        laws.run(database, laws.plan_for(database, yaml))
    database.execute("DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t)")
    finished(database, yaml)


def test_a_key_whose_index_failed(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    database.execute("INSERT INTO t VALUES (1, 1)")
    wanted(yaml, columns("    primary_key: a\n"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        laws.run(database, laws.plan_for(database, yaml))
    assert len(database.execute(LEFT)) == 2  # the invalid index, and the check for NOT NULL
    database.execute("DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t)")
    finished(database, yaml)


def in_segments(database: Database, plan: Plan) -> Iterator[Segment]:
    """Run a plan transaction by transaction, and give each that has ended."""
    for segment in plan.segments:
        with database.connect() as connection:
            together = len(segment.operations) > 1
            with connection.transaction() if together else nullcontext():
                for op in segment.operations:
                    guard = op.guard.condition if op.guard else "true"
                    [(needed,)] = connection.execute(f"SELECT {guard}".encode()).fetchall()
                    if needed:
                        connection.execute(op.sql.encode())
        yield segment


def test_a_key_is_missed_by_nobody_while_another_takes_its_place(
    database: Database, yaml: Path
) -> None:
    """Nor is a reference to it; the next is built before, by another name as well."""
    database.load(
        f"{TABLE} ALTER TABLE t ADD PRIMARY KEY (a), ADD UNIQUE (b), ADD CHECK (b IS NOT NULL);"
        "CREATE TABLE r (a integer REFERENCES t, b integer REFERENCES t (b));"
        "INSERT INTO r SELECT a, b FROM t; CREATE VIEW v AS SELECT a, b FROM t GROUP BY a"
    )
    wanted(
        yaml,
        columns(
            "    primary_key: {columns: a, include: [b]}\n    checks: [b IS NOT NULL]\n"
            "    unique: [{columns: b, include: [a]}]\n"
            "  r: {columns: {a: integer references t, b: integer references t(b)}}\n"
            "views: {v: 'select a, b from t group by a'}\n"
        ),
    )
    plan = laws.plan_for(database, yaml)
    assert len(list(builds(plan))) == 2
    assert [op.sql for op in plan.operations() if op.scans and not op.hinders_nobody] == []
    kept = "SELECT contype::text, count(*) FROM pg_constraint WHERE oid >= 16384 AND contype IN"
    for segment in in_segments(database, plan):
        counts = dict(database.execute(f"{kept} ('p', 'u', 'f') GROUP BY 1"))
        assert counts == {"p": 1, "u": 1, "f": 2}, segment
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute("INSERT INTO t VALUES (-1, 1)")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            database.execute("INSERT INTO r VALUES (-1, 1)")
    finished(database, yaml)


@pytest.mark.parametrize("back", [False, True], ids=["there", "back"])
def test_no_second_row_comes_between_an_exclusion_and_a_key(
    make_database: MakeDatabase,
    *,
    back: bool,
) -> None:
    """Nor while a column of the key changes its type."""
    case = Path(__file__).parent / "cases" / "exclusion" / "becomes_key"
    database, after = make_database(), make_database()
    database.load(case / ("after.sql" if back else "before.sql"))
    database.load(case / "seed.sql")
    after.load(case / ("before.sql" if back else "after.sql"))
    for _ in in_segments(database, laws.plan_between(database, after)):
        rows = "same_name 1, two 1, two 0.1, longer 0.1, wider 0.1, back 1".split(", ")
        for table, values in (row.split() for row in rows):
            with pytest.raises((psycopg.errors.UniqueViolation, psycopg.errors.ExclusionViolation)):
                database.execute(f"INSERT INTO {table} VALUES ({values.replace('.', ', ')})")
    assert laws.plan_between(database, after).empty


def test_no_second_row_comes_while_a_key_becomes_an_index_of_its_name(
    database: Database, make_database: MakeDatabase
) -> None:
    database.execute("CREATE TABLE t (a int, CONSTRAINT x UNIQUE (a)); INSERT INTO t VALUES (1)")
    after = make_database()
    after.execute("CREATE TABLE t (a int); CREATE UNIQUE INDEX x ON t (a) WHERE a > 0")
    for _ in in_segments(database, laws.plan_between(database, after)):
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute("INSERT INTO t VALUES (1)")
    assert laws.plan_between(database, after).empty


def test_a_finished_build_is_gone_on_with(database: Database, yaml: Path) -> None:
    database.load(TABLE + "CREATE INDEX i ON t (a);")
    wanted(yaml, columns("    indexes:\n      i: [a, b]\n"))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "RENAME"))
    (built,) = database.execute(LEFT)
    again = laws.plan_for(database, yaml)
    assert not any(f"DROP INDEX CONCURRENTLY IF EXISTS public.{built[0]}" == op.sql
                   and op.guard is None for op in again.operations())  # fmt: skip
    oid = database.execute("SELECT %s::regclass::oid", built)
    run(database, again)
    assert database.execute("SELECT 'i'::regclass::oid") == oid
    finished(database, yaml)


def test_what_nobody_wants_any_more_goes(database: Database, yaml: Path) -> None:
    database.load(TABLE + "CREATE INDEX i ON t (a);")
    wanted(yaml, columns("    indexes:\n      i: [a, b]\n"))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "RENAME"))
    wanted(yaml, columns("    indexes:\n      i: a\n"))
    assert not laws.plan_for(database, yaml).empty
    finished(database, yaml)


def test_rows_are_filled_to_the_end(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    wanted(yaml, columns("      c: uuid not null default gen_random_uuid()\n"))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "DO $fill$"))
    database.execute("UPDATE t SET c = DEFAULT WHERE a <= 100")  # as if half of it had been done
    values = database.execute("SELECT c FROM t WHERE a <= 100 ORDER BY a")
    finished(database, yaml)
    assert database.execute("SELECT count(c), count(DISTINCT c) FROM t") == [(500, 500)]
    assert database.execute("SELECT c FROM t WHERE a <= 100 ORDER BY a") == values


IDENTITY = (
    "      id: {type: integer, identity: {generation: always, increment: 3}, primary_key: true}\n"
)


@pytest.mark.parametrize(
    "words",
    [
        "CREATE SEQUENCE",
        "SET DEFAULT",
        "DO $fill",
        "VALIDATE",
        "SET NOT NULL",
        "INDEX CONC",
        "DROP DEFAULT",
    ],
)
def test_numbers_of_rows_are_given_to_the_end(database: Database, yaml: Path, words: str) -> None:
    database.load(TABLE)
    wanted(yaml, columns(IDENTITY))
    plan = laws.plan_for(database, yaml)
    assert not any(op.rewrites for op in plan.operations())
    laws.run(database, plan, statements=before(plan, words))
    database.execute("INSERT INTO t VALUES (7, 7)")
    finished(database, yaml)
    database.execute("INSERT INTO t VALUES (8, 8)")
    rows = database.execute("SELECT count(DISTINCT id), max(id), min(id) FROM t")
    assert rows == [(502, 1504, 1)]


def test_numbers_that_nobody_wants_any_more_go(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    wanted(yaml, columns(IDENTITY))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "VALIDATE"))
    wanted(yaml, columns())
    finished(database, yaml)


def test_numbers_of_rows_are_neither_pulled_nor_told(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    wanted(yaml, columns(IDENTITY))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "VALIDATE"))
    with laws.opened(database) as connection:
        inspection = laws.look(connection)
        with reading(connection):
            unmanaged = find_unmanaged(connection, inspection, KINDS).everything()
    assert not [u for u in unmanaged if PREFIX in u.name]
    kinds = {i.kind for i in inspection.catalog.objects if PREFIX in i.name}
    assert kinds == {"leftover"}


def test_a_nullable_column_is_filled_once(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    wanted(yaml, columns("      c: {type: timestamptz, default: clock_timestamp()}\n"))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "DO $fill$"))
    finished(database, yaml)
    assert database.execute("SELECT count(c) FROM t") == [(500,)]
    database.execute("UPDATE t SET c = NULL WHERE a = 7")
    laws.run(database, plan)
    assert database.execute("SELECT count(c) FROM t") == [(499,)]


def test_leftovers_are_neither_pulled_nor_told(
    database: Database, yaml: Path, tmp_path: Path
) -> None:
    database.load(TABLE + "CREATE INDEX i ON t (a);")
    wanted(
        yaml,
        columns("      c: uuid not null default gen_random_uuid()\n    indexes:\n      i: b\n"),
    )
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "RENAME"))
    database.execute("ALTER TABLE t ADD CONSTRAINT schemadiff_online_0123456789ab CHECK (true)")
    assert len(database.execute(LEFT)) > 1
    with laws.opened(database) as connection:
        inspection = laws.look(connection)
        with reading(connection):
            unmanaged = find_unmanaged(connection, inspection, KINDS).everything()
    assert not [u for u in unmanaged if PREFIX in u.name]
    folder = tmp_path / "pulled"
    written = write_catalog(
        inspection.catalog, KINDS, folder, Layout.BY_TABLE, known=inspection.known(KINDS)
    )
    assert not [p for p in written.created if PREFIX in (folder / p).read_text()]


def test_the_short_forms(database: Database, yaml: Path) -> None:
    database.load(TABLE)
    wanted(
        yaml,
        columns(
            "      c: uuid not null default gen_random_uuid()\n"
            "    indexes:\n      i: b\n    checks:\n      p: a > 0\n    primary_key: a\n"
        ),
    )
    plan = laws.plan_for(database, yaml, offline=True)
    assert outside(plan) == []
    assert len(plan.segments) == 1
    assert list(builds(laws.plan_for(database, yaml)))
    run(database, plan)
    assert laws.plan_for(database, yaml).empty


def test_an_empty_table_is_not_in_use(database: Database, yaml: Path) -> None:
    database.load("CREATE TABLE t (a integer, b integer);")
    wanted(yaml, columns("    indexes:\n      i: b\n    checks:\n      p: a > 0\n"))
    plan = laws.plan_for(database, yaml)
    assert outside(plan) == []
    assert len(plan.segments) == 1


PARTITIONED = """
CREATE TABLE p (k integer, n integer) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
INSERT INTO p SELECT n, n FROM generate_series(0, 99) n;
"""


def partitioned(*more: str) -> str:
    head = "tables:\n  p:\n    partition_by: range (k)\n    columns: {k: integer, n: integer}\n"
    parts = "".join(f"  {line}\n" for line in more)
    return (
        f"{head}    indexes: {{i: n}}\n"
        f"  p1: {{partition_of: p, bound: for values from (0) to (100)}}\n{parts}"
    )


@pytest.mark.parametrize("words", ["CONCURRENTLY IF NOT EXISTS", "RENAME", "NOT EXISTS i "])
def test_an_index_of_parts_is_finished(database: Database, yaml: Path, words: str) -> None:
    database.load(PARTITIONED)
    wanted(yaml, partitioned())
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, words))
    finished(database, yaml)


def test_a_part_that_came_meanwhile_gets_its_index(database: Database, yaml: Path) -> None:
    database.load(PARTITIONED)
    wanted(yaml, partitioned())
    plan = laws.plan_for(database, yaml)
    database.load(
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200);"
        "INSERT INTO p VALUES (150, 1);"
    )
    wanted(yaml, partitioned("p2: {partition_of: p, bound: for values from (100) to (200)}"))
    laws.run(database, plan)
    finished(database, yaml)


KEYED = """
CREATE TABLE p (k integer, n integer) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (k);
CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM (100) TO (200);
INSERT INTO p SELECT n, n FROM generate_series(0, 199) n;
"""


def keyed(key: str) -> str:
    return (
        "tables:\n  p:\n    partition_by: range (k)\n    columns: {k: integer, n: integer}\n"
        f"    {key}\n"
        "  p1: {partition_of: p, bound: for values from (0) to (100)}\n"
        "  p2: {partition_of: p, bound: for values from (100) to (200), partition_by: range (k)}\n"
        "  p21: {partition_of: p2, bound: for values from (100) to (200)}\n"
    )


@pytest.mark.parametrize("key", ["primary_key: k", "unique: [[k, n]]"])
@pytest.mark.parametrize(
    "words", ["CONCURRENTLY IF NOT EXISTS", "USING INDEX", "TABLE public.p ADD"]
)
def test_a_key_of_parts_is_finished(database: Database, yaml: Path, words: str, key: str) -> None:
    database.load(KEYED)
    wanted(yaml, keyed(key))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, words))
    finished(database, yaml)


def test_a_key_of_parts_that_share_a_value(database: Database, yaml: Path) -> None:
    database.load(KEYED + "INSERT INTO p VALUES (150, 1);")
    wanted(yaml, keyed("primary_key: k"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        laws.run(database, laws.plan_for(database, yaml))
    database.execute("DELETE FROM p WHERE k = 150 AND n = 1")
    finished(database, yaml)


def test_a_key_waits_for_a_part_that_came_meanwhile(database: Database, yaml: Path) -> None:
    database.load(KEYED)
    wanted(yaml, keyed("primary_key: k"))
    plan = laws.plan_for(database, yaml)
    database.load("CREATE TABLE p3 PARTITION OF p DEFAULT; INSERT INTO p VALUES (300, 1);")
    laws.run(database, plan)
    assert database.execute("SELECT FROM pg_constraint WHERE conname = 'p_pkey'") == []
    wanted(yaml, keyed("primary_key: k") + "  p3: {partition_of: p, bound: default}\n")
    finished(database, yaml)


def test_a_key_of_parts_is_built_by_nobody_who_keeps_writers_out(
    database: Database, yaml: Path
) -> None:
    database.load(KEYED)
    wanted(yaml, keyed("primary_key: k"))
    laws.run(database, laws.plan_for(database, yaml))
    names = database.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'p'"
        " AND conrelid >= 16384 ORDER BY 1"
    )
    assert names == [("p", "p_pkey"), ("p1", "p1_pkey"), ("p2", "p2_pkey"), ("p21", "p21_pkey")]


REFERRED = """
CREATE TABLE r (a integer PRIMARY KEY) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (50);
CREATE TABLE r2 PARTITION OF r DEFAULT;
"""
REFERRED_YAML = """\
  r: {partition_by: range (a), columns: {a: integer}, primary_key: a}
  r1: {partition_of: r, bound: for values from (0) to (50)}
  r2: {partition_of: r, bound: default}
"""


@pytest.mark.parametrize("words", ["VALIDATE", "RENAME CONSTRAINT", "TABLE public.p ADD"])
@pytest.mark.parametrize(
    "referred",
    [
        (
            "CREATE TABLE r (a integer PRIMARY KEY);",
            "  r: {columns: {a: integer}, primary_key: a}\n",
        ),
        (REFERRED, REFERRED_YAML),
    ],
    ids=["a table", "parts"],
)
def test_a_reference_of_parts_is_finished(
    database: Database, yaml: Path, server_major: int, words: str, referred: tuple[str, str]
) -> None:
    if server_major >= 18:
        pytest.skip("a partitioned table can have a foreign key that is not valid")
    made, more = referred
    database.load(made + "INSERT INTO r SELECT generate_series(0, 200);")
    database.load(KEYED)
    text = keyed("foreign_keys: {f: {columns: n, references: r(a)}}")
    wanted(yaml, text + more)
    plan = laws.plan_for(database, yaml)
    assert not any(op.scans and op.lock > LockMode.SHARE for op in plan.operations())
    laws.run(database, plan, statements=before(plan, words))
    for wrong in ("INSERT INTO p VALUES (5, 500)", "DELETE FROM r WHERE a IN (7, 150)"):
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            database.execute(wrong)
    finished(database, yaml)
    assert database.execute("SELECT count(*) FROM pg_constraint WHERE conname = 'f'") == [(4,)]


def test_a_reference_of_parts_that_nobody_wants_any_more_goes(
    database: Database, yaml: Path, server_major: int
) -> None:
    if server_major >= 18:
        pytest.skip("a partitioned table can have a foreign key that is not valid")
    database.load(REFERRED + "INSERT INTO r SELECT generate_series(0, 200);" + KEYED)
    more = REFERRED_YAML
    wanted(yaml, keyed("foreign_keys: {f: {columns: n, references: r(a)}}") + more)
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "RENAME CONSTRAINT"))
    assert len(database.execute(LEFT)) == 2
    wanted(yaml, keyed("checks: {}") + more)
    finished(database, yaml)


def test_parts_that_nobody_wants_any_more_go(database: Database, yaml: Path) -> None:
    database.load(PARTITIONED)
    wanted(yaml, partitioned())
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan, statements=before(plan, "RENAME"))
    wanted(yaml, partitioned().replace("    indexes: {i: n}\n", ""))
    finished(database, yaml)


def test_a_detach_that_was_interrupted_is_finalized(database: Database, yaml: Path) -> None:
    database.load(PARTITIONED)
    wanted(
        yaml,
        "tables:\n  p:\n    partition_by: range (k)\n    columns: {k: integer, n: integer}\n"
        "  p1:\n    columns: {k: integer, n: integer}\n",
    )
    plan = laws.plan_for(database, yaml)
    assert not [op.sql for op in plan.shown.operations() if "FINALIZE" in op.sql]
    laws.run(database, plan, statements=before(plan, "CONCURRENTLY"))
    with database.connect(autocommit=False) as reader, database.connect() as detaching:
        reader.execute("SELECT * FROM p LIMIT 1")  # whom the detach has to wait for
        detaching.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            detaching.execute("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY")
    assert database.execute("SELECT inhdetachpending FROM pg_inherits") == [(True,)]
    again = laws.plan_for(database, yaml)
    assert [op.sql for op in again.shown.operations() if "FINALIZE" in op.sql]
    laws.run(database, plan)  # the same script again
    finished(database, yaml)
