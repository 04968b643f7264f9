"""The questions to the rows: each kind, with rows that stop a plan and with rows that do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from schemadiff.apply.preflight import preflight, refuse
from schemadiff.core.errors import PreflightRefused
from schemadiff.core.plan import Plan
from schemadiff.core.preflight import Answer, Outcome
from schemadiff.render import render
from schemadiff.render.json_plan import from_json, render_json
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase

Asked = Callable[..., dict[str, Answer]]


@pytest.fixture
def asked(make_database: MakeDatabase) -> Asked:
    """Plan from one script to another and ask the rows; answers by their outcome."""

    def ask(before: str, after: str, rows: str = "", timeout: float = 30.0) -> dict[str, Answer]:
        one, two = make_database(), make_database()
        one.load(f"{before}\n{rows}")
        two.load(after)
        found = answered(one, laws.plan_between(one, two), timeout).answers or ()
        return {a.outcome.value: a for a in found}

    return ask


def answered(database: Database, plan: Plan, timeout: float = 30.0) -> Plan:
    with laws.opened(database) as connection:
        return preflight(connection, plan, timeout)


T = "create table t (id int primary key, a text, n numeric, r int4range);"
P = "create table p (id int primary key);"
WEIRD = 'create table "T ""x"" % {}" ("Id %s" int primary key, "a\'b" int);'
Q = "create table q (a int, b int, primary key (a, b));"
PARTED = "create table t (id int, a int, primary key (id, a)) partition by range (id);"
PART = "create table t1 partition of t for values from (0) to (100);"
DOMAIN = "create domain d as int; create table t (id int primary key, x d);"
NOT_NULL = "create domain d as int not null; create table t (id int primary key);"
REFUSING = (
    "create domain d as int check (value > 3) default {}; create table t (id int primary key);"
)
ENUM = "create type e as enum ({}); create table t (id int primary key, x e, y e[]);"

INSIDE = """create domain d as int {};
    create type c as ("A" d, b text); create domain dc as c check ((value).b <> 'no');
    create type r as range (subtype = d); create table h (n int, z dc[]);
    create type a as (x d[], y c, r r, m r_multirange, h h);
    create table t (id int primary key, v a);"""

PRICES = "create table t (id int primary key, x numeric({}) unique);"

HEIR = "create table t ({}); create table h (c int {}) inherits (t);"
OF_WHOLE = (
    "create table p (id int, n int) partition by range (id);"
    "create table q partition of p for values from (0) to (9);"
)
BY_RANGE = "create table p (id int) partition by range (id);"
Q_OF_P = "create table q partition of p for values from (0) to (9);"
BESIDE = "create table rest partition of p default;"
BY_LIST = (
    'create table p (a text, "B%" numeric) partition by list (lower(a));'
    "create table p1 partition of p for values in ('x', null) partition by range (\"B%\", a);"
)
BY_HASH = "create table p (id int) partition by hash (id);"

# before, after, rows that are wrong, rows that are right, how many are wrong, the first of them
CASES = {
    "key of a new type": (
        PRICES.format("9,2"), PRICES.format("9,1"),
        "insert into t values (1, 1.01), (2, 1.02), (3, 2);",
        "insert into t values (1, 1), (2, 2);",
        2, "x = 1.0",
    ),
    "not null": (
        T, T + "alter table t alter a set not null;",
        "insert into t values (1, 'x'), (2, null), (3, null);", "insert into t values (1, 'x');",
        2, "id = 2",
    ),
    "new column": (
        T, T + "alter table t add b int not null;", "insert into t values (7);", "", 1, "id = 7",
    ),
    "new column of a domain": (
        NOT_NULL, NOT_NULL + "alter table t add b d;", "insert into t values (7);", "", 1, "id = 7",
    ),
    "JSON that is none of the stricter kind": (
        "create table t (id int primary key, j json);",
        "create table t (id int primary key, j jsonb);",
        """insert into t values (1, '{}'), (2, '"\\u0000"');""",
        """insert into t values (1, '{}'), (2, null);""", ..., "id = 2",
    ),
    "check of a domain, inside of others": (
        INSIDE.format(""), INSIDE.format("check (value > 0)"),
        """insert into t (id, v.x) values (1, '{{1},{-1}}');
        insert into t (id, v.y) values (2, '(0,)'); insert into t (id, v.r) values (3, '(-1,)');
        insert into t (id, v.m) values (4, '{[0,3]}');
        insert into t (id, v.h) values (5, row(1, '{"(0,a)"}'::dc[])::h), (6, null);""",
        """insert into t values
        (1, row('{1,null}', '(,)', '[2,)', '{[1,3]}', row(1, '{NULL}'::dc[]))),
        (2, row(null, null, 'empty', '{}', null)), (3, null);""",
        5, "id = 1",
    ),
    "not null of a domain, inside of others": (
        INSIDE.format(""), INSIDE.format("not null"),
        """insert into t (id, v.x) values (1, '{1,null}');
        insert into t (id, v.y) values (2, '(,x)');""",
        """insert into t values (1, row('{1}', null, '[2,)', '{(,3]}', row(1, '{NULL}'::dc[]))),
        (2, row(null, '(1,)', 'empty', '{}', null)), (3, null);""",
        2, "id = 1",
    ),
    "base of a domain, inside of others": (
        "create domain d as text; create type c as (x d); create table t (id int, y c[]);",
        "create domain d as int; create type c as (x d); create table t (id int, y c[]);",
        """insert into t values (1, '{"(1)","(x)"}');""",
        """insert into t values (1, '{"(1)"}');""", None, "",
    ),
    "label inside of others": (
        "create type e as enum ('a', 'b'); create type c as (x e[]); create table t (id int, y c);",
        "create type e as enum ('a'); create type c as (x e[]); create table t (id int, y c);",
        """insert into t values (1, '({a})'), (2, '("{a,b}")');""",
        "insert into t values (1, '({a})');", 1, "row = public.t (0,2)",
    ),
    "key of a partition's own": (
        OF_WHOLE, OF_WHOLE + "create unique index on q (n, id);",
        "insert into q values (1, 1), (1, 1), (2, 1);", "insert into q values (1, 1), (1, 2);",
        2, "n = 1",
    ),
    "check of an heir, whose columns change with the table's": (
        HEIR.format("a int", ""),
        HEIR.format("a bigint, b int default -1", ", check (a + b + c > 9)"),
        "insert into h values (1, 2), (4, 7);",
        "insert into h values (4, 7); insert into t values (1);",
        1, "row = public.h (0,1)",
    ),
    "check": (
        T, T + "alter table t add check (n > 0);",
        "insert into t values (1, null, -1), (2, null, 1);", "insert into t values (1, 'x', null);",
        1, "id = 1",
    ),
    "bounds of a sequence": (
        "create sequence s minvalue 5 start 7;", "create sequence s minvalue 10 start 12;",
        "select setval('s', 8, false);", "", 1, "last_value = 8",
    ),
    "bounds of an identity": (
        "create table t (id int generated always as identity);",
        "create table t (id int generated always as identity (maxvalue 20));",
        "select setval('t_id_seq', 21);", "select setval('t_id_seq', 20);", 1, "last_value = 21",
    ),
    "type of a sequence": (
        "create sequence s;", "create sequence s as smallint;",
        "select setval('s', 40000);", "select setval('s', 4);", 1, "last_value = 40000",
    ),
    "serial becomes an identity with bounds": (
        "create table t (id serial);",
        "create table t (id int generated always as identity (minvalue 10 maxvalue 20));",
        "select setval('t_id_seq', 21);", "select setval('t_id_seq', 4);", 1, "last_value = 21",
    ),
    "identity becomes a serial of a smaller type": (
        "create table t (id bigint generated always as identity);", "create table t (id serial);",
        "select setval('t_id_seq', 3000000000);", "", 1, "last_value = 3000000000",
    ),
    "check of a new column": (
        T, T + "alter table t add b int default 5, add check (b > id);",
        "insert into t values (1), (9);", "insert into t values (1);", 1, "id = 9",
    ),
    "unique": (
        T, T + "alter table t add unique (a, n);",
        "insert into t values (1, 'x', 1), (2, 'x', 1.0), (3, 'x', 2);",
        "insert into t values (1, 'x', null), (2, 'x', null);", 2, "a = x, n = 1",
    ),
    "unique index": (
        T, T + "create unique index on t (lower(a)) where n > 0;",
        "insert into t values (1, 'x', 1), (2, 'X', 1);",
        "insert into t values (1, 'x', 1), (2, 'X', 0);", 2, "lower(a) = x",
    ),
    "primary key": (
        "create table t (id int not null);", "create table t (id int primary key);",
        "insert into t values (1), (1);", "insert into t values (1), (2);", 2, "id = 1",
    ),
    "exclusion": (
        T, T + "alter table t add exclude using gist (r with &&);",
        "insert into t values (1, '', 1, '[1,5)'), (2, '', 1, '[4,6)'), (3, '', 1, '[8,9)');",
        "insert into t values (1, '', 1, '[1,5)'), (2, '', 1, '[5,6)');", 2, "id = 1",
    ),
    "foreign key": (
        P + T, P + T + "alter table t add foreign key (id) references p;",
        "insert into p values (1); insert into t values (1), (2), (3);",
        "insert into p values (1); insert into t values (1);", 2, "id = ",
    ),
    "foreign key, match full": (
        Q + "create table s (id int primary key, a int, b int);",
        Q + "create table s (id int primary key, a int, b int,"
        + " foreign key (a, b) references q match full);",
        "insert into q values (1, 1); insert into s values (1, 1, 1), (2, 1, null);",
        "insert into q values (1, 1); insert into s values (1, 1, 1), (2, null, null);",
        1, "a = 1, b = NULL",
    ),
    "too long": (
        T, T.replace("a text", "a varchar(3)"),
        "insert into t values (1, 'abcd'), (2, 'abc  ');", "insert into t values (2, 'abc  ');",
        1, "id = 1",
    ),
    "overflow": (
        T, T.replace("n numeric", "n numeric(3,1)"),
        "insert into t values (1, 'x', 100), (2, 'x', 1);", "insert into t values (1, 'x', 1.5);",
        None, "",
    ),
    "no number": (
        T, T.replace("a text", "a integer"),
        "insert into t values (1, 'x'), (2, '2');", "insert into t values (2, '2');",
        ..., "id = 1",
    ),
    "label": (
        ENUM.format("'a', 'b'"), ENUM.format("'a'"),
        "insert into t values (1, 'b'), (2, 'a');", "insert into t values (1, 'a', '{a}');",
        1, "id = 1",
    ),
    "label in an array": (
        ENUM.format("'a', 'b'"), ENUM.format("'a'"),
        "insert into t values (1, 'a', '{a,b}');", "insert into t values (1, 'a', '{a}');",
        1, "id = 1",
    ),
    "domain check": (
        DOMAIN, DOMAIN + "alter domain d add check (value > 0);",
        "insert into t values (1, -1), (2, 1);", "insert into t values (2, null);", 1, "id = 1",
    ),
    "domain not null": (
        DOMAIN, DOMAIN + "alter domain d set not null;",
        "insert into t values (1, null);", "insert into t values (2, 1);", 1, "id = 1",
    ),
    "base of a domain": (
        DOMAIN, DOMAIN.replace("domain d as int", "domain d as smallint"),
        "insert into t values (1, 100000);", "insert into t values (2, 1);", None, "",
    ),
    "generated column": (
        T, T + "alter table t add inverse numeric generated always as (1 / n) stored;",
        "insert into t values (1, 'x', 0);", "insert into t values (1, 'x', 2);", None, "",
    ),
    "composite key": (
        PARTED + PART, PARTED + PART + "alter table t add check (a > 0);",
        "insert into t values (1, 0), (2, 1);", "insert into t values (2, 1);", 1, "id = 1, a = 0",
    ),
    "bound": (
        BY_RANGE + "create table q (id int);", BY_RANGE + Q_OF_P,
        "insert into q values (null), (9), (8);", "insert into q values (0), (8);",
        2, "row = public.q (0,1)",
    ),
    "bound of a default partition": (
        BY_RANGE + Q_OF_P + "create table rest (id int);", BY_RANGE + Q_OF_P + BESIDE,
        "insert into rest values (8), (9), (null);", "insert into rest values (9), (null);",
        1, "row = public.rest (0,1)",
    ),
    "bounds below one another, of a table that is new": (
        'create table q (id int primary key, "B%" numeric, a text);',
        BY_LIST.replace("(a text", "(id int not null, a text") + "create table q partition of p1"
        "  (primary key (id)) for values from (1, 'm') to (2, maxvalue);",
        "insert into q values (1, 1, 'x'), (2, 1, 'a'), (3, 1, null), (4, 3, 'X'), (5, 2, 'X');",
        "insert into q values (1, 1, 'x'), (2, 1.5, 'X');", 3, "id = 2",
    ),
    "bound by hash": (
        BY_HASH + "create table q (id int);",
        BY_HASH + "create table q partition of p for values with (modulus 9, remainder 1);",
        "insert into q select generate_series(1, 100);", "", 92, "row = public.q (0,1)",
    ),
    "beside a default partition": (
        BY_RANGE + BESIDE, BY_RANGE + BESIDE + Q_OF_P,
        "insert into p values (null), (9), (8);", "insert into p values (null), (9);",
        1, "row = public.rest (0,3)",
    ),
    "a table that joins beside a default partition": (
        BY_RANGE + BESIDE + "create table q (id int);", BY_RANGE + BESIDE + Q_OF_P,
        "insert into p values (null), (9), (8);", "insert into q values (3);",
        1, "row = public.rest (0,3)",
    ),
    "a reference of a table that joins": (
        P + "create table w (id int references p) partition by range (id);"
        "create table q (id int);",
        P + "create table w (id int references p) partition by range (id);"
        "create table q partition of w for values from (0) to (9);",
        "insert into p values (1); insert into q values (1), (2);",
        "insert into p values (1); insert into q values (1);", 1, "id = 2",
    ),
    "no key": (
        "create table t (a int);", "create table t (a int not null);",
        "insert into t values (null);", "insert into t values (1);", 1, "row = public.t (0,1)",
    ),
    "hostile names": (
        WEIRD.format(""), WEIRD.format("") + 'alter table "T ""x"" % " add check ("a\'b" > 0);',
        'insert into "T ""x"" % " values (1, 0);', 'insert into "T ""x"" % " values (1, 1);',
        1, "Id %s = 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_wrong_rows_fail(
    asked: Asked, make_database: MakeDatabase, server_major: int, name: str
) -> None:
    before, after, wrong, _, count, example = CASES[name]
    found = asked(before, after, wrong)["fails"]
    if count is ...:
        count, example = (1, example) if server_major >= 16 else (None, "")
    assert found.count == count
    assert not example or found.examples[0].startswith(example)
    assert found.count is not None or found.said.startswith("the server says: ")
    with pytest.raises(psycopg.Error):  # the plan would indeed have failed
        both(make_database, before, after, wrong)


def both(make_database: MakeDatabase, before: str, after: str, rows: str) -> None:
    one, two = make_database(), make_database()
    one.load(f"{before}\n{rows}")
    two.load(after)
    laws.run(one, laws.plan_between(one, two))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", CASES)
def test_right_rows_pass(asked: Asked, name: str) -> None:
    before, after, _, right, *_ = CASES[name]
    found = asked(before, after, right)
    assert "fails" not in found
    assert "not-checked" not in found
    assert found["passed"].count == 0


LOSSES = {
    "table": (T, "", "insert into t values (1), (2);", 2),
    "column": (T, T.replace("a text, ", ""), "insert into t values (1, 'x'), (2, null);", 1),
    "rounded": (
        T,
        T.replace("numeric", "int"),
        "insert into t values (1, '', 1.5), (2, '', 2);",
        1,
    ),
}


@pytest.mark.parametrize(("default", "outcome"), [("3", Outcome.FAILS), ("4", Outcome.PASSED)])
def test_a_domain_is_asked_about_its_default(asked: Asked, default: str, outcome: Outcome) -> None:
    before = REFUSING.format(default)
    found = asked(before, f"{before} alter table t add b d;", "insert into t values (1);")
    assert "d refuses" in found[outcome.value].text


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_counted(asked: Asked, name: str) -> None:
    before, after, rows, count = LOSSES[name]
    assert asked(before, after, rows)["loses"].count == count
    assert "loses" not in asked(before, after)


def test_what_takes_too_long_is_not_checked(asked: Asked) -> None:
    slow = (
        "create function slow(int) returns boolean immutable language sql"
        " return pg_sleep(5) is not null;"
    )
    found = asked(T + slow, T + slow + "alter table t add check (slow(id));",
                  "insert into t values (1);", timeout=0.3)  # fmt: skip
    assert list(found) == ["not-checked"]
    assert "the time was not enough" in found["not-checked"].text


def test_a_locked_table_is_not_waited_for(make_database: MakeDatabase) -> None:
    one, two = make_database(), make_database()
    one.load(T)
    two.load(T + "alter table t alter a set not null;")
    plan = laws.plan_between(one, two)
    with psycopg.connect(one.url) as other:
        other.execute("lock table t")
        found = answered(one, plan, 1.0).answers
    assert found is not None
    assert [a.outcome for a in found] == [Outcome.NOT_CHECKED]


UNASKED = {
    "operator class": (
        T, T + "create unique index on t (a text_pattern_ops);", "operator class",
    ),
    "materialized view of what changes": (
        T + "create materialized view m as select id from t;",
        T.replace("id int", "id bigint")
        + "create materialized view m as select id from t; create unique index on m (id);",
        "what it reads changes in the same plan",
    ),
    "value inside of what changes besides": (
        "create domain d as int; create type c as (a d, b int); create table t (y c);",
        """create domain d as int check (value > 0);
        create type c as (b int, a d); create table t (y c);""",
        "public.c changes in the same plan",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNASKED)
def test_what_cannot_be_asked_is_said(asked: Asked, name: str) -> None:
    before, after, why = UNASKED[name]
    found = asked(before, after)
    assert list(found) == ["not-checked"]
    assert ": not checked, because" in found["not-checked"].text
    assert why in found["not-checked"].text


def test_what_a_role_may_not_see_is_said(make_database: MakeDatabase) -> None:
    one, two = make_database(), make_database()
    hidden = (
        "create policy p on t using (false); alter table t enable row level security;"
        "alter table t force row level security;"
    )
    one.load(T + hidden + P)
    two.load(
        T + hidden + "alter table t alter a set not null;" + P + "alter table p add check (id > 0);"
    )
    plan = laws.plan_between(one, two)
    one.execute(
        "create role preflight_poor; grant select on t to preflight_poor;"
        "grant usage on schema public to preflight_poor"
    )
    try:
        with psycopg.connect(one.url, autocommit=True) as connection:
            connection.execute("set role preflight_poor")
            answers = preflight(connection, plan).answers
    finally:
        one.execute("drop owned by preflight_poor; drop role preflight_poor")
    assert answers is not None
    said = {a.question.subject.path[1]: a.text for a in answers}
    assert "row-level security policy" in said["t"]
    assert "permission denied" in said["p"]
    assert {a.outcome for a in answers} == {Outcome.NOT_CHECKED}


def test_rows_that_are_deleted_are_counted(database: Database, tmp_path: Path) -> None:
    database.load("create table t (id int primary key); insert into t select generate_series(1,9);")
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(
        "tables: {t: {columns: {id: integer}, primary_key: id, rows: [{id: 1}], rows_exact: true}}"
    )
    plan = answered(database, laws.plan_for(database, yaml))
    (answer,) = plan.answers or ()
    assert (answer.outcome, answer.count, len(answer.examples)) == (Outcome.LOSES, 8, 5)
    assert "rows of public.t that the files do not list: 8" in answer.text


def test_a_sequence_that_was_never_used_starts_anew(make_database: MakeDatabase) -> None:
    one, two = make_database(), make_database()
    table = "create table t (id int generated always as identity{});"
    one.load("create sequence s minvalue 5 start 7;" + table.format(""))
    options = " (minvalue 100 start 200)"
    two.load("create sequence s minvalue 10 start 12;" + table.format(options))
    plan = laws.plan_between(one, two)
    assert not laws.refused(one, plan)
    laws.run(one, plan)
    assert laws.counters(one) == laws.counters(two)
    one.load(render(plan, "sql"))
    assert laws.counters(one) == laws.counters(two)


def test_a_plan_tells_and_refuses(make_database: MakeDatabase) -> None:
    one, two = make_database(), make_database()
    one.load(T + P + "insert into t values (1, null); insert into p values (1);")
    two.load(T + "alter table t alter a set not null;")
    plan = laws.plan_between(one, two)
    saved = from_json(render_json(plan))
    assert saved.questions
    plan = answered(one, replace_questions(plan, saved))
    with pytest.raises(PreflightRefused, match=r"SD314 column public\.t\.a is certain to fail"):
        refuse(plan)
    for form in ("text", "markdown"):
        text = render(plan, form).replace("&#58;", ":")
        assert "Preflight: what the rows say" in text
        assert "fails: rows of public.t with NULL in a: 1 (id = 1)" in text
    (loss,) = (h for h in plan.hazards if h.loses_data)
    assert loss.message.endswith("Counted: rows of public.p: 1.")
    assert '"outcome": "fails"' in render_json(plan)


def replace_questions(plan: Plan, saved: Plan) -> Plan:
    from dataclasses import replace

    return replace(plan, questions=saved.questions)
