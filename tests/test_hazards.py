"""Hazards: which a plan has and what they say, how they are taken, and that each has its page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.core.diagnostic import Severity
from schemadiff.core.hazard import Allowance, Policy, Rule, hazard
from schemadiff.core.hazard_class import GROUPS
from schemadiff.core.hazards import TABLE
from schemadiff.core.identity import Identity
from schemadiff.core.plan import Plan
from schemadiff.render import render
from schemadiff.render.wording import burdens
from tests import laws
from tests.plugins.postgres import Administrator, Database, MakeDatabase

Between = Callable[..., Plan]
COLUMN = Identity("column", ("public", "salons", "fax"))
MANY = 40_000  # rows, so that a table of two columns is larger than 1 MB
T = "create table t (id int primary key, a text, n int);"
FULL = f"insert into t select i, 'x' || i, i from generate_series(1, {MANY}) i; analyze t;"
ROW = "insert into t values (1, 'x', 1);"


@pytest.fixture(scope="module")
def beside(administrator: Administrator) -> Iterator[psycopg.Connection[Any]]:
    """Connect to an empty database, in which whatever is made is rolled back."""
    database = administrator.make("template0")
    with laws.opened(database) as connection:
        yield connection
    administrator.drop(database)


@pytest.fixture
def between(make_database: MakeDatabase, beside: psycopg.Connection[Any]) -> Between:
    """Plan from what one script makes to what another one makes."""

    def make(before: str, after: str, rows: str = "", *, online: bool = False) -> Plan:
        one = make_database()
        one.load(f"{before}\n{rows}")
        with beside.transaction(force_rollback=True):
            beside.execute(after.encode())
            wanted = laws.look_within(beside).catalog
        with laws.opened(one) as connection:
            before_it = laws.look(connection).catalog
            return laws.plan_from(connection, before_it, wanted, online=online)

    return make


def codes(plan: Plan, *, quiet: bool = False) -> set[str]:
    return {h.code for h in plan.hazards if quiet or h.severity is not Severity.INFO}


def message(plan: Plan, code: str) -> str:
    (found,) = (h.message for h in plan.hazards if h.code == code)
    return found


# ------------------------------------------------------------------- what a change means

F = "create function f() returns int language sql security definer {} as 'select 1';"
P = "alter table t enable row level security; create policy p on t {} using (true);"
ENUM = "create type s as enum ({});"
DOMAIN = "create domain d as int{}; create table u (x d);"
VIEW = "create view v {} as select id, a from t;"
CHECKING = "create view v as select id from t where id > 0 {};"
CHECK = "alter table t add constraint c check (n > 0);"
UNIQUE = "alter table t add constraint c unique (n);"
GENERATED = "create table t (n int, g int generated always as ({}) stored);"
NAMED = "create function n({}) returns int language sql as 'select 1';"
C = "create or replace function c(int) returns int language sql {} as 'select $1';"
OPERATES = (
    "create or replace function o(int, int) returns bool language sql {} as 'select $1 = $2';"
)
OPERATOR = (
    OPERATES.format("immutable")
    + "create operator === (leftarg = int, rightarg = int, function = o);"
)
RULE = "create rule r as on delete to t do instead nothing;"
COMPLEX = """
create type pair as (a int, b int);
create function made(pair) returns text language sql as 'select 1::text';
"""
CAST = "create cast (pair as text) with function made(pair){};"
OWNED = "alter {} owner to pg_monitor;"
EVENT = """
create function ev() returns event_trigger language plpgsql as 'begin end';
create event trigger e on ddl_command_end execute function ev();
"""
REFERS = "create table r (id int primary key, x int {});"
PUBLISHED = "create publication p for table t;"
TRIGGER = """
create function g() returns trigger language plpgsql as 'begin return new; end';
create trigger g before insert on t for each row execute function g();
"""
MUTE = TRIGGER.partition("create trigger")[0]
PARTED = "create table p (id int) partition by range (id);"
UP = {"rls": "alter table t enable row level security;"}

# A name, the code, before, after, and rows; the second of a pair is the same without the danger.
CASES = [
    ("drop a table", "SD101", T, "", FULL),
    ("drop a column", "SD102", T, "create table t (id int primary key, n int);", FULL),
    ("drop a schema", "SD103", "create schema x;", "", ""),
    ("drop a sequence", "SD104", "create sequence q;", "", ""),
    ("narrow a type", "SD106", T, T.replace("n int", "n smallint"), ROW),
    ("rewrite", "SD121", T, T.replace("n int", "n bigint"), FULL),
    ("scan", "SD122",
     "create table p (id int) partition by range (id); create table q (id int);",
     PARTED + "create table q partition of p for values from (0) to (1000000);",
     f"insert into q select generate_series(1, {MANY});"),
    ("drop an index", "SD128", T + "create index i on t (n);", T, FULL),
    ("an index of less", "SD128", T + "create index i on t (n, a);",
     T + "create index i2 on t (n) where n > 0;", FULL),
    ("drop NOT NULL", "SD165", T.replace("n int", "n int not null"), T, ROW),
    ("build an index", "SD123", T, T + "create index i on t (a);", FULL),
    ("validate at once", "SD124", T, T + "alter table t add constraint c check (n > 0);", FULL),
    ("a row may fail", "SD151", T, T + "alter table t add constraint c check (n > 0);", ROW),
    ("a key may fail", "SD151", T, T + "create unique index i on t (a);", ROW),
    ("a new column fails", "SD151", T, T.replace("n int", "n int, b int not null"), ROW),
    ("rounding", "SD152", "create table t (x numeric(9,4));", "create table t (x numeric(9,2));",
     "insert into t values (1.25);"),
    ("times get a zone", "SD118", "create table t (x timestamp);",
     "create table t (x timestamptz);", "insert into t values (now());"),
    ("drop a view", "SD141", T + VIEW.format(""), T, ""),
    ("drop a function", "SD141", F.format("set search_path = ''"), "", ""),
    ("drop a column of a view", "SD141", T + VIEW.format(""),
     T + "create view v as select id from t;", ""),
    ("NOT NULL", "SD143", T, T.replace("a text", "a text not null"), ""),
    ("new NOT NULL", "SD143", T, T.replace("n int", "n int, b int not null"), ""),
    ("domain NOT NULL", "SD143", DOMAIN.format(""), DOMAIN.format(" not null"), ""),
    ("narrower", "SD144", T, T.replace("a text", "a varchar(3)"), ""),
    ("label gone", "SD145", ENUM.format("'a', 'b'"), ENUM.format("'a'"), ""),
    ("random default", "SD161", T, T.replace("n int", "n int, r float default random()"), ROW),
    ("collation", "SD162", T, T.replace("a text", 'a text collate "C"'), ROW),
    ("search path", "SD163", F.format("set search_path = ''"),
     F.format("set search_path = 'public'"), ""),
    ("row security on", "SD147", T, T + UP["rls"], ""),
    ("row security forced", "SD147", T + UP["rls"],
     T + UP["rls"] + "alter table t force row level security;", ""),
    ("another policy restricts", "SD147", T + UP["rls"], T + P.format("as restrictive"), ""),
    ("public may not read", "SD148", T + "grant select on t to public;", T, ""),
    ("a role may not write", "SD148", T + "grant select, insert on t to pg_monitor;",
     T + "grant select on t to pg_monitor;", ""),
    ("public may not call", "SD148", F.format("set search_path = ''"),
     F.format("set search_path = ''") + "revoke all on function f from public;", ""),
    ("row security off", "SD171", T + UP["rls"], T, ""),
    ("policy", "SD172", T + P.format(""), T + UP["rls"], ""),
    ("restrictive policy", "SD172", T + P.format("as restrictive"), T + UP["rls"], ""),
    ("public may read", "SD173", T, T + "grant select on t to public;", ""),
    ("public may read what comes", "SD173", "",
     "alter default privileges grant select on tables to public;", ""),
    ("definer without path", "SD174", "", F.format(""), ""),
    ("a domain's collation", "SD162", "create domain d as text; create table u (x d);",
     'create domain d as text collate "C"; create table u (x d);', ""),
    ("an index's collation", "SD162", T + "create index i on t (a);",
     T + 'create index i on t (a collate "C");', ""),
    ("a default goes under NOT NULL", "SD143", T.replace("n int", "n int not null default 1"),
     T.replace("n int", "n int not null"), ""),
    ("always generated", "SD144", "create table u (x int generated by default as identity);",
     "create table u (x int generated always as identity);", ""),
    ("a column that is published", "SD149", T + PUBLISHED,
     T.replace(", n int", "") + PUBLISHED, ""),
    ("a new column of what is published", "SD149", T + PUBLISHED,
     T.replace(", n int", ", n int, more int") + PUBLISHED, ""),
    ("a table that is not published any more", "SD149", T + PUBLISHED, T + "create publication p;",
     ""),
    ("fewer changes are published", "SD149", T + PUBLISHED,
     T + PUBLISHED.replace("t;", "t with (publish = 'insert');"), ""),
    ("no key of what is published", "SD149", T + PUBLISHED,
     T.replace(" primary key", " not null") + PUBLISHED, ""),
    ("no replica identity", "SD149", T + PUBLISHED + "alter table t replica identity full;",
     T + PUBLISHED + "alter table t replica identity nothing;", ""),
    ("unlogged", "SD153", T, T.replace("create", "create unlogged"), ROW),
    ("a check goes", "SD165", T + "alter table t add constraint c check (n > 0);", T, ""),
    ("a key goes", "SD165", T + "alter table t add constraint c unique (n);", T, ""),
    ("a key of more columns", "SD165", T + "alter table t add constraint c unique (n);",
     T + "alter table t add constraint c unique (n, a);", ""),
    ("a unique index of fewer rows", "SD165", T + "create unique index i on t (n);",
     T + "create unique index i on t (n) where a is null;", ""),
    ("a unique index goes", "SD165", T + "create unique index i on t (n);", T, ""),
    ("an index is unique no more", "SD165", T + "create unique index i on t (n);",
     T + "create index i on t (n);", ""),
    ("a reference goes", "SD165", T + REFERS.format("references t"), T + REFERS.format(""), ""),
    ("a trigger is switched off", "SD165", T + TRIGGER,
     T + TRIGGER + "alter table t disable trigger g;", ""),
    ("a trigger goes", "SD165", T + TRIGGER, T + MUTE, ""),
    ("a function returns something else", "SD141",
     NAMED.format("int").replace("returns int", "returns bigint"),
     NAMED.format("int"), ""),
    ("an argument has another name", "SD142", NAMED.format("x int"), NAMED.format("y int"), ""),
    ("an argument has to be given", "SD141", NAMED.format("x int default 1"),
     NAMED.format("x int"), ""),
    ("rows go with others", "SD166", T + REFERS.format("references t"),
     T + REFERS.format("references t on delete cascade"), ""),
    ("what refers is emptied", "SD166", T + REFERS.format("references t"),
     T + REFERS.format("references t on update set null"), ""),
    ("numbers start over", "SD167", "create sequence q;", "create sequence q cycle;", ""),
    ("numbers end sooner", "SD167", "create sequence q;", "create sequence q maxvalue 99;", ""),
    ("numbers end sooner with their type", "SD167", "create sequence q;",
     "create sequence q as int;", ""),
    ("numbers by clients", "SD167", "create table u (x int generated always as identity);",
     "create table u (x int generated by default as identity);", ""),
    ("a partition leaves", "SD168", PARTED + "create table q partition of p default;",
     PARTED + "create table q (id int);", ""),
    ("an heir leaves", "SD168", T + "create table u () inherits (t);",
     T + "create table u (id int not null, a text, n int);", ""),
    ("a policy restricts no more", "SD176", T + P.format("as restrictive"), T + P.format(""), ""),
    ("a policy restricts", "SD147", T + P.format(""), T + P.format("as restrictive"), ""),
    ("a policy for all", "SD176", T + P.format("to pg_monitor"), T + P.format(""), ""),
    ("a policy for some", "SD147", T + P.format(""), T + P.format("to pg_monitor"), ""),
    ("a policy lets other rows pass", "SD176", T + P.format("").replace("true", "id > 0"),
     T + P.format(""), ""),
    ("another policy allows", "SD176", T + P.format(""),
     T + P.format("") + "create policy q on t using (id > 0);", ""),
    ("with the owner's rights", "SD177", F.format("set search_path = ''").replace(
        "security definer", ""), F.format("set search_path = ''"), ""),
    ("with the caller's rights", "SD148", F.format("set search_path = ''"),
     F.format("set search_path = ''").replace("security definer", ""), ""),
    ("check option lost", "SD175", T + CHECKING.format("with check option"),
     T + CHECKING.format(""), ""),
    ("deferrable", "SD150", T + UNIQUE, T + UNIQUE.replace(";", " deferrable;"), ROW),
    ("a key that is deferrable", "SD150", T, T.replace("primary key", "primary key deferrable"),
     ROW),
    ("generated otherwise", "SD154", GENERATED.format("n + 1"), GENERATED.format("n + 2"),
     "insert into t values (1);"),
    ("an index keeps its results", "SD155",
     C.format("immutable") + T + "create index i on t (c(n));",
     C.format("immutable") + T + "create index i on t (c(n));" + C.format("volatile"), ""),
    ("a generated column keeps its results", "SD155",
     C.format("immutable") + GENERATED.format("c(n)"),
     C.format("immutable") + GENERATED.format("c(n)") + C.format("stable"), ""),
    ("an index keeps results through an operator", "SD155",
     C.format("immutable") + T + OPERATOR + "create index i on t ((n === 1));",
     C.format("immutable") + T + OPERATOR + "create index i on t ((n === 1));"
     + OPERATES.format("stable"), ""),
    ("an index keeps results of another body", "SD155",
     C.format("immutable") + T + "create index i on t (c(n));",
     C.format("immutable").replace("$1", "$1 + 1") + T + "create index i on t (c(n));", ""),
    ("strict", "SD156", C.format("immutable"), C.format("immutable strict"), ""),
    ("not strict", "SD156", C.format("immutable strict"), C.format("immutable"), ""),
    ("labels in another order", "SD158", ENUM.format("'a', 'b'"), ENUM.format("'b', 'a'"), ""),
    ("a rule", "SD159", T, T + RULE, ""),
    ("a rule goes", "SD159", T + RULE, T, ""),
    ("an implicit cast", "SD169", COMPLEX, COMPLEX + CAST.format(" as implicit"), ""),
    ("a cast on assignment", "SD169", COMPLEX + CAST.format(""),
     COMPLEX + CAST.format(" as assignment"), ""),
    ("a cast is explicit again", "SD141", COMPLEX + CAST.format(" as implicit"),
     COMPLEX + CAST.format(""), ""),
    ("leakproof", "SD178", C.format("immutable"), C.format("immutable leakproof"), ""),
    ("a definer's owner", "SD179", F.format("set search_path = ''"),
     F.format("set search_path = ''") + OWNED.format("function f()"), ""),
    ("a view's owner", "SD179", T + VIEW.format(""), T + VIEW.format("") + OWNED.format("view v"),
     ""),
    ("an event trigger is switched off", "SD165", EVENT,
     EVENT + "alter event trigger e disable;", ""),
    ("invoker lost", "SD175", T + VIEW.format("with (security_barrier)"), T + VIEW.format(""), ""),
]  # fmt: skip
HARMLESS = [
    ("add a column", T, T.replace("n int", "n int, b int"), FULL),
    ("nothing is there twice", T, T.replace("n int", "n int, b int unique"), ROW),
    ("NOT NULL with default", T, T.replace("n int", "n int, b int not null default 1"), FULL),
    ("now() default", T, T.replace("n int", "n int, b timestamptz default now()"), FULL),
    ("rewrite of nothing", T, T.replace("n int", "n bigint"), ""),
    (
        "a longer index",
        T + "create index i on t (n); create index j on t (n, a);",
        T + "create index j on t (n, a);",
        FULL,
    ),
    ("index of nothing", T, T + "create unique index i on t (a);", ""),
    ("check of nothing", T, T + "alter table t add constraint c check (n > 0);", ""),
    ("a new table", "", T + "create index i on t (a);", ""),
    ("small index", T, T + "create index i on t (a);", ROW),
    ("wider text", T.replace("text", "varchar(5)"), T.replace("text", "varchar(9)"), ROW),
    ("finer numbers", "create table t (x numeric(9,2));", "create table t (x numeric(11,2));", ""),
    (
        "times without a zone",
        "create table t (x date);",
        "create table t (x timestamp);",
        "insert into t values (now());",
    ),
    ("a new table with row security", "", T + UP["rls"], ""),
    ("a new policy", T + UP["rls"], T + P.format(""), ""),
    ("a role may read", T, T + "grant select on t to pg_monitor;", ""),
    (
        "a role may pass it on",
        T + "create view v as select 1; grant select on v to pg_monitor;",
        T + "create view v as select 1; grant select on v to pg_monitor with grant option;",
        "",
    ),
    ("definer with path", "", F.format("set search_path = ''"), ""),
    ("path for a definer", F.format(""), F.format(""), ""),
    ("barrier", T + VIEW.format(""), T + VIEW.format("with (security_barrier)"), ""),
    ("view with more", T + VIEW.format(""), T + "create view v as select id, a, n from t;", ""),
    ("new label", ENUM.format("'a'"), ENUM.format("'a', 'b'"), ""),
    (
        "another key",
        T + "alter table t add constraint c unique (n, a);",
        T + "alter table t add constraint d unique (n);",
        "",
    ),
    (
        "a key of more, beside one of less",
        T + "alter table t add constraint c unique (n);",
        T + "alter table t add constraint c unique (n, a); create unique index i on t (n);",
        "",
    ),
    (
        "a unique index of more rows",
        T + "create unique index i on t (id, n) where a is null;",
        T + "create unique index i on t (id, n);",
        "",
    ),
    (
        "the same key in another order",
        T + "alter table t add constraint c unique (n, a);",
        T + "alter table t add constraint d unique (a, n);",
        ROW,
    ),
    (
        "a serial column becomes an identity",
        "create table t (id serial);",
        "create table t (id int generated by default as identity);",
        "insert into t default values;",
    ),
    (
        "an identity of what is not null",
        "create table t (id int not null);",
        "create table t (id int generated by default as identity);",
        "insert into t values (1);",
    ),
    ("numbers go on", "create sequence q maxvalue 9;", "create sequence q;", ""),
    ("a new table with an action", T, T + REFERS.format("references t on delete cascade"), ""),
    (
        "nothing goes with others",
        T + REFERS.format("references t on delete cascade"),
        T + REFERS.format("references t"),
        "",
    ),
    (
        "more is published",
        T + PUBLISHED.replace("t;", "t with (publish = 'insert');"),
        T + PUBLISHED,
        "",
    ),
    ("logged again", T.replace("create", "create unlogged"), T, ""),
    (
        "a part stays",
        PARTED + "create table q partition of p default;",
        PARTED + "create table q partition of p default; create table s (id int);",
        "",
    ),
    ("the first policy", T + UP["rls"], T + P.format(""), ""),
    (
        "definer stays",
        F.format("set search_path = ''"),
        F.format("set search_path = ''").replace("select 1", "select 2"),
        "",
    ),
    ("not deferrable any more", T + UNIQUE.replace(";", " deferrable;"), T + UNIQUE, ""),
    ("generated alike", GENERATED.format("n + 1"), GENERATED.format("1 + n"), ""),
    ("nothing keeps its results", C.format("immutable"), C.format("volatile"), ""),
    (
        "an index is made anew with its function",
        C.format("immutable") + T + "create index i on t (c(n));",
        C.format("immutable").replace("(int)", "(x int)").replace("$1", "$1 + 1")
        + T
        + "create index i on t (c(n));",
        "",
    ),
    ("an argument gets a name", NAMED.format("int"), NAMED.format("y int"), ""),
    (
        "a trigger under another name",
        T + TRIGGER,
        T + TRIGGER.replace("trigger g b", "trigger h b"),
        "",
    ),
    ("a new trigger", T + MUTE, T + TRIGGER, ""),
    ("it costs more", C.format("immutable strict"), C.format("immutable strict cost 7"), ""),
    ("a label in between", ENUM.format("'a', 'b'"), ENUM.format("'a', 'c', 'b'"), ""),
    ("a silent rule", T, T + RULE + "alter table t disable rule r;", ""),
    ("an explicit cast", COMPLEX, COMPLEX + CAST.format(""), ""),
    ("leakproof no more", C.format("immutable leakproof"), C.format("immutable"), ""),
    (
        "a caller's function gets an owner",
        C.format(""),
        C.format("") + OWNED.format("function c"),
        "",
    ),
    ("domain may be NULL", DOMAIN.format(" not null"), DOMAIN.format(""), ""),
]


@pytest.mark.parametrize(("code", "before", "after", "rows"), [c[1:] for c in CASES],
                         ids=[c[0] for c in CASES])  # fmt: skip
def test_a_danger_is_named(code: str, before: str, after: str, rows: str, between: Between) -> None:
    plan = between(before, after, rows)
    assert code in codes(plan), render(plan, "text")


@pytest.mark.parametrize(("before", "after", "rows"), [c[1:] for c in HARMLESS],
                         ids=[c[0] for c in HARMLESS])  # fmt: skip
def test_what_is_no_danger_is_not_named(
    before: str, after: str, rows: str, between: Between
) -> None:
    plan = between(before, after, rows)
    assert not codes(plan), render(plan, "text")


def test_a_rule_of_the_table_above_is_not_gone(between: Between) -> None:
    heir, check = "create table heir ({}) inherits (t);", "constraint c check (n > {})"
    before = T + heir.format(check.format(0))
    for least, gone in ((0, False), (1, True)):
        above = T.replace("n int", f"n int, {check.format(least)}")
        found = codes(between(before, above + heir.format(""), ""))
        assert ("SD165" in found) == gone, found


def test_columns_that_are_no_longer_published_are_named(
    between: Between, server_major: int
) -> None:
    if server_major < 15:
        pytest.skip("publications have columns since PostgreSQL 15")
    fewer = T + PUBLISHED.replace("t;", "t (id);")
    assert "SD149" in codes(between(T + PUBLISHED, fewer))
    assert "SD149" not in codes(between(fewer, T + PUBLISHED))
    assert "SD149" not in codes(between(fewer, fewer.replace(", n int", ", n int, more int")))
    assert "SD149" not in codes(between(fewer, fewer.replace(", n int", "")))
    assert "SD149" not in codes(between(T, T.replace(", n int", ", n int, m int") + PUBLISHED))


def test_how_often_null_may_come(between: Between, server_major: int) -> None:
    if server_major < 15:
        pytest.skip("NULLS NOT DISTINCT is new in PostgreSQL 15")
    apart = UNIQUE.replace("unique", "unique nulls not distinct")
    index = "create unique index i on t (n) {};"
    for once, often in ((apart, UNIQUE), (index.format("nulls not distinct"), index.format(""))):
        assert codes(between(T + often, T + once, ROW)) == {"SD151"}
        assert codes(between(T + once, T + often, ROW)) & {"SD165"}
        said = message(between(T + often, T + once, ROW), "SD160")
        assert said.endswith("refuses a second NULL from now on.")
        assert "SD160" not in codes(between(T + once, T + often, ROW), quiet=True)


def test_rows_that_conflict_are_not_called_the_same(between: Between) -> None:
    excluding = "alter table t add constraint c exclude using btree (n with =);"
    said = message(between(T, T + excluding, ROW), "SD151")
    assert "that conflicts with another one by exclusion public.t.c makes it fail." in said


EXCLUDES = "alter table t add constraint c exclude using btree ({});"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("n with =", "n with =, a with =", {"SD165"}),
        ("n with =", "n with =) where (n > 0", {"SD165"}),
        ("n with =, a with =", "a with =, n with =", set()),
        ("n with =", "n with =) include (a", set()),
        ("n with =, a with =", "n with =", {"SD151", "SD160"}),
        ("n with =) where (n > 0", "n with =", {"SD151", "SD160"}),
        ("n with =", "n with =, (abs(n)) with =", {"SD165"}),
    ],
)
def test_an_exclusion_of_more_elements_refuses_nobody(
    before: str, after: str, found: set[str], between: Between
) -> None:
    plan = between(T + EXCLUDES.format(before), T + EXCLUDES.format(after), ROW)
    assert codes(plan, quiet=True) & {"SD151", "SD160", "SD165"} == found, render(plan, "text")


def test_an_exclusion_of_another_expression_is_not_known_to_fit(between: Between) -> None:
    keys = "(c(n)) with =", "(c(n)) with =, a with ="
    one, two = (C.format("immutable") + T + EXCLUDES.format(each) for each in keys)
    assert "SD151" not in codes(between(one, two, ROW))
    two = two.replace("select $1", "select 1")
    assert "SD151" in codes(between(one, two, ROW))


BOUND = "create table q partition of p for values {};"
LISTED = PARTED.replace("range", "list")
BESIDE = PARTED + "create table d partition of p default;"
JOINS = PARTED + "create table q (id int);"


@pytest.mark.parametrize(
    ("before", "after", "rows", "what"),
    [
        (JOINS, PARTED + BOUND.format("from (0) to (9)"), "q", "q outside of its bound"),
        (JOINS, PARTED + BOUND.format("from (0) to (9)"), "", ""),
        (PARTED + BOUND.format("from (0) to (9)"), PARTED + BOUND.format("from (0) to (5)"), "q",
         "q outside of its bound"),
        (PARTED + BOUND.format("from (0) to (9)"), PARTED + BOUND.format("from (0) to (maxvalue)"),
         "q", ""),
        (PARTED + BOUND.format("from (0) to (9)"), PARTED + BOUND.format("from (minvalue) to (9)"),
         "q", ""),
        (PARTED + BOUND.format("from (minvalue) to (9)"), PARTED + BOUND.format("from (0) to (9)"),
         "q", "q outside of its bound"),
        (LISTED + BOUND.format("in (1, 2)"), LISTED + BOUND.format("in (1)"), "q",
         "q outside of its bound"),
        (LISTED + BOUND.format("in (1, -2)"), LISTED + BOUND.format("in (-2, 3, 1)"), "q", ""),
        (BESIDE, BESIDE + BOUND.format("from (0) to (9)"), "d", "d that belongs to public.q"),
        (BESIDE, BESIDE + BOUND.format("from (0) to (9)"), "", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("online", [True, False])
def test_rows_have_to_fit_a_bound(
    before: str, after: str, rows: str, what: str, between: Between, *, online: bool
) -> None:
    plan = between(before, after, f"insert into {rows} values (1);" if rows else "", online=online)
    if not what:
        assert "SD151" not in codes(plan), render(plan, "text")
        return
    assert message(plan, "SD151") == f"A row of public.{what} makes it fail."


STRICTER = [
    ("a check", T, T + CHECK, "refuses what does not fit it"),
    ("another check", T + CHECK, T + CHECK.replace("> 0", "> 1"), "is another one and refuses"),
    ("a key", T, T + UNIQUE, "refuses a row whose key another row has"),
    ("an index", T, T + "create unique index i on t (n);", "refuses a row whose key another"),
    ("fewer columns", T + UNIQUE.replace("(n)", "(n, a)"), T + UNIQUE, "refuses a row whose key"),
    ("an exclusion", T, T + "alter table t add constraint c exclude using btree (n with =);",
     "refuses a row that conflicts with another row"),
    ("a reference", T + REFERS.format(""), T + REFERS.format("references t"),
     "refuses rows that refer to no row of public.t, and may keep rows of that"),
    ("a trigger", T + MUTE, T + TRIGGER, "may change or refuse what"),
    ("a domain", DOMAIN.format(""), DOMAIN.format(" check (value > 0)"), "refuses what does not"),
]  # fmt: skip
NOT_STRICTER = [
    ("a new table", "", T + CHECK + UNIQUE.replace(" c ", " d ")),
    ("a new column", T, T.replace("n int", "n int, b int check (b > 0) unique")),
    ("more columns", T + UNIQUE, T + UNIQUE.replace("(n)", "(n, a)")),
    ("another name", T + CHECK, T + CHECK.replace(" c ", " d ")),
    ("a constraint for an index", T + "create unique index i on t (n);", T + UNIQUE),
    ("the words of another type", T + CHECK, T.replace("n int", "n bigint") + CHECK),
    ("not unique", T, T + "create index i on t (n);"),
    ("a domain of nobody", "create domain d as int;", "create domain d as int check (value > 0);"),
    ("a table that goes", T + CHECK, ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), [c[1:] for c in STRICTER],
                         ids=[c[0] for c in STRICTER])  # fmt: skip
def test_what_programs_may_no_longer_write(
    before: str, after: str, said: str, between: Between
) -> None:
    assert said in message(between(before, after), "SD160")


@pytest.mark.parametrize(("before", "after"), [c[1:] for c in NOT_STRICTER],
                         ids=[c[0] for c in NOT_STRICTER])  # fmt: skip
def test_what_programs_may_still_write(before: str, after: str, between: Between) -> None:
    assert "SD160" not in codes(between(before, after), quiet=True)


def test_what_is_only_worth_knowing(between: Between) -> None:
    plan = between(ENUM.format("'a'"), ENUM.format("'a', 'b'"))
    assert codes(plan, quiet=True) == {"SD131", "SD132"}
    assert not plan.refused(())


# ------------------------------------------------------------------------ what is said of it


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("int", "smallint", "a value that it does not have makes it fail"),
        ("text", "mood", "a value that it does not have makes it fail"),
        ("numeric(9, 3)", "int", "cut, rounded or refused"),
    ],
)
def test_an_integer_and_a_label_are_not_rounded(
    old: str, new: str, said: str, between: Between
) -> None:
    mood = "create type mood as enum ('glad', 'sad');"
    plan = between(f"{mood} create table t (x {old});", f"{mood} create table t (x {new});")
    assert said in message(plan, "SD106")


def test_the_message_knows_this_database(between: Between) -> None:
    plan = between(T, T.replace("n int", "n bigint"), FULL)
    said = message(plan, "SD121")
    assert "about 40,000 rows" in said
    assert " MB" in said
    assert "likely less than a second" in said


def test_a_drop_says_how_much_and_what_rests_on_it(between: Between) -> None:
    plan = between(T + "create view v as select id from t;", "", FULL)
    said = message(plan, "SD101")
    assert "about 40,000 rows" in said
    assert "1 other object rests on it" in said


def test_a_lock_is_held_to_the_end_of_the_transaction(between: Between) -> None:
    other = "create table a (x int{});"
    rows = FULL.replace(str(MANY), "400000") + "insert into a values (1);"
    plan = between(T + other.format(""), T.replace("n int", "n bigint") + other.format(", y int"),
                   rows)  # fmt: skip
    blocked = {h.subject.name for h in plan.hazards if h.cls == "blocks-reads"}
    assert blocked == {"a", "t"}, "a is locked first, and until t is rewritten"


@pytest.mark.parametrize("column", ["id", "x"])
def test_a_type_under_a_foreign_key_locks_both_ends(between: Between, column: str) -> None:
    """The server makes the key anew; one table is written and the other only locked."""
    both = T.replace("id int", "id {}") + "create table r (x {} references t);"
    rows = FULL + "insert into r select id from t; analyze;"
    types = ("bigint", "int") if column == "id" else ("int", "bigint")
    plan = between(both.format("int", "int"), both.format(*types), rows)
    written = "t" if column == "id" else "r"
    said = [h.message for h in plan.hazards if h.code in ("SD125", "SD127")]
    assert {m.split(" (")[0].split()[-1] for m in said} == {"public.t", "public.r"}
    assert {b for b, burden in burdens(plan).items() if burden.rewrites} == {f"public.{written}"}
    assert message(plan, "SD121").startswith(f"public.{written} ")


def test_what_changes_in_steps_is_analyzed(between: Between) -> None:
    wider = T.replace("n int", "n bigint")
    assert "SD129" in codes(between(T, wider, FULL), quiet=True)
    assert "SD129" not in codes(between(T, wider, FULL, online=True), quiet=True)


def test_a_query_is_run_without_the_locks_of_others(between: Between) -> None:
    """A materialized view may take hours; what comes before it has let go of its tables."""
    view = "create materialized view m as select count(n) from v; create index i on m (count);"
    shown = T + "create view v as select n from t;"
    more = shown.replace("n int", "n int, b int") + view
    plan = between(shown, more, FULL, online=True)
    [one] = [s for s in plan.segments if any("MATERIALIZED" in o.sql for o in s.operations)]
    assert [str(o.target) for o in one.operations] == ["materialized view public.m"]
    assert plan.segments.index(one) > 0
    assert not codes(plan)


def test_a_query_that_runs_anew_keeps_readers_out(between: Between) -> None:
    view = T + "create materialized view m as select {} from t;"
    plan = between(view.format("n"), view.format("n, a"), FULL + "refresh materialized view m;")
    said = message(plan, "SD125")
    assert said.startswith("Nobody reads or writes public.m")
    assert said.endswith("until the transaction ends, for as long as that takes.")


def test_a_brief_lock_is_one_line(between: Between) -> None:
    plan = between(T, T.replace("n int", "n int, b int"), ROW)
    assert codes(plan, quiet=True) == {"SD127"}
    assert "lock-queue [SD127]: public.t" in render(plan, "text")


def test_the_referenced_table_is_locked_too(between: Between) -> None:
    u = "create table u (id int{});"
    plan = between(
        T + u.format(""), T + u.format(" references t"), ROW + "insert into u values (1);"
    )
    assert {h.subject.name for h in plan.hazards if h.code == "SD127"} == {"t", "u"}


def test_every_view_of_a_plan_shows_them(between: Between) -> None:
    plan = between(T, T.replace("n int", "n bigint").replace(" a text,", ""), FULL)
    text = render(plan, "text")
    assert text.index("DANGER: 1 hazard") < text.index("WARNING:") < text.index("Changes")
    assert "rewrite [SD121]: a table is written anew with all its indexes" in text
    assert "warning SD121 rewrite" in render(plan, "sql")
    assert "**rewrite (SD121)**" in render(plan, "markdown")
    (found,) = (h for h in json.loads(render(plan, "json"))["hazards"] if h["code"] == "SD121")
    assert (found["severity"], found["allowed"]) == ("warning", None)
    assert found["advice"]


# ------------------------------------------------------------------------- how they are taken

LOST = hazard("drop-column", COLUMN, "lost")
SLOW = hazard("rewrite", COLUMN, "slow")
DAY = date(2027, 1, 31)


@pytest.mark.parametrize("word", ["SD121", "rewrite", "availability", "all"])
def test_a_hazard_has_several_names(word: str) -> None:
    assert SLOW.allowed_by((word,))
    assert SLOW.allowed_by((f"{word}:salons.*",))
    assert not SLOW.allowed_by((f"{word}:other",))
    assert LOST.allowed_by((word,)) is (word == "all")


def test_the_last_severity_that_fits_counts() -> None:
    rules = ((Rule.of("availability"), Severity.ERROR), (Rule.of("SD121:x"), Severity.INFO))
    assert Policy(rules).judged(SLOW).severity is Severity.ERROR
    assert (
        Policy((*rules, (Rule.of("rewrite:salons.fax"), Severity.INFO))).judged(SLOW).severity
        is Severity.INFO
    )


@pytest.mark.parametrize(("days", "allowed"), [(-1, True), (0, True), (1, False)])
def test_an_allowance_ends_with_its_day(days: int, *, allowed: bool) -> None:
    allowance = Allowance(Rule.of("drop-column:salons.fax"), "moved to phones", DAY)
    policy = Policy(allowances=(allowance,), today=DAY + timedelta(days))
    found = policy.judged(LOST)
    assert found.refused(()) is not allowed
    assert found.allowed == ("moved to phones, until 2027-01-31" if allowed else "")
    assert bool(policy.expired([found])) is not allowed


CONFIG = """\
hazards:
  drop-column: warning
  SD141:salons: error
