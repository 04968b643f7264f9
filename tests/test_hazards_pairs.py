"""Of every hazard a change that has it, and the nearest one that has not, on a real server.

What is not here stands in `test_hazards.py`; that nothing is left out is the last test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.cli.managed import registry_of, requested
from schemadiff.core.hazards import BY_CODE
from schemadiff.render import render
from schemadiff.shadow.resolve import resolve
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_hazards import (
    CASES,
    ENUM,
    FULL,
    HARMLESS,
    MANY,
    MUTE,
    OWNED,
    PARTED,
    ROW,
    Between,
    C,
    T,
    beside,
    between,
    codes,
)

__all__ = ["beside", "between"]

COMPOSITE = "create type s as (a int{}); create table u (x s);"
MATERIALIZED = T + "create materialized view m as select {} from t;"
BUSY = FULL.replace(str(MANY), "400000")
CHECKED = "alter table t add constraint c check (n > 0)"
INDEXED = "create index i on t (a);"

# The code, before, after with the danger, after without it, rows, whether only worth knowing.
PAIRS = [
    ("SD103", "create schema x;", "", "create schema x; create schema y;", ""),
    ("SD104", "create sequence q;", "", "create sequence q cache 5;", ""),
    ("SD105", COMPOSITE.format(", b int"), COMPOSITE.format(""),
     COMPOSITE.format(", b int, c int"), ""),
    ("SD107", MATERIALIZED.format("id, a"), T, MATERIALIZED.format("id, a") + INDEXED, ""),
    ("SD122", PARTED + "create table q (id int);",
     PARTED + "create table q partition of p for values from (0) to (1000000);",
     PARTED + "create table q (id int, n int);",
     f"insert into q select generate_series(1, {MANY});"),
    ("SD125", T, T.replace("n int", "n bigint"), T.replace("n int", "n int, b int"), BUSY),
    ("SD126", T, T + INDEXED, T.replace("n int", "n int, b int"), BUSY),
    ("SD127", T, T.replace("n int", "n int, b int"), T + "comment on table t is 'x';", ROW),
    ("SD131", ENUM.format("'a'"), ENUM.format("'a', 'b'"), ENUM.format("'a'") + T, ""),
    ("SD132", ENUM.format("'a'"), ENUM.format("'a', 'b'"), ENUM.format("'a'") + T, ""),
    ("SD164", T.replace("n int", "n int default 1"), T,
     T.replace("n int", "n int default 1, b int"), ""),
    ("SD157", C.format("set timezone = 'UTC'"), C.format("set timezone = 'GMT'"),
     C.format("set timezone = 'UTC'") + T, ""),
    ("SD170", T, T + OWNED.format("table t"), T.replace("n int", "n int, b int"), ""),
    ("SD129", T, T.replace("n int", "n bigint"), T.replace("n int", "n int, b int"), ROW),
    ("SD140", T, T.replace("n int", "n bigint"), T.replace("n int", "n int, b int"), ROW),
    ("SD160", T, T + CHECKED, T + INDEXED, ""),
    ("SD162", T, T.replace("a text", 'a text collate "C"'),
     T.replace("a text", 'a text collate "default"'), ROW),
]  # fmt: skip

# Of what is harmless there, the change that comes nearest to a danger.
NEAR = {
    "SD101": "a new table", "SD102": "add a column", "SD106": "wider text",
    "SD121": "rewrite of nothing", "SD123": "small index", "SD124": "check of nothing",
    "SD128": "a longer index",
    "SD141": "view with more", "SD143": "NOT NULL with default", "SD144": "wider text",
    "SD145": "new label", "SD147": "a new policy", "SD148": "a role may read",
    "SD151": "nothing is there twice", "SD152": "finer numbers",
    "SD118": "times without a zone",
    "SD161": "now() default", "SD163": "path for a definer", "SD171": "a new policy",
    "SD172": "a new policy", "SD173": "a role may read", "SD174": "definer with path",
    "SD175": "barrier", "SD149": "more is published", "SD153": "logged again",
    "SD165": "another key", "SD166": "nothing goes with others", "SD167": "numbers go on",
    "SD150": "not deferrable any more", "SD154": "generated alike",
    "SD155": "nothing keeps its results", "SD156": "it costs more",
    "SD158": "a label in between", "SD159": "a silent rule", "SD169": "an explicit cast",
    "SD178": "leakproof no more", "SD179": "a caller's function gets an owner",
    "SD168": "a part stays", "SD176": "the first policy", "SD177": "definer stays",
}  # fmt: skip
# What takes more than two scripts has a test of its own: below, and where files are silent.
HERE = {"SD108", "SD109", "SD112", "SD133", "SD139", "SD142", "SD146", "SD138"}


@pytest.mark.parametrize("pair", PAIRS, ids=[p[0] for p in PAIRS])
def test_a_danger_and_what_is_near_it(pair: tuple[str, ...], between: Between) -> None:
    code, before, danger, near, rows = pair
    assert code in codes(between(before, danger, rows), quiet=True)
    plan = between(before, near, rows)
    assert code not in codes(plan, quiet=True), render(plan, "text")


def test_a_rename_breaks_programs_and_a_comment_does_not(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    database = make_database()
    database.load("create table t (id int, a text);")
    yaml = tmp_path / "desired.yaml"
    column = (
        "tables:\n  t:\n    columns:\n      id: integer\n      b: {type: text, renamed_from: a}\n"
    )
    yaml.write_text(column)
    assert "SD142" in codes(laws.plan_for(database, yaml), quiet=True)
    yaml.write_text(
        column.replace("b: {type: text, renamed_from: a}", "a: {type: text, comment: x}")
    )
    assert codes(laws.plan_for(database, yaml), quiet=True) == set()


def upgrade(database: Database) -> tuple[str, str, str]:
    """Find an extension of this server that has a way from an older version to a newer one."""
    rows = database.execute(
        "SELECT e.name, p.source, p.target FROM pg_available_extensions e,"
        " LATERAL pg_extension_update_paths(e.name) p JOIN pg_available_extension_versions v"
        " ON v.version = p.source AND v.requires IS NULL"
        " WHERE p.path IS NOT NULL AND v.name = e.name"
        " AND e.name IN ('pgcrypto', 'citext', 'hstore')"
        " AND p.target = e.default_version ORDER BY e.name, p.source LIMIT 1"
    )
    if not rows:
        pytest.skip("this server has no extension with two versions (18+contrib has some)")
    name, source, target = rows[0]
    return name, source, target


def test_an_extension_is_upgraded_moved_or_dropped(
    make_database: MakeDatabase, between: Between
) -> None:
    name, old, new = upgrade(make_database())
    before = f"create schema x; create extension {name} version '{old}';"
    after = f"create schema x; create extension {name} version '{new}';"
    assert "SD133" in codes(between(before, after))
    moved = before.replace(name, f"{name} with schema x")
    assert {"SD133", "SD108"} & codes(between(before, moved)) == set()
    assert "SD108" in codes(between(before, "create schema x;"))


def test_open_sessions_keep_their_plans(database: Database) -> None:
    """What SD140 says is so, and what it advises helps."""
    database.load(
        T + ROW + "create function f() returns trigger language plpgsql as"
        " 'begin new.n = new.n + 1; return new; end';"
        "create trigger f before update on t for each row execute function f();"
    )
    used = ("execute p", "update t set a = 'y'")
    with database.connect() as session:
        session.execute("prepare p as select n from t")
        for sql in used * 2:
            session.execute(sql)
        database.execute("alter table t alter n type bigint")
        for _ in range(2):
            with pytest.raises(psycopg.errors.FeatureNotSupported, match="cached plan must not"):
                session.execute(used[0])
            with pytest.raises(psycopg.errors.DatatypeMismatch, match="type of parameter"):
                session.execute(used[1])
        session.execute("discard all")
        session.execute("prepare p as select n from t")
        session.execute(used[0])
        session.execute(used[1])


def test_open_sessions_keep_a_type_that_is_made_anew(
    database: Database, make_database: MakeDatabase
) -> None:
    """What SD140 says is so, and what it advises helps."""
    made = "create type e as enum ({}); create table t (id int, v e);"
    database.load(made.format("'a', 'b'") + "insert into t values (1, 'a');")
    other = make_database()
    other.load(made.format("'b', 'a'"))
    plan = laws.plan_between(database, other)
    assert "SD140" in codes(plan, quiet=True)
    with database.connect() as session:
        session.execute("prepare p as update t set v = $1")
        session.execute("execute p ('a')")
        laws.run(database, plan)
        for _ in range(2):
            with pytest.raises(psycopg.errors.InternalError_, match="cache lookup failed for type"):
                session.execute("execute p ('a')")
        session.execute("discard all")
        session.execute("prepare p as update t set v = $1")
        session.execute("execute p ('b')")


def test_a_column_moves_to_the_end_in_steps_only(between: Between) -> None:
    wider = T.replace("n int", "n bigint")
    assert codes(between(T, wider, ROW, online=True)) == {"SD146"}
    assert "SD146" not in codes(between(T, wider, ROW))


def test_rows_go_only_where_the_files_say_all(make_database: MakeDatabase, tmp_path: Path) -> None:
    database = make_database()
    database.load("create table t (id int primary key); insert into t values (1), (2);")
    yaml = tmp_path / "desired.yaml"
    text = "tables: {t: {columns: {id: integer}, primary_key: id, rows: [{id: 1}]%s}}"
    yaml.write_text(text % "")
    assert laws.plan_for(database, yaml).empty
    yaml.write_text(text % ", rows_exact: true")
    assert "SD112" in codes(laws.plan_for(database, yaml))


def test_triggers_see_what_rows_have_while_they_trade(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    trades = "create table t (id int primary key, a int unique, n int);"
    yaml = tmp_path / "desired.yaml"
    columns = "columns: {id: integer, a: integer, n: integer}, primary_key: id, unique: [[a]]"
    trigger = "triggers: {g: %s for each row execute function g()}, "
    text = f"tables: {{t: {{{columns}, %srows: [{{id: 1, a: %s}}, {{id: 2, a: 1}}]}}}}"
    text += "\nfunctions: {g(): {returns: trigger, language: plpgsql, body: begin return new; end}}"
    for when, first, sees in (
        ("after update", 2, True),
        ("before insert or update of a", 2, True),
        ("after update of n", 2, False),
        ("after insert", 2, False),
        ("", 2, False),
        ("after update", 3, False),
    ):
        database = make_database()
        fires = f"create trigger g {when} on t for each row execute function g();" if when else ""
        database.load(f"{trades}{MUTE}{fires} insert into t values (1, 1), (2, 2);")
        yaml.write_text(text % (trigger % when if when else "", first))
        plan = laws.plan_for(database, yaml)
        assert ("SD138" in codes(plan)) is sees, (when, first)
    assert laws.plan_for(database, yaml).hazards == (), "a free value"


def test_a_role_goes_with_what_nobody_else_knows(
    make_database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = make_database()
    manage = ("roles:hazard_*",)

    def asked(spec: Any, inspection: Any, *rest: Any) -> Any:
        return resolve(requested(spec, inspection.catalog, manage), inspection, *rest)

    monkeypatch.setattr(laws, "KINDS", registry_of(manage))
    monkeypatch.setattr(laws, "resolve", asked)
    database.execute("create role hazard_a")
    try:
        yaml = tmp_path / "desired.yaml"
        yaml.write_text("roles: {hazard_a: {login: true}}")
        assert codes(laws.plan_for(database, yaml)) == set()
        yaml.write_text("roles: {hazard_b: {}}")
        assert "SD109" in codes(laws.plan_for(database, yaml))
    finally:
        database.execute("drop role hazard_a")


def test_nothing_is_left_out() -> None:
    here = {p[0] for p in PAIRS} | HERE
    assert {c[1] for c in CASES} | here == BY_CODE.keys()
    assert NEAR.keys() | here == BY_CODE.keys()
    assert set(NEAR.values()) <= {h[0] for h in HARMLESS}
