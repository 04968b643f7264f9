from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.plan import Plan, Segment
from schemadiff.render import render
from tests.plugins.postgres import Database
from tests.unit import plans


def one(sql: str, guard: str | None = None, *, outside: bool = False) -> Plan:
    """A plan of one statement."""
    operation = Operation(
        verb=Verb.CREATE,
        target=plans.ident_of("table", "t"),
        sql=sql,
        guard=Guard(guard) if guard else None,
        lock=LockMode.NONE,
        transaction=Transaction.OUTSIDE if outside else Transaction.INSIDE,
    )
    return Plan((), (Segment((operation,), transactional=not outside),))


def here(plan: Plan, database: Database) -> Plan:
    """A plan that was made for the server of the test."""
    with database.connect() as connection:
        return replace(plan, server_version=connection.info.server_version)


def columns(database: Database, table: str) -> list[tuple[str, str]]:
    return database.execute(
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )


def test_the_script_runs_twice_to_the_same_end(database: Database) -> None:
    database.load(plans.BEFORE)
    database.execute("insert into public.salons values (1, 'Rosa', '1-2', 4)")
    script = render(here(plans.salons(), database), "sql")
    database.load(script)
    assert columns(database, "public.salons") == [
        ("id", "bigint"),
        ("name", "text"),
        ("rating", "numeric"),
    ]
    assert database.execute("select name from public.live") == [("Rosa$guard$",)]
    first = database.dump()
    database.load(script)
    assert database.dump() == first
    # A second conversion would have put the suffix on once more.
    assert database.execute("select name from public.live") == [("Rosa$guard$",)]


def test_names_do_not_get_out_of_comments_and_guards(database: Database) -> None:
    database.execute("create table public.keep ()")
    script = render(here(plans.nasty(), database), "sql", generated=datetime.now(UTC))
    database.load(script)
    database.load(script)
    tables = database.execute("select tablename::text from pg_tables where schemaname = 'public'")
    assert sorted(tables) == [("keep",), (plans.NASTY,)]


def test_without_operations_there_is_no_statement(database: Database) -> None:
    script = render(plans.nothing(), "sql", generated=datetime.now(UTC))
    assert [line for line in script.splitlines() if not line.startswith("--")] == []
    database.load(script)


def test_the_header_says_what_a_reader_must_know() -> None:
    script = render(plans.salons(), "sql", generated=datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC))
    header = script.partition("\n\n")[0]
    for part in (
        "2030-01-02 03:04:05 UTC",
        "salons",
        "PostgreSQL 18.4",
        "0123456789abcdef",
        "Idempotent:  yes",
        "4 to create",
        "drop-column",
        "--allow drop-column:salons.fax",
    ):
        assert part in header


def test_each_transaction_is_marked() -> None:
    script = render(plans.salons(), "sql")
    assert script.count("\nBEGIN;\n") == script.count("\nCOMMIT;\n") == 3
    assert "-- Outside of a transaction (1 statement)" in script
    outside = script.partition("-- Outside")[2].partition("-- Transaction 3")[0]
    assert "\\if :schemadiff_run\n" in outside
    assert "BEGIN" not in outside


@pytest.mark.parametrize(
    ("sql", "guard"),
    [
        ("CREATE VIEW t AS SELECT 1 AS a -- no semicolon behind this;", None),
        ("CREATE VIEW t AS SELECT 1 AS a -- nor this", "to_regclass('public.t') IS NULL"),
        ("CREATE VIEW t AS SELECT 1 AS a;", None),
        ("CREATE VIEW t AS SELECT 1 AS a /* ; */", "to_regclass('public.t') IS NULL -- new"),
        (
            "CREATE VIEW t AS SELECT ':a' x, $$:a$$ y, (ARRAY[1])[1:b.a] FROM (SELECT 1 a) b",
            None,
        ),
        ('CREATE VIEW t AS SELECT (ARRAY[1, 2])[:"a"] FROM (SELECT 1 AS a) b', None),
        ("CREATE VIEW t AS SELECT (ARRAY[1, 2])[1:a]::int[] FROM (SELECT 1 AS a) b", None),
        (
            "CREATE MATERIALIZED VIEW t AS SELECT found FROM (SELECT 1 AS found) b",
            "to_regclass('public.t') IS NULL",
        ),
        (
            "CREATE VIEW t AS SELECT 1 AS a",
            "CASE WHEN to_regclass('public.t') IS NULL THEN true ELSE false END",
        ),
        (
            "CREATE FUNCTION t() RETURNS void BEGIN ATOMIC INSERT INTO public.x VALUES (1); END",
            "to_regprocedure('public.t()') IS NULL",
        ),
        (
            (
                "CREATE FUNCTION t() RETURNS void LANGUAGE plpgsql AS $guard$ DECLARE a text; "
                "BEGIN\nSELECT '\\d $sql$'\nINTO a; END $guard$"
            ),
            "to_regprocedure('public.t()') IS NULL",
        ),
        (
            "CREATE RULE t AS ON INSERT TO public.x DO INSTEAD (DELETE FROM public.x; NOTIFY x)",
            "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite WHERE rulename = 't')",
        ),
    ],
)
def test_statements_that_psql_or_plpgsql_could_misread(
    database: Database, sql: str, guard: str | None
) -> None:
    database.execute("create table public.x (n int)")
    plan = one(re.sub(r"\b(VIEW|FUNCTION) t\b", r"\1 public.t", sql), guard)
    script = render(plan, "sql")
    database.load("\\set a 7\n\\set b 7\n" + script)
    if guard:
        first = database.dump()
        database.load(script)
        assert database.dump() == first


@pytest.mark.parametrize(("guard", "made"), [("NULL", False), ("false", False), ("1 = 1", True)])
@pytest.mark.parametrize("outside", [True, False])
def test_a_guard_that_is_not_true_keeps_its_statement_from_running(
    database: Database, guard: str, made: object, outside: object
) -> None:
    plan = one("CREATE TABLE public.t ()", guard, outside=bool(outside))
    database.load(render(plan, "sql"))
    assert database.execute("select to_regclass('public.t') is not null") == [(made,)]


def test_what_waits_without_blocking_is_not_cut_short() -> None:
    plan = one("CREATE INDEX CONCURRENTLY i ON public.t (a)", outside=True)
    without = "SET lock_timeout = 0;\nSET statement_timeout = 0;\nCREATE INDEX CONCURRENTLY"
    assert without in render(plan, "sql")
    operation = replace(plan.segments[0].operations[0], lock=LockMode.ACCESS_EXCLUSIVE)
    strong = Plan((), (Segment((operation,), transactional=False),))
    assert "lock_timeout = 0" not in render(strong, "sql")
