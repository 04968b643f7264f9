"""Rows go on in a table that is made anew: partitioned, not any more, or by another key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.core.plan import Plan
from schemadiff.render import render
from tests import laws
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

CASES = Path(__file__).parent / "cases" / "partition"
NAMES = (
    "table_becomes_partitioned",
    "table_is_partitioned_no_more",
    "another_key",
    "key_column_type",
)
ROWS = "SELECT id, at, serial, n, twice FROM t ORDER BY id"


class Story:
    """A database with rows, and the plan for it."""

    def __init__(self, case: Path, make_database: MakeDatabase) -> None:
        self.database = make_database()
        self.database.load(f"{(case / 'before.sql').read_text()}{(case / 'seed.sql').read_text()}")
        self.rows = self.database.execute(ROWS)
        self.plan: Plan = laws.plan_for(self.database, case / "desired.yaml")

    def stands(self, database: Database, more: int = 0) -> None:
        """All rows are there, and what looks at them has seen them."""
        found = database.execute(ROWS)
        assert found[: len(self.rows)] == self.rows
        assert len(found) == len(self.rows) + more
        assert database.execute("SELECT count(*) FROM u JOIN t ON (id, at) = (t_id, t_at)") == [
            (40,)
        ]
        assert database.execute("SELECT s FROM m") == [(sum(n for *_, n, _ in self.rows),)]
        aside = "SELECT relname FROM pg_class WHERE relname LIKE 'schemadiff%'"
        assert database.execute(aside) == []


@pytest.fixture(params=NAMES)
def story(request: pytest.FixtureRequest, make_database: MakeDatabase) -> Story:
    return Story(CASES / request.param, make_database)


def write(database: Database) -> tuple[Any, ...]:
    """Write as a client does, with numbers of both sequences."""
    found = database.execute(
        "INSERT INTO t (at, n) VALUES ('2025-05-05', 7) RETURNING id, serial, n"
    )
    return tuple(found[0])


def test_nothing_is_lost(story: Story) -> None:
    assert not [h for h in story.plan.hazards if h.loses_data]
    assert "t" in [op.target.name for op in story.plan.operations() if op.rewrites]
    with laws.opened(story.database) as connection:
        apply_plan(connection, story.plan, settings=ApplySettings(), report=lambda _: None)
    story.stands(story.database)
    assert write(story.database) == (41, 41, 8)  # the trigger counts again, and did not before


def test_a_second_run_leaves_what_was_written_since(story: Story) -> None:
    script = render(story.plan, "sql")
    story.database.load(script)
    write(story.database)
    story.database.load(script)
    story.stands(story.database, more=1)


def test_statement_by_statement_from_anywhere(story: Story, clone: CloneDatabase) -> None:
    """Not even who commits each statement and stops loses a row."""
    script = render(story.plan, "sql")
    operations = [op.sql for op in story.plan.operations()]
    aside = next(n for n, sql in enumerate(operations, 1) if "$aside$" in sql)
    back = next(n for n, sql in enumerate(operations, 1) if "$back$" in sql)
    for stop in range(aside, back + 1):
        again = clone(story.database)
        laws.run_first(again, story.plan, stop)
        again.load(script)
        story.stands(again)


P = "create table p partition of t for values from (0) to (10)"
Q = "create table q partition of t default;"
BY_RANGE = "create table t (k int, v text) partition by range (k);"
BY_TEXT = "create table t (k int, v text{}) partition by range (v);"
BY_LIST = "create table t (k int, v text) partition by list (k);"
BY_LIST += "create table p partition of t for values in (1, 2)"
DEFAULT = "create table p partition of t default;"
DEEP = (
    f"create table t (k int, v {{}}) partition by range (k); {P} partition by list (v);"
    f"create table r partition of p default; {Q}"
)
HASHED = (
    "create table t (k int, v text) partition by hash (k);"
    "create table p partition of t for values with (modulus 1, remainder 0);"
)
LABELS = "create type e as enum ({}); create table t (k int, v e)"
HEIR = "create table h ()"
# Before, after, and what is lost.
FORMS: dict[str, tuple[str, str, set[str]]] = {
    "another collation of the key": (
        BY_TEXT.format("") + DEFAULT,
        BY_TEXT.format(' collate "C"') + DEFAULT,
        set(),
    ),
    "range to hash": (f"{BY_RANGE} {P}; {Q}", HASHED, set()),
    "a part gets parts": (f"{BY_RANGE} {P}; {Q}", DEEP.format("text"), set()),
    "a part has no parts any more": (DEEP.format("text"), f"{BY_RANGE} {P}; {Q}", set()),
    "the key of a part of a part": (DEEP.format("int"), DEEP.format("bigint"), set()),
    "a column goes": (
        f"{BY_RANGE} {P}; {Q}",
        f"create table t (k int) partition by list (k); {DEFAULT}",
        {"SD102"},
    ),
    "a part that leaves": (
        f"{BY_RANGE} {P}; {Q}",
        f"{BY_LIST}; create table q (k int, v text);",
        set(),
    ),
    "the only part leaves": (
        f"{BY_RANGE} create table q partition of t for values from (30) to (50); {P};",
        f"{BY_LIST}; create table q (k int, v text);",
        set(),
    ),
    "an heir that is none any more": (
        f"create table t (k int, v text); {HEIR} inherits (t);",
        f"create table h (k int, v text); {BY_RANGE} {P}; {Q}",
        set(),
    ),
    "heirs become parts": (
        f"create table t (k int, v text); {HEIR} inherits (t);",
        f"{BY_RANGE} create table h partition of t for values from (30) to (40); {P};",
        set(),
    ),
    "heirs take in rows": (
        f"create table t (k int, v text); {HEIR} inherits (t);",
        f"{BY_RANGE} create table h partition of t for values from (0) to (40);",
        set(),
    ),
    "a column is generated from now on": (
        f"{BY_RANGE} {P}; {Q}",
        "create table t (k int, v text generated always as ('x') stored) partition by list (k);"
        + DEFAULT,
        {"SD102"},
    ),
    "an enum that is made anew": (
        LABELS.format("'1', '3', '2'") + ";",
        LABELS.format("'1', '2', '3'") + f" partition by range (k); {DEFAULT}",
        set(),
    ),
}


APART = ("a part that leaves", "the only part leaves", "an heir that is none any more")


@pytest.mark.parametrize("form", FORMS)
def test_what_is_lost_is_declared_and_all_else_is_there(
    form: str, make_database: MakeDatabase
) -> None:
    before, after, lost = FORMS[form]
    live, wanted = make_database(), make_database()
    there = "h" if HEIR in before else "t"
    live.load(f"{before} insert into t values (1, '1'), (2, '2');")
    live.load(f"insert into {there} values (30, '3');")
    wanted.load(after)
    plan = laws.plan_between(live, wanted)
    assert {h.code for h in plan.hazards if h.loses_data} == lost
    script = render(plan, "sql")
    for _ in range(2):
        live.load(script)
        assert laws.dump(live) == laws.dump(wanted)
    if "SD101" not in lost:
        tables = {"t", *({"q", "h"} if form in APART else ())}
        every = " union all ".join(f"select k from {t}" for t in tables if has(live, t))
        assert live.execute(f"{every} order by k") == [(1,), (2,), (30,)]


def has(database: Database, table: str) -> bool:
    return database.execute("select to_regclass(%s) is not null", (table,)) == [(True,)]


@pytest.mark.parametrize(("part", "lacking"), [(P, 1), ("", 2), (f"{P}; {Q}", None)])
def test_a_row_that_no_partition_takes_is_told_before(
    part: str, lacking: int | None, make_database: MakeDatabase
) -> None:
    live, wanted = make_database(), make_database()
    live.load("create table t (k int, v text); insert into t values (1, '1'), (30, '3');")
    wanted.load(f"{BY_RANGE} {part}")
    found = [str(each) for each in laws.refused(live, laws.plan_between(live, wanted))]
    assert [f"rows of public.t that no partition takes: {lacking} (" in each for each in found] == (
        [] if lacking is None else [True]
    )


COUNTED = "create table t (id {}, k int) {}; "
OWN = "create sequence t_seq; alter sequence t_seq owned by t.id; "
OWN += "alter table t alter id set default nextval('t_seq');"
# Where the numbers of a column come from before and after, and whether these go on.
COUNTERS: dict[str, tuple[str, str, int]] = {
    "a serial": ("bigserial", "generated always as identity", 5),
    "an identity": ("generated always as identity", "bigserial", 5),
    "a sequence of that name": (
        "bigint default nextval('t_id_seq')", "generated always as identity", 5,
    ),
    "nothing": ("bigint", "generated always as identity", 4),
    "a serial of another name": ("bigserial", "", 5),
    "a serial that goes": ("bigserial", "bigint default nextval('other')", 1),
}  # fmt: skip


@pytest.mark.parametrize("form", COUNTERS)
def test_numbers_go_on(form: str, make_database: MakeDatabase, clone: CloneDatabase) -> None:
    before, after, number = COUNTERS[form]
    live, wanted = make_database(), make_database()
    live.load("create sequence t_id_seq start 4;" if "nextval" in before else "")
    live.load(COUNTED.format(_column(before), ""))
    given = " overriding system value" if "identity" in before else ""
    live.load(f"insert into t (id, k){given} values (1, 1), (2, 1), (3, 1);")
    if number == 5:  # the last one was given to a row that is there no more
        live.load("select setval(pg_get_serial_sequence('t', 'id'), 4);" if "nextval" not in before
                  else "select nextval('t_id_seq');")  # fmt: skip
    wanted.load("create sequence other;" if "nextval" in after else "")
    wanted.load(COUNTED.format(_column(after or "bigint"), "partition by range (k)"))
    wanted.load(f"{'' if after else OWN} create table p partition of t default;")
    plan = laws.plan_between(live, wanted)
    applied = clone(live)
    with laws.opened(applied) as connection:
        apply_plan(connection, plan, settings=ApplySettings(), report=lambda _: None)
    for _ in range(2):
        live.load(render(plan, "sql"))
    for each in (live, applied):
        assert laws.dump(each) == laws.dump(wanted)
        assert each.execute("insert into t (k) values (1) returning id") == [(number,)]


def _column(text: str) -> str:
    return f"bigint {text}" if text.startswith("generated") else text


def test_the_plan_says_so(story: Story) -> None:
    for form in ("text", "markdown"):
        shown = render(story.plan, form)
        assert "dropped and made anew: its rows are copied aside, and come back" in shown
