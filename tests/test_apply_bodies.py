"""Bodies of functions are checked before the commit after which nothing follows."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from schemadiff.apply.events import Event, Noticed
from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.core.diagnostic import Severity
from schemadiff.core.errors import ApplyError
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.plan import Plan, Segment
from tests.plugins.postgres import Database


def segment(*statements: str) -> Segment:
    target = Identity("function", ("public", "f"))
    return Segment(tuple(Operation(verb=Verb.CREATE, target=target, sql=s) for s in statements))


def run(database: Database, *segments: Segment, check: bool = True) -> None:
    with database.connect() as connection:
        apply_plan(
            connection,
            Plan((), segments),
            settings=ApplySettings(check_bodies=check),
            report=list[Event]().append,
        )


def functions(database: Database) -> list[Any]:
    return database.execute("select proname from pg_proc where oid >= 16384 order by 1")


def test_a_body_may_name_what_comes_after_it(database: Database) -> None:
    run(
        database,
        segment(
            "create function public.f() returns bigint language sql as 'select count(*) from t'",
            "create table public.t (x int)",
        ),
    )
    assert database.execute("select f()") == [(0,)]


def test_a_body_may_name_what_a_later_transaction_brings(database: Database) -> None:
    run(
        database,
        segment("create function public.f() returns bigint language sql as 'select x from t'"),
        segment("create table public.t (x bigint)"),
    )
    assert functions(database) == [("f",)]


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("returns int language sql as 'select nowhere'", 'column "nowhere" does not exist'),
        ("returns int language sql as 'select x from t'", 'relation "t" does not exist'),
        ("returns int language sql as $$select 'a'::text$$", "return type mismatch"),
        (
            "returns int language plpgsql as 'begin\n retrn 1;\nend'",
            'syntax error at or near "retrn"',
        ),
    ],
)
def test_a_wrong_body_is_named_and_nothing_stays(
    database: Database, definition: str, said: str
) -> None:
    good = "create function public.good{}() returns int language plpgsql as 'begin return 1; end'"
    wrong = f"create function public.wrong(a int) {definition}"
    with pytest.raises(ApplyError) as raised:
        run(database, segment(*(good.format(n) for n in range(5)), wrong))
    [found, standing] = raised.value.diagnostics
    assert found.code == "SD510"
    assert found.message.startswith("the body of public.wrong(integer) is wrong")
    assert said in found.message
    assert standing.message.startswith("nothing was changed")
    assert functions(database) == []


def test_none_is_looked_at_where_the_database_says_so(database: Database) -> None:
    database.execute(f'alter database "{database.name}" set check_function_bodies = off')
    run(
        database,
        segment("create function public.f() returns int language sql as 'select x from gone'"),
    )
    assert len(functions(database)) == 1


def test_every_wrong_body_is_found_in_one_run(database: Database) -> None:
    one = "create function public.f{}() returns int language plpgsql as 'begin {} end'"
    bodies = ["return 1;", "oops;", "return 2;", "return;;", "return 3;"]
    with pytest.raises(ApplyError) as raised:
        run(database, segment(*(one.format(n, body) for n, body in enumerate(bodies))))
    wrong = [d.message.split()[3] for d in raised.value.diagnostics if d.code == "SD510"]
    assert wrong == ["public.f1()", "public.f3()"]


def test_a_body_that_rests_on_its_caller_is_a_warning(database: Database) -> None:
    database.load("create schema tenant; create table tenant.orders (x int)")
    text = "create function public.f() returns int language sql as 'select {} from orders'"
    events: list[Event] = []
    with database.connect() as connection:
        plan = Plan((), (segment(text.format("x")),))
        apply_plan(connection, plan, settings=ApplySettings(), report=events.append)
    [noticed] = [e.found for e in events if isinstance(e, Noticed)]
    assert (noticed.code, noticed.severity) == ("SD511", Severity.WARNING)
    assert 'relation "orders" does not exist' in noticed.message
    assert functions(database) == [("f",)]
    with pytest.raises(ApplyError, match='relation "orders" does not exist'):
        run(database, segment(text.replace("f()", "g()").format("nowhere")))


def test_a_body_that_postgresql_takes_on_the_default_path_is_right(database: Database) -> None:
    database.load("create schema app; create table app.t (y int); create table public.t (x bigint)")
    text = "create function app.f() returns bigint language sql as 'select x from t'"
    run(database, segment(text))
    assert functions(database) == [("f",)]


def test_the_place_in_the_body_is_shown(database: Database) -> None:
    text = "create function public.f() returns int language plpgsql as 'begin\n  retrn 1;\nend'"
    with pytest.raises(ApplyError) as raised:
        run(database, segment(text))
    assert "LINE 2:   retrn 1;\n            ^" in raised.value.diagnostics[0].message


def test_a_function_is_checked_on_its_own_search_path_and_schema(database: Database) -> None:
    run(
        database,
        segment(
            "create schema app",
            "create schema other",
            "create table app.t (x int)",
            "create table other.u (x int)",
            "create function app.f() returns int language sql as 'select x from t'",
            "create function app.g() returns int language sql set search_path = other, pg_catalog"
            " as 'select x from u'",
        ),
    )
    text = (
        "create function app.h() returns int language sql set search_path = '' as 'select x from t'"
    )
    with pytest.raises(ApplyError, match=r"search_path \(empty\)|search_path \"\""):
        run(database, segment(text))


def test_a_function_that_was_wrong_before_may_be_renamed(database: Database) -> None:
    database.execute(
        "set check_function_bodies = off;"
        "create function f() returns int language sql as 'select x from nowhere'"
    )
    run(
        database,
        segment(
            "alter function public.f() rename to g",
            "grant execute on function public.g() to public",
        ),
    )
    assert functions(database) == [("g",)]


def test_the_check_can_be_left_out(database: Database) -> None:
    text = "create function public.f() returns int language sql as 'select x from nowhere'"
    run(database, segment(text), check=False)
    assert functions(database) == [("f",)]


def test_the_functions_of_extensions_are_their_own_affair(database: Database) -> None:
    known = database.execute("select 1 from pg_available_extensions where name = 'pgcrypto'")
    if not known:
        pytest.skip("the server has no contrib extensions")
    run(database, segment("create extension pgcrypto schema public"))


def test_a_function_dropped_before_the_last_commit_is_not_missed(database: Database) -> None:
    run(
        database,
        segment("create function public.f() returns int language sql as 'select x from nowhere'"),
        segment("drop function public.f()"),
    )
    assert functions(database) == []


def test_the_connection_may_be_without_autocommit(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        apply_plan(
            connection,
            Plan((), (segment("create table public.t ()"),)),
            settings=ApplySettings(),
            report=list[Event]().append,
        )
        assert not connection.autocommit
    assert database.execute("select to_regclass('public.t') is not null") == [(True,)]
