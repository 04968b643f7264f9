"""Types with USING, and times by their zone, beside the old ones: they end as in one piece.

The oracle is ALTER COLUMN … TYPE itself, in a database of its own.
"""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from schemadiff.core.plan import Plan
from tests import laws
from tests.extent import some
from tests.plugins.postgres import CloneDatabase, Database

MADE = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION twice(n integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE FUNCTION thrice(n integer) RETURNS integer IMMUTABLE LANGUAGE sql
    SET search_path = '' AS 'SELECT $1 * 3';
CREATE FUNCTION later(n integer) RETURNS integer STABLE LANGUAGE sql
    SET search_path = '' AS 'SELECT $1 * 3';
CREATE TABLE t (id integer PRIMARY KEY, n {}, m integer, tg_op text);
"""
YAML = """
enums:
  mood: [sad, ok]
functions:
  twice(n integer): {{returns: integer, language: sql, volatility: immutable, body: SELECT $1 * 2}}
  thrice(n integer):
    {{returns: integer, language: sql, volatility: immutable, set: {{search_path: "''"}},
     body: SELECT $1 * 3}}
  later(n integer):
    {{returns: integer, language: sql, set: {{search_path: "''"}}, volatility: stable,
     body: SELECT $1 * 3}}
tables:
  t:
    columns:
      id: integer primary key
      n: {{type: "{type}"{using}}}
      m: integer
      tg_op: text
{more}
"""
STOPS = 1 if os.environ.get("SCHEMADIFF_TEST_ALL") else 4
# From, to, USING, values that fit, and one that does not where there is one.
PAIRS: list[tuple[str, str, str, list[str], str]] = [
    ("text", "integer", "nullif(btrim(n), '')::integer", [" 7 ", "", "8"], "x"),
    ("text", "integer", "n::int", ["7", "8"], "x"),
    ("text", "mood", "n::mood", ["sad"], "x"),
    ("integer", "bigint", "n * 1000 + m", ["7", "-8"], ""),
    ("integer", "text", "tg_op || n", ["7"], ""),
    ("integer", "bigint", "t.n + thrice(m)", ["7"], ""),
    ("integer", "character varying(2)", "n::varchar(2)", ["123", "7"], ""),
    ("integer", "character varying(2)", "(n * 2)::text", ["7"], "70"),
    ("text", "text[]", "string_to_array(n, ',')", ["a,b", ""], ""),
    ("integer", "mood", "CASE WHEN n > 0 THEN 'ok'::mood ELSE 'sad' END", ["0", "1"], ""),
    ("bigint", "timestamp with time zone", "to_timestamp(n / 1000.0)", ["1700000000123"], ""),
    ("timestamp", "timestamp with time zone", "n AT TIME ZONE 'UTC'", ["2024-07-01 12:00"], ""),
    ("text", "jsonb", "jsonb_set('{}', '{a}', n::jsonb)", ["7"], "{"),
]


def database_with(database: Database, type_: str, values: list[str]) -> None:
    database.load(MADE.format(type_))
    for value in (*values, None):
        database.execute(f"INSERT INTO t SELECT count(*), %s::{type_}, 5, 'o' FROM t", (value,))


def wanted(folder: Path, type_: str, using: str = "", more: str = "") -> Path:
    file = folder / "wanted.yaml"
    said = f', using: "{using}"' if using else ""
    file.write_text(YAML.format(type=type_, using=said, more=more))
    return file


def in_steps(plan: Plan) -> None:
    assert not [op.why for op in plan.operations() if "not in steps" in op.why]
    assert not [op.sql for op in plan.operations() if op.rewrites]
    assert sum("$swap$" in op.sql for op in plan.operations()) == 1


def insert(database: Database, type_: str, value: str | None) -> None:
    question = f"INSERT INTO t SELECT max(id) + 1, %s::{type_}, 6, 'n' FROM t"
    database.execute(question, (value,))


def written(database: Database, type_: str, values: list[str]) -> None:
    insert(database, type_, values[-1])
    insert(database, type_, None)
    database.execute(f"UPDATE t SET n = %s::{type_}, m = 9 WHERE id = 0", (values[-1],))
    database.execute("UPDATE t SET m = 8, tg_op = 'u' WHERE id = 0")


ALL = "SELECT id, n::text, m, tg_op FROM t ORDER BY id"


@pytest.mark.parametrize("number", some(range(len(PAIRS)), 2), ids=some([p[2] for p in PAIRS], 2))
def test_using_ends_as_in_one_piece(
    number: int, database: Database, clone: CloneDatabase, tmp_path: Path
) -> None:
    """With what is written meanwhile to any column that it reads, from wherever it was stopped."""
    old, new, using, fitting, misfit = PAIRS[number]
    database_with(database, old, fitting)
    yaml = wanted(tmp_path, new, using)
    plain, plan = laws.plan_for(database, yaml, offline=True), laws.plan_for(database, yaml)
    in_steps(plan)
    total = sum(1 for _ in plan.operations())
    for stop in range(number % STOPS, total, STOPS):
        stopped, beside = clone(database), clone(database)
        laws.run(stopped, plan, statements=stop)
        for each in (stopped, beside):
            written(each, old, fitting)
        if misfit and stop:
            with pytest.raises(psycopg.DataError):
                insert(stopped, old, misfit)
        laws.run(beside, plain)
        laws.run(stopped, laws.plan_for(stopped, yaml))
        assert stopped.execute(ALL) == beside.execute(ALL)
        assert laws.plan_for(stopped, yaml).empty
        assert laws.dump(stopped) == laws.dump(beside)


WHY_NOT = {
    "n::text::integer + (random() * 0)::integer": "is not known to be the same",
    "later(n::integer)": "is not known to be the same",
    "twice(n::integer)": "is not known to be the same",
    "n::integer + (to_char(now(), 'YYYY'))::integer": "is not known to be the same",
}


@pytest.mark.parametrize("using", WHY_NOT)
def test_using_that_is_not_the_same_always(database: Database, tmp_path: Path, using: str) -> None:
    database_with(database, "text", ["7"])
    plan = laws.plan_for(database, wanted(tmp_path, "integer", using))
    (said,) = [op.why for op in plan.operations() if op.why]
    assert WHY_NOT[using] in said
    laws.run(database, plan)
    assert laws.plan_for(database, wanted(tmp_path, "integer", using)).empty


CHANGES = {
    "reads column public.t.m, which": ("m: integer", "m: bigint"),
    "calls function public.thrice(integer), which": (
        "body: SELECT $1 * 3}",
        "body: SELECT $1 * 4}",
    ),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_what_using_rests_on_changes_too(database: Database, tmp_path: Path, reason: str) -> None:
    """Rows could be read before and after."""
    database_with(database, "text", ["7"])
    yaml = wanted(tmp_path, "bigint", "n::bigint + thrice(m)")
    before, after = CHANGES[reason]
    yaml.write_text(yaml.read_text().replace(before, after, 1))
    said = " ".join(op.why for op in laws.plan_for(database, yaml).operations())
    assert "not in steps: USING of public.t.n" in said
    assert reason in said


TIMES = [
    ("timestamp", "timestamp with time zone", ["2024-03-31 02:30", "2024-10-27 02:30", "infinity"]),
    ("timestamp", "timestamp(0) with time zone", ["2024-06-30 12:00:00.5"]),
    ("timestamp with time zone", "timestamp without time zone", ["2024-10-27 00:30+00"]),
    ("timestamp with time zone", "date", ["2024-10-26 22:30+00"]),
    ("timestamp with time zone", "time without time zone", ["2024-10-26 22:30:01.5+00"]),
    ("date", "timestamp with time zone", ["2024-07-01", "-infinity"]),
]


PLACES = [(pair, "Europe/Vienna") for pair in TIMES]
PLACES += [(TIMES[0], place) for place in ("UTC", "<+02>-02")]


@pytest.mark.parametrize(
    ("pair", "place"),
    some(PLACES, 3),
    ids=some([f"{a} to {b}, {place}" for (a, b, _), place in PLACES], 3),
)
def test_times_go_by_the_zone_of_the_database(
    pair: tuple[str, str, list[str]],
    place: str,
    database: Database,
    clone: CloneDatabase,
    tmp_path: Path,
) -> None:
    """Also what a writer in another zone brings meanwhile, and whoever goes on later."""
    old, new, values = pair
    database_with(database, old, values)
    database.load("CREATE INDEX t_n ON t (n);")
    yaml = wanted(tmp_path, new, more="    indexes: {t_n: [n]}")
    database.execute(f"ALTER DATABASE {database.name} SET TimeZone = '{place}'")
    plain, plan = laws.plan_for(database, yaml, offline=True), laws.plan_for(database, yaml)
    in_steps(plan)
    total = sum(1 for _ in plan.operations())
    for stop in range(0, total, STOPS):
        stopped, beside = clone(database), clone(database)
        for each in (stopped, beside):
            each.execute(f"ALTER DATABASE {each.name} SET TimeZone = '{place}'")
        laws.run(stopped, plan, statements=stop)
        for each in (stopped, beside):
            with each.connect() as writer:
                writer.execute("SET TimeZone = 'Asia/Tokyo'")
                values_ = f"SELECT max(id) + 1, '{values[-1]}'::{old}, 6, 'n' FROM t"
                writer.execute(f"INSERT INTO t {values_}".encode())
                writer.execute(f"UPDATE t SET n = '{values[0]}'::{old} WHERE id = 0".encode())
        laws.run(beside, plain)
        if stop:
            stopped.execute(f"ALTER DATABASE {stopped.name} SET TimeZone = 'America/New_York'")
        laws.run(stopped, laws.plan_for(stopped, yaml))
        assert moments(stopped) == moments(beside)
        assert laws.plan_for(stopped, yaml).empty
        assert laws.dump(stopped) == laws.dump(beside)


def moments(database: Database) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute("SELECT id, n::text FROM t ORDER BY id").fetchall()


@pytest.mark.parametrize("index", [True, False], ids=["indexed", "bare"])
def test_in_greenwich_nothing_is_written(
    database: Database, tmp_path: Path, *, index: bool
) -> None:
    """An index would be built anew under the lock, so with one the steps are taken there too."""
    database_with(database, "timestamp", ["2024-07-01 12:00"])
    more = "    indexes: {t_n: [n]}" if index else ""
    yaml = wanted(tmp_path, "timestamptz", more=more)
    if index:
        database.load("CREATE INDEX t_n ON t (n);")
    database.execute(f"ALTER DATABASE {database.name} SET TimeZone = 'Etc/UTC'")
    plan, plain = laws.plan_for(database, yaml), laws.plan_for(database, yaml, offline=True)
    (op,) = plain.operations()
    assert (op.rewrites, op.scans) == (False, index)
    said = wanted(tmp_path, "timestamptz", "n::timestamptz", more=more)
    (said_too,) = laws.plan_for(database, said, offline=True).operations()
    assert (said_too.rewrites, said_too.scans) == (False, index)
    yaml = wanted(tmp_path, "timestamptz", more=more)
    if index:
        in_steps(plan)
    else:
        assert [o.sql for o in plan.operations()] == [op.sql]
    database.execute(f"ALTER DATABASE {database.name} SET TimeZone = 'Europe/Vienna'")
    with pytest.raises(psycopg.errors.RaiseException, match="every row would be written anew"):
        laws.run(database, plain)
    database.execute(f"ALTER DATABASE {database.name} SET TimeZone = 'GMT'")
    (seen,) = laws.run(database, plain)
    assert not seen.rewrote
    assert laws.plan_for(database, yaml).empty
    assert moments(database)[0] == (0, "2024-07-01 12:00:00+00")


def test_using_that_says_the_zone_of_the_session(database: Database, tmp_path: Path) -> None:
    """What is said anyway is no other conversion."""
    database_with(database, "timestamp", ["2024-07-01 12:00"])
    database.execute(f"ALTER DATABASE {database.name} SET TimeZone = 'Europe/Vienna'")
    yaml = wanted(tmp_path, "timestamptz", "n::timestamptz")
    plan, plain = laws.plan_for(database, yaml), laws.plan_for(database, yaml, offline=True)
    in_steps(plan)
    assert [op.rewrites for op in plain.operations()] == [True]
    laws.run(database, plan)
    assert moments(database)[0] == (0, "2024-07-01 10:00:00+00")
    assert laws.plan_for(database, yaml).empty


def test_a_zone_that_is_an_abbreviation_too(database: Database, tmp_path: Path) -> None:
    """CET has a summer time as the name of a zone, and none as an abbreviation."""
    database_with(database, "timestamp", ["2024-07-01 12:00"])
    yaml = wanted(tmp_path, "timestamptz")
    plan = laws.plan_for(database, yaml)
    database.execute(f"ALTER DATABASE {database.name} SET TimeZone = 'CET'")
    (op,) = laws.plan_for(database, yaml).operations()
    assert op.rewrites
    assert "its name has no such meaning in an expression" in op.why
    if any("$expand$" in o.sql for o in plan.operations()):
        with pytest.raises(psycopg.errors.RaiseException, match="also an abbreviation"):
            laws.run(database, plan)
    laws.run(database, laws.plan_for(database, yaml))
    assert moments(database)[0] == (0, "2024-07-01 10:00:00+00")
