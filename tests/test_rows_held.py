"""Rows of tables that columns of others hold, while the columns of those tables change places."""

from __future__ import annotations

from tests import laws
from tests.plugins.postgres import MakeDatabase
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