allow:
  - drop-table:old_*
  - hazard: rewrite
    objects: [public.audit_*]
    reason: small table
    until: 2027-01-31
environments:
  production:
    url: postgresql://h/p
    hazards: {drop-column: error}
    allow: {hazard: SD102, until: 2020-01-01}
"""


def test_the_settings_say_how_hazards_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from schemadiff.cli.settings import Flags, settings_of

    monkeypatch.chdir(tmp_path)
    Path("schemadiff.yaml").write_text(CONFIG, "utf-8")
    here = settings_of(Flags(db="postgresql://h/x"), {})
    assert here.policy.judged(LOST).severity is Severity.WARNING
    there = settings_of(Flags(env="production"), {})
    assert there.policy.judged(LOST).severity is Severity.ERROR
    assert there.policy.judged(LOST).allowed == ""
    assert [str(a) for a in there.policy.expired([LOST])] == ["SD102"]
    assert there.allow[0] == "drop-table:old_*"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hazards: {rewrit: error}", "schemadiff.yaml:1:11"),
        ("hazards:\n  rewrite: fatal", "schemadiff.yaml:2:3 SD013 rewrite: no severity 'fatal'"),
        ("allow:\n- {hazard: rewrite, until: soon}", "schemadiff.yaml:2:21"),
        ("allow:\n- {hazard: rewrit}", "schemadiff.yaml:2:4 SD013 hazard: no hazard is called"),
        ("allow:\n- {hazard: rewrite, untl: x}", "did you mean until?"),
        ("allow:\n- {objects: x}", "schemadiff.yaml:2:3 SD012 'hazard' is missing"),
    ],
)
def test_mistakes_have_their_place(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from schemadiff.cli.settings import Flags, settings_of
    from schemadiff.core.errors import ConfigError

    monkeypatch.chdir(tmp_path)
    Path("schemadiff.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        settings_of(Flags(db="postgresql://h/x"), {})
    assert said in str(raised.value)


def test_apply_takes_them_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from schemadiff.cli.app import run

    monkeypatch.chdir(tmp_path)
    database.load(T + FULL)
    Path("schemas").mkdir()
    Path("schemas/t.yaml").write_text(
        "tables:\n  t:\n    columns:\n      id: int primary key\n      a: text\n      n: bigint\n",
        "utf-8",
    )
    config = Path("schemadiff.yaml")
    config.write_text("hazards: {rewrite: error}\n", "utf-8")
    # With online forms nothing would be rewritten.
    plan = ("plan", "--db", database.url, "--detailed-exitcode", "--offline")
    assert run(plan) == 3
    said = capsys.readouterr().out
    assert "DANGER" in said
    assert "--allow rewrite:t.n" in said
    assert run((*plan, "--allow", "rewrite:t.n")) == 2
    allow = "allow: {hazard: rewrite, objects: t.*, reason: at night, until: %s}\n"
    config.write_text("hazards: {rewrite: error}\n" + allow % "2999-12-31", "utf-8")
    assert run(plan) == 2
    assert "allowed: at night, until 2999-12-31" in capsys.readouterr().out
    config.write_text("hazards: {rewrite: error}\n" + allow % "2001-01-01", "utf-8")
    assert run(plan) == 3
    assert "SD212 the allowance rewrite:t.* ended with 2001-01-01" in capsys.readouterr().out


# ---------------------------------------------------------------------------------- the pages


def test_every_class_has_a_page() -> None:
    assert len({e.code for e in TABLE}) == len({e.cls for e in TABLE}) == len(TABLE)
    for each in TABLE:
        assert each.group in GROUPS
        assert Severity(each.severity)
        assert all((each.title, each.advice, each.happens, each.why, each.lasts, each.versions))
        assert not each.advice.endswith(".")


@pytest.mark.parametrize(
    ("word", "code"), [("SD104", "SD104"), ("sd121", "SD121"), ("drop-column", "SD102")]
)
def test_explain_prints_a_page(word: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    from schemadiff.cli.app import run

    assert run(("explain", word)) == 0
    said = capsys.readouterr().out
    assert said.startswith(code)
    assert "How long:" in said


def test_explain_knows_groups_and_what_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    from schemadiff.cli.app import run

    assert run(("explain",)) == 0
    assert capsys.readouterr().out.count("\n") == len(TABLE)
    assert run(("explain", "security")) == 0
    assert "SD175" in capsys.readouterr().out
    assert run(("explain", "nothing")) == 1
    assert "SD213" in capsys.readouterr().err


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("before", "after", "rows"), [
    *(c[2:] for c in CASES), *(c[1:] for c in HARMLESS),
    (T + "create index i on t (a);", T.replace("a text", 'a text collate "C"')
     + "create index i on t (a);", ROW),
    ("create table t (a varchar(3), b int); create index i on t (b) where a = 'x';",
     "create table t (a varchar(9), b int); create index i on t (b) where a = 'x';", ""),
], ids=str)  # fmt: skip
def test_what_the_server_does_is_declared(
    before: str, after: str, rows: str, make_database: MakeDatabase
) -> None:
    one, two = make_database(), make_database()
    one.load(f"{before}\n{rows.replace(str(MANY), '10')}")
    two.load(after)
    plan = laws.plan_between(one, two, online=False)
    try:
        seen = laws.run(one, plan)
    except psycopg.errors.NotNullViolation:
        assert "may-fail" in {h.cls for h in plan.hazards}
        return
    for each in seen:
        assert each.lock <= each.op.lock, each.op.sql
        assert not each.rewrote or each.op.rewrites, each.op.sql
        assert not each.scanned or each.op.scans or each.op.rewrites, each.op.sql


def test_types_below_a_table_lead_to_its_size(between: Between) -> None:
    types = "create domain d as int{}; create domain e as d; create table u (e e);"
    plan = between(types.format(""), types.format(" not null"), "insert into u values (1);")
    assert "unknown" not in render(plan, "text")
    assert {h.subject.name for h in plan.hazards if h.code == "SD127"} == {"u"}


def test_what_a_table_made_anew_refers_to_is_locked_and_no_more(
    make_database: MakeDatabase,
) -> None:
    """Its size is known, and nobody says that it is written anew."""
    one, two = make_database(), make_database()
    made = """create table c (id int primary key, t text);
create table e (id {} not null, c int references c) partition by range (id);
create table e1 partition of e for values from (0) to (1000000);"""
    one.load(
        made.format("bigint") + "insert into c select g, repeat('x', 99) from "
        "generate_series(1, 9000) g; insert into e select id, id from c; analyze;"
    )
    two.load(made.format("numeric"))
    plan = laws.plan_between(one, two)
    said = {b: (burden.rewrites, burden.scans) for b, burden in burdens(plan).items()}
    assert (said["public.e"], said["public.c"]) == ((True, True), (False, False))
    texts = [h.message for h in plan.hazards if "public.c " in h.message]
    assert texts
    assert not [t for t in texts if "anew" in t or "unknown size" in t]
