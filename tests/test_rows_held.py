"""Rows of tables that columns of others hold, while the columns of those tables change places."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import laws
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_types_in_use import moved, plan_to


def test_rows_of_heirs_keep_values_beside_new_columns_of_two_tables(
    make_database: MakeDatabase,
) -> None:
    """One column comes again, after those that are new: these are NULL inside."""
    _, after = moved(make_database, "table/rows_inside_of_heirs_of_two_tables")
    told = "SELECT (r).a, (r).g, (r).b, (r).id, (r).x, (r).y, (rs[1]).g, (rs[1]).id, rs[2] FROM k"
    assert after.execute(f"{told} ORDER BY n") == [
        (1, 2, 3, 4, None, None, 6, 8, None),
        (None,) * 9,
    ]


def test_rows_of_a_part_in_another_order_are_held_as_its_whole_is_made_anew(
    make_database: MakeDatabase,
) -> None:
    """It comes again with the columns in the order of the whole's."""
    _, after = moved(make_database, "table/rows_inside_of_parts_in_another_order")
    told = "SELECT (r).a, (r).b, (r).c, (rs[1]).a, (rs[1]).b, rs[2] FROM k ORDER BY n"
    assert after.execute(told) == [(5, "q", None, 6, "7", None), (None,) * 6]


def test_a_generated_column_of_held_rows_comes_after_what_it_rests_on(
    make_database: MakeDatabase,
) -> None:
    """Its value inside is its own, and not that of the column that is new before it."""
    database = make_database()
    heir = "create table h (id int) inherits (p); create table k (r h);"
    database.load(f"create table p (a int, g int); {heir}")
    database.load("insert into k values (row(1, 2, 3))")
    text = f"create table p (a int, g int generated always as (x * 2) stored, x int); {heir}"
    laws.run(database, plan_to(database, text, make_database))
    assert database.execute("select (r).a, (r).g, (r).id, (r).x from k") == [(1, 2, 3, None)]


_HELD = {
    "what a generated column rests on gets another type": (
        (
            "create table t (id int, b int, g int generated always as (b + 1) stored);"
            "create table h (x int) inherits (t); create table k (r h, rs t[]);"
            "insert into k values (row(1, 2, 3, 4), array[row(5, 6, 7)::t, null])"
        ),
        (
            "t: {columns: {id: int, b: bigint, g: int generated always as (b + 1) stored}}\n"
            "  h: {inherits: t, columns: {x: int}}\n"
            "  k: {columns: {r: h, rs: 't[]'}}"
        ),
        {"r": {"id": 1, "b": 2, "g": 3, "x": 4}, "rs": [{"id": 5, "b": 6, "g": 7}, None]},
    ),
    "the function of a generated column is made anew": (
        (
            "create function f(int) returns int language sql immutable as 'select $1';"
            "create table t (id int, g int generated always as (f(id)) stored, b int);"
            "create table k (r t); insert into k values (row(1, 2, 3))"
        ),
        (
            "t: {columns: {id: int, g: int generated always as (f(id)) stored, b: int}}\n"
            "  k: {columns: {r: t}}\n"
            "functions:\n  f(int): {returns: bigint, language: sql, volatility: immutable,"
            " body: 'select $1'}"
        ),
        {"r": {"id": 1, "g": 2, "b": 3}},
    ),
    "in a part": (
        (
            "create table t (id int, b int, g int generated always as (b + 1) stored, y int)"
            " partition by list (id); create table h partition of t for values in (1);"
            "create table k (r h); insert into k values (row(1, 2, 3, 4))"
        ),
        (
            "t: {partition_by: list (id), columns: {id: int, b: bigint,"
            " g: int generated always as (b + 1) stored, y: int}}\n"
            "  h: {partition_of: t, bound: in (1)}\n  k: {columns: {r: h}}"
        ),
        {"r": {"id": 1, "b": 2, "g": 3, "y": 4}},
    ),
    "a type below is made anew": (
        (
            "create type e as enum ('a', 'b');"
            "create table t (id int, b e, g boolean generated always as (b = 'a') stored, y int);"
            "create table k (r t); insert into k values (row(1, 'a', true, 4))"
        ),
        (
            "t: {columns: {id: int, b: e, g: boolean generated always as (b = 'a') stored,"
            " y: int}}\n"
            "  k: {columns: {r: t}}\nenums: {e: [b, a]}"
        ),
        {"r": {"id": 1, "b": "a", "g": True, "y": 4}},
    ),
    "its partition key gets another type, and files have another order": (
        (
            "create table t (id int, b int, y int) partition by list (b);"
            "create table k (r t); insert into k values (row(1, 2, 3))"
        ),
        (
            "t: {partition_by: list (b), columns: {y: int, id: int, b: bigint}}\n"
            "  k: {columns: {r: t}}"
        ),
        {"r": {"id": 1, "b": 2, "y": 3}},
    ),
    "it becomes partitioned, and files have another order": (
        (
            "create table t (id int, b int, y int); create table k (r t[]);"
            "insert into k values (array[row(1, 2, 3)::t])"
        ),
        (
            "t: {partition_by: list (b), columns: {y: int, id: int, b: bigint}}\n"
            "  k: {columns: {r: 't[]'}}"
        ),
        {"r": [{"id": 1, "b": 2, "y": 3}]},
    ),
    "a generated column becomes plain as what it rests on gets another type": (
        (
            "create table t (b int, g int generated always as (b + 1) stored, y int);"
            "insert into t (b) values (1);"
            "create table k (r t, rs t[]); insert into k values (row(1, 2, 3))"
        ),
        ("t: {columns: {b: bigint, g: int, y: int}}\n  k: {columns: {r: t, rs: 't[]'}}"),
        {"r": {"b": 1, "g": 2, "y": 3}, "rs": None},
    ),
    "not held, a generated column becomes plain as what it rests on gets another type": (
        (
            "create table k (b int, g int generated always as (b + 1) stored);"
            "insert into k (b) values (1)"
        ),
        ("k: {columns: {b: bigint, g: int}}"),
        {"b": 1, "g": 2},
    ),
    "columns come again among new ones": (
        (
            "create table t (id int, b int, g int generated always as (b + 1) stored, y int);"
            "create table k (r t); insert into k values (row(1, 2, 3, 4))"
        ),
        (
            "t: {columns: {n: int, g: int generated always as (b + m) stored, id: int, b: bigint,"
            " l: int generated always as (id + 2) stored, m: int,"
            " y: int generated always as (id) stored}}\n"
            "  k: {columns: {r: t}}"
        ),
        {"r": {"id": 1, "b": 2, "g": 3, "y": 4, "l": None, "m": None, "n": None}},
    ),
}


