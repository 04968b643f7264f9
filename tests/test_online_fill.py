"""Rows of a table with triggers: filled in batches that fire none, or written anew at once."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.core.errors import ApplyError
from schemadiff.core.plan import Plan
from tests import laws
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

CASE = Path(__file__).parent / "cases/online/volatile_default_under_trigger"


@pytest.fixture
def before(make_database: MakeDatabase) -> Database:
    database = make_database()
    database.load(CASE / "before.sql")
    database.load(CASE / "seed.sql")
    return database


@pytest.fixture
def after(make_database: MakeDatabase) -> Database:
    database = make_database()
    database.load(CASE / "after.sql")
    return database


def test_triggers_are_kept_silent_where_that_is_possible(before: Database, after: Database) -> None:
    plan = laws.plan_between(before, after)
    fills = {op.target.path[1]: op.sql for op in plan.operations() if "$fill$" in op.sql}
    assert fills.keys() == {"t", "u", "elsewhere"}
    quiet = {name for name, sql in fills.items() if "session_replication_role" in sql}
    assert quiet == {"t", "u"}
    anew = {op.target.path[1]: op.why for op in plan.operations() if "see" in op.why}
    assert anew.keys() == {"always"}
    assert "trigger public.always.counted would see each row filled" in anew["always"]


def test_a_run_that_was_stopped_goes_on_in_silence(
    before: Database, after: Database, clone: CloneDatabase
) -> None:
    plan = laws.plan_between(before, after)
    first = next(n for n, op in enumerate(plan.operations()) if "$fill$" in op.sql)
    for number in (first, first + 1):
        database = clone(before)
        laws.run(database, plan, statements=number)
        laws.run(database, laws.plan_between(database, after))
        assert laws.plan_between(database, after).empty
        for table in ("t", "u", "elsewhere"):
            assert database.execute(f"SELECT count(*) FROM {table} WHERE changes > 0") == [(0,)]
            assert database.execute(f"SELECT count(*) FROM {table}") == [(300,)]


def test_a_role_that_may_not_keep_them_silent(before: Database, after: Database) -> None:
    before.load("CREATE ROLE silent_owner LOGIN; ALTER TABLE t OWNER TO silent_owner;")
    try:
        url = before.url.replace("postgres@", "silent_owner@")
        plan = laws.plan_between(Database(before.name, url), after)
        said = {op.why for op in plan.operations() if op.target.path[:2] == ("public", "t")}
        assert any("trigger public.t.counted would see each row filled" in why for why in said)
    finally:
        before.load("DROP OWNED BY silent_owner CASCADE; DROP ROLE silent_owner;")


KEYLESS = """
CREATE TABLE {0} (id integer, t text);
INSERT INTO {0} SELECT g, 'x' FROM generate_series(1, 300) g;
"""
INDEX = """
ALTER TABLE t ALTER id SET NOT NULL, ADD CONSTRAINT k UNIQUE (id);
ALTER TABLE t REPLICA IDENTITY USING INDEX k;
"""


@pytest.mark.parametrize(
    ("publication", "steps"),
    [
        ("FOR TABLE t", False),
        ("FOR ALL TABLES", False),
        ("FOR TABLE t WITH (publish = 'insert')", True),
        ("FOR TABLE u", True),
    ],
)
def test_what_is_published_without_a_key(
    make_database: MakeDatabase, publication: str, *, steps: bool
) -> None:
    """UPDATE of it fails, also of our batches."""
    database, after = make_database(), make_database()
    tables = KEYLESS.format("t") + KEYLESS.format("u")
    database.load(f"{tables} CREATE PUBLICATION p {publication};")
    more = "ADD v uuid DEFAULT gen_random_uuid(), ADD n bigint GENERATED ALWAYS AS IDENTITY"
    after.load(f"{tables} ALTER TABLE t {more}; CREATE PUBLICATION p {publication};")
    plan = laws.plan_between(database, after)
    assert any("$fill$" in op.sql for op in plan.operations()) is steps
    laws.run(database, plan)
    assert laws.plan_between(database, after).empty
    assert database.execute("SELECT count(DISTINCT v), count(DISTINCT n) FROM t") == [(300, 300)]


@pytest.mark.parametrize(
    ("identity", "publication"),
    [
        ("ALTER TABLE t ADD PRIMARY KEY (id);", "t (id)"),
        ("ALTER TABLE t ADD PRIMARY KEY (id);", "t WHERE (id > 7)"),
        ("ALTER TABLE t REPLICA IDENTITY FULL;", "t WHERE (t > 'a')"),
        (INDEX, "t (id, t) WHERE (id > 7)"),
    ],
)
def test_what_is_published_with_a_key(
    make_database: MakeDatabase, identity: str, publication: str, server_major: int
) -> None:
    database, after = make_database(), make_database()
    if server_major < 15:
        publication = "t"
    made = f"{KEYLESS.format('t')} {identity} CREATE PUBLICATION p FOR TABLE {publication};"
    database.load(made)
    after.load(f"{made} ALTER TABLE t ADD v uuid DEFAULT gen_random_uuid()")
    plan = laws.plan_between(database, after)
    assert any("$fill$" in op.sql for op in plan.operations())
    laws.run(database, plan)
    assert laws.plan_between(database, after).empty


UNPROVEN = "ALTER TABLE t ADD CHECK (id > 10) NOT VALID;"
UNKNOWN = "UPDATE t SET t = NULL; ALTER TABLE t ADD CONSTRAINT nn NOT NULL t NOT VALID;"


@pytest.mark.parametrize("change", ["ADD v uuid DEFAULT gen_random_uuid()", "ALTER id TYPE bigint"])
@pytest.mark.parametrize("made", [UNPROVEN, UNKNOWN], ids=["check", "not null"])
def test_rows_that_break_what_was_never_proven(
    make_database: MakeDatabase, made: str, change: str, server_major: int
) -> None:
    """They take no UPDATE, whatever it sets."""
    if made == UNKNOWN and server_major < 18:
        pytest.skip("NOT NULL is not valid since PostgreSQL 18")
    database, after = make_database(), make_database()
    before = f"{KEYLESS.format('t')} {made}"
    database.load(before)
    after.load(f"{before} ALTER TABLE t {change};")
    plan = laws.plan_between(database, after)
    (said,) = (op.why for op in plan.operations() if "not in steps" in op.why)
    assert "is not valid, and rows that break it take no UPDATE" in said
    laws.run(database, plan)
    assert laws.plan_between(database, after).empty
    assert database.execute("SELECT count(*) FROM t") == [(300,)]


@pytest.mark.parametrize(("inherited", "steps"), [("", False), (" NO INHERIT", True)])
def test_rows_of_an_heir_that_break_what_was_never_proven_above(
    make_database: MakeDatabase, inherited: str, *, steps: bool
) -> None:
    before = (
        "CREATE TABLE above (id integer); CREATE TABLE heir () INHERITS (above);"
        "INSERT INTO heir SELECT g FROM generate_series(1, 300) g;"
        f"ALTER TABLE above ADD CHECK (id > 10){inherited} NOT VALID;"
    )
    database, after = make_database(), make_database()
    database.load(before)
    after.load(f"{before} ALTER TABLE heir ADD v uuid DEFAULT gen_random_uuid();")
    plan = laws.plan_between(database, after)
    assert any("$fill$" in op.sql for op in plan.operations()) is steps
    laws.run(database, plan)
    assert laws.plan_between(database, after).empty
    assert database.execute("SELECT count(DISTINCT v) FROM heir") == [(300,)]


def test_policies_that_hide_rows_from_the_owner(make_database: MakeDatabase) -> None:
    database, after = make_database(), make_database()
    force = (
        f"{KEYLESS.format('t')} ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
    )
    database.load(f"{force} CREATE ROLE hidden_from LOGIN; ALTER TABLE t OWNER TO hidden_from;")
    try:
        more = "ADD v uuid DEFAULT gen_random_uuid(), ALTER id TYPE bigint"
        after.load(f"{force} ALTER TABLE t {more};")
        after.load("ALTER TABLE t OWNER TO hidden_from;")
        as_owner = Database(database.name, database.url.replace("postgres@", "hidden_from@"))
        whys = {
            who: "".join(op.why for op in laws.plan_between(each, after).operations())
            for who, each in (("owner", as_owner), ("superuser", database))
        }
        assert whys["owner"].count("policies of public.t hide rows") == 2
        assert "not in steps" not in whys["superuser"]
        laws.run(as_owner, laws.plan_between(as_owner, after))
        assert database.execute("SELECT count(DISTINCT v) FROM t") == [(300,)]
    finally:
        for each in (database, after):
            each.load("DROP OWNED BY hidden_from CASCADE;")
        database.load("DROP ROLE hidden_from;")


def applied(database: Database, plan: Plan) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        apply_plan(connection, plan, settings=ApplySettings(), report=lambda _: None)


@pytest.mark.parametrize("change", ["ADD v uuid DEFAULT gen_random_uuid()", "ALTER id TYPE bigint"])
@pytest.mark.parametrize("since", ["CREATE PUBLICATION p FOR TABLE t;", UNPROVEN])
def test_what_takes_no_update_since_the_plan_was_made(
    make_database: MakeDatabase, clone: CloneDatabase, since: str, change: str
) -> None:
    """Nothing is begun, or no row is filled, and the next plan makes the change in one piece."""
    database, wanted, after = make_database(), make_database(), make_database()
    database.load(KEYLESS.format("t"))
    wanted.load(f"{KEYLESS.format('t')} ALTER TABLE t {change};")
    after.load(f"{KEYLESS.format('t')} {since} ALTER TABLE t {change};")
    plan = laws.plan_between(database, wanted)
    (fill,) = (n for n, op in enumerate(plan.operations()) if "$fill$" in op.sql)
    for done in (0, fill):
        one = clone(database)
        with one.connect() as client:
            laws.run(one, plan, statements=done)
            client.execute(since.encode())
        with pytest.raises(ApplyError, match="rows take no UPDATE any more") as said:
            applied(one, plan)
        assert "make the plan again" in str(said.value)
        assert one.execute("SELECT count(*) FROM t WHERE t::text ~ ',.*,.'") == [(0,)]
        again = laws.plan_between(one, after)
        assert any("not in steps" in op.why for op in again.operations())
        applied(one, again)
        assert laws.plan_between(one, after).empty
        assert one.execute("SELECT count(*) FROM t") == [(300,)]
        if "uuid" in change:
            assert one.execute("SELECT count(DISTINCT v) FROM t") == [(300,)]
