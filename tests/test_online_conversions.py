"""Types whose values are converted beside the old ones end as the plain form ends, or are refused.

The oracle is ALTER COLUMN … TYPE itself, in a database of its own.
"""

from __future__ import annotations

import psycopg
import pytest

from tests import laws
from tests.extent import some
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

ENUMS = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE tone AS ENUM ('ok', 'sad', 'high');"
TABLE = ENUMS + "CREATE TABLE t (id integer PRIMARY KEY, n {}{});"
ALL = "SELECT id, n::text FROM t ORDER BY id"
# From, to, values that fit, and one that does not where there is one.
PAIRS: list[tuple[str, str, list[str], str]] = [
    ("numeric(12,4)", "numeric(10,2)", ["1.2345", "-0.005", "99999999.9949"], "99999999.995"),
    ("numeric(6,2)", "integer", ["1.50", "-2.5", "3.49"], ""),
    ("bigint", "integer", ["1", "-2147483648"], "2147483648"),
    ("double precision", "real", ["0.1", "NaN", "-Infinity"], "1e300"),
    ("double precision", "integer", ["0.5", "1.5", "-2.5"], "1e10"),
    ("text", "character varying(3)", ["abc", "ab   ", ""], "abcd"),
    ("text", "character(3)", ["abc", "a", ""], "abcd"),
    ("character varying(9)", "character varying(3)", ["abc  ", "ä€x"], "abcd"),
    ("text", "integer", ["1", " -7 "], "one"),
    ("text", "uuid", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"], "x"),
    ("text", "boolean", ["on", "f", "yes"], "perhaps"),
    ("text", "jsonb", ['{"a": 1.0}', "null"], "{"),
    ("json", "jsonb", ['{"a": 1, "a": 2}'], '"\\u0000"'),
    ("jsonb", "json", ['{"a": 1, "b": 2}'], ""),
    ("text", "mood", ["ok", "sad"], "glad"),
    ("mood", "text", ["ok", "sad"], ""),
    ("mood", "tone", ["ok", "sad"], ""),
    ("tone", "mood", ["ok", "sad"], "high"),
    ("integer", "character varying(3)", ["1", "-10", "999"], "1000"),
    ("integer", "boolean", ["1", "0"], ""),
    ("timestamp", "date", ["2024-02-29 23:59:59.9", "infinity"], ""),
    ("timestamp(6) with time zone", "timestamp(0) with time zone", ["2024-01-01 00:00:00.5"], ""),
    ("integer[]", "smallint[]", ["{1,NULL}"], "{70000}"),
]
IDS = [f"{a} to {b}" for a, b, *_ in PAIRS]


@pytest.mark.parametrize("pair", some(PAIRS, 3), ids=some(IDS, 3))
def test_it_ends_as_in_one_piece(
    pair: tuple[str, str, list[str], str], make_database: MakeDatabase, clone: CloneDatabase
) -> None:
    """With what is written meanwhile, and from wherever it was stopped."""
    old, new, fitting, misfit = pair
    one, two = make_database(), make_database()
    one.load(TABLE.format(old, ""))
    two.load(TABLE.format(new, ""))
    for value in (*fitting, None):
        one.execute(f"INSERT INTO t SELECT count(*), %s::{old} FROM t", (value,))
    in_one = clone(one)
    plain = laws.plan_between(in_one, two, online=False)
    plan = laws.plan_between(one, two)
    assert not [op.sql for op in plan.operations() if op.rewrites]
    assert sum("$swap$" in op.sql for op in plan.operations()) == 1
    assert {h.code for h in plain.hazards} & {"SD106", "SD144", "SD152"} == {
        h.code for h in plan.hazards
    } & {"SD106", "SD144", "SD152"}
    total = sum(1 for _ in plan.operations())
    for stop in range(total):
        stopped, beside = clone(one), clone(in_one)
        laws.run(stopped, plan, statements=stop)
        for each in (stopped, beside):
            written(each, old, fitting)
        if misfit and stop:
            with pytest.raises(psycopg.Error):
                insert(stopped, old, misfit)
        laws.run(beside, plain)
        again = laws.plan_between(stopped, two)
        laws.run(stopped, again)
        assert stopped.execute(ALL) == beside.execute(ALL)
        assert laws.plan_between(stopped, two).empty
    laws.run(one, plan)
    assert laws.dump(one) == laws.dump(two)


def insert(database: Database, type_: str, value: str | None) -> None:
    database.execute(f"INSERT INTO t SELECT max(id) + 1, %s::{type_} FROM t", (value,))


def written(database: Database, type_: str, values: list[str]) -> None:
    insert(database, type_, values[-1])
    insert(database, type_, None)
    database.execute(f"UPDATE t SET n = %s::{type_} WHERE id = 0", (values[-1],))
    database.execute("UPDATE t SET n = NULL WHERE id = 1")