@pytest.mark.parametrize("held", _HELD.values(), ids=_HELD)
@pytest.mark.parametrize("how", ["online", "offline"])
def test_each_field_of_held_rows_keeps_its_value(
    held: tuple[str, str, object], how: str, database: Database, tmp_path: Path
) -> None:
    """A text of a row says its fields by their places, which others have afterwards."""
    before, text, rows = held
    database.load(before)
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(f"tables:\n  {text}\n", "utf-8")
    plan = laws.plan_for(database, schemas, offline=how == "offline")
    assert not [h for h in plan.hazards if h.code == "SD101"]
    laws.run(database, plan)
    assert database.execute("select to_jsonb(k) from k") == [(rows,)]
    assert laws.plan_for(database, schemas).empty


def test_a_column_whose_function_goes_with_its_expression_is_not_lost_unsaid(
    make_database: MakeDatabase, server_major: int
) -> None:
    """Before 15 PostgreSQL drops the column with the function, without a word."""
    database = make_database()
    database.load(
        "create function f(int) returns int language sql immutable as 'select $1';"
        "create table t (a int, g int generated always as (f(a)) stored); insert into t values (1)"
    )
    plan = plan_to(database, "create table t (a int, g int)", make_database)
    lost = [h.subject.sql for h in plan.hazards if h.loses_data]
    assert lost == (["public.t.g"] if server_major < 15 else [])
    laws.run(database, plan)
    assert database.execute("select a, g from t") == [(1, None if lost else 1)]


def test_a_column_whose_type_goes_with_its_expression_is_not_lost_unsaid(
    make_database: MakeDatabase, server_major: int
) -> None:
    """Before 15 PostgreSQL drops the column with that, too, and refuses to give it another type."""
    database = make_database()
    database.load(
        "create type p as (b int); create type e as enum ('x');"
        "create table t (a int, g int generated always as ((row(a)::p).b) stored,"
        "  h text generated always as (coalesce('x'::e, 'x')) stored,"
        "  i e generated always as ('x'::e) stored);"
        "insert into t values (1)"
    )
    plan = plan_to(
        database, "create type e as enum ('x'); create table t (a int, g int, h char, i text)",
        make_database,
    )  # fmt: skip
    lost = [h.subject.sql for h in plan.hazards if h.loses_data]
    assert {"public.t.g", "public.t.h"}.issubset(lost) == (server_major < 15), lost
    laws.run(database, plan)
    kept = [(1, None, None, "x")] if server_major < 15 else [(1, 1, "x", "x")]
    assert database.execute("select a, g, h, i from t") == kept
