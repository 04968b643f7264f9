"""Types that are made anew under rows: what the rows say afterwards, and what is refused."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.core.errors import PlanError
from schemadiff.core.plan import Plan
from schemadiff.render import render
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase

CASES = Path(__file__).parent / "cases"


def rows(database: Database, table: str) -> list[str]:
    """Give the rows of a table as text."""
    return [r[0] for r in database.execute(f"SELECT t::text FROM {table} t ORDER BY 1")]


def moved(make_database: MakeDatabase, case: str) -> tuple[Database, Database]:
    """Give a case's database as it was, and as it is after the script."""
    folder = CASES / case
    before, after = make_database(), make_database()
    for each in (before, after):
        each.load((folder / "before.sql").read_text() + (folder / "seed.sql").read_text())
    after.load(render(laws.plan_for(after, folder / "desired.yaml"), "sql"))
    return before, after


@pytest.mark.parametrize(
    ("case", "tables"),
    [
        ("enum/remove_label_in_use", ("person", "moods", "entry", "ok_people", "by_mood")),
        ("enum/reorder_labels_in_use", ("shirt",)),
        ("enum/remove_label_of_default", ("t",)),
        ("enum/remove_label_of_parts", ("t", "above", "below")),
        ("enum/becomes_domain", ("orders",)),
        ("domain/base_in_use", ("t", "u")),
        ("domain/collation_in_use", ("t",)),
        ("composite/retype_in_use", ("t", "v")),
        ("composite/retype_of_typed_table", ("t", "typed")),
        ("composite/becomes_table_in_use", ("t", "one", "top", "heir", "typed")),
        ("range/subtype_in_use", ("t",)),
        ("range/function_below_in_use", ("t", "p", "h", "u")),
        ("range/canonical_in_use", ("n",)),
        ("base_type/in_use", ("t", "u")),
    ],
)
def test_rows_say_what_they_said(
    make_database: MakeDatabase, case: str, tables: tuple[str, ...]
) -> None:
    """NULL, a composite of NULLs and an empty array are three things and stay so."""
    before, after = moved(make_database, case)
    for table in tables:
        assert sorted(rows(after, table)) == sorted(rows(before, table))
        nulls = f"SELECT count(*) FROM {table} t WHERE t IS NOT DISTINCT FROM NULL"
        assert before.execute(nulls) == after.execute(nulls)


def test_labels_are_renamed_in_rows(make_database: MakeDatabase) -> None:
    """In arrays as well."""
    _, after = moved(make_database, "enum/remove_add_and_rename")
    assert rows(after, "task") == ['(1,open,"{open,done}")', "(2,done,{})"]


def test_attributes_keep_their_values_in_another_order(make_database: MakeDatabase) -> None:
    """Nested too; what is new is NULL, and a NULL of the whole stays one."""
    _, after = moved(make_database, "composite/reorder_in_use")
    assert rows(after, "t") == ['(1,"(one,,1)","(""(two,,2)"",3)")', '(2,,"(,4)")', '(3,"(,,)",)']
    assert after.execute("SELECT id FROM t WHERE a IS NOT DISTINCT FROM NULL") == [(2,)]


def test_elements_of_arrays_keep_their_values_in_another_order(
    make_database: MakeDatabase,
) -> None:
    """Their NULLs and bounds too, and those inside of other types."""
    _, after = moved(make_database, "composite/reorder_in_arrays")
    told = "SELECT x::text, (y).cs::text, (y).n, (((z[1]).cs)[1]).b, q::text FROM t ORDER BY id"
    assert after.execute(told) == [
        ('{"(x,1,)",NULL,"(,,)"}', '{"(y,2,)"}', 5, "z, q", '{"(d,4,)"}'),
        ("{}", None, None, None, None),
        ('[0:1]={"(a,1,)","(b,2,)"}', None, None, None, None),
    ]
    assert after.execute("SELECT id FROM t WHERE y IS NOT DISTINCT FROM NULL") == [(2,)]


def test_elements_of_arrays_go_to_a_type_of_another_order(make_database: MakeDatabase) -> None:
    """Shapes, bounds and NULLs stay, also in the copy of a table that is made anew."""
    _, after = moved(make_database, "composite/goes_to_another_order_in_arrays")
    told = "SELECT x::text, y::text, ((z[1]).cs[1]).b, (z[1]).n FROM t ORDER BY id"
    assert after.execute(told) == [
        ('{"(x,1,)",NULL,"(,,)"}', '("{""(y,2,)""}",5)', "z, q", 7),
        ("{}", None, None, None),
        ('[0:1][2:2]={{"(a,1,)"},{"(b,2,)"}}', "(,)", None, None),
    ]
    found = after.execute("SELECT x::text FROM u ORDER BY id")
    assert found == [*after.execute("SELECT x::text FROM t ORDER BY id"), (None,)]


def test_domains_over_a_type_of_another_order_get_their_values_by_name(
    make_database: MakeDatabase,
) -> None:
    """Also where the columns come from the type, or go to it; the texts would fit, swapped."""
    _, after = moved(make_database, "composite/another_order_as_columns_become_domains")
    told = "SELECT q::text, r::text, x::text, y::text, z::text FROM t ORDER BY id"
    assert after.execute(told) == [
        ("(A,a)", "(B,b)", '{"(C,c)",NULL}', "(D,d)", '{"(E,e)"}'),
        (None, None, None, None, None),
        ("(,)", None, '{{"(F,f)"},{"(G,g)"}}', "(H,)", "{}"),
    ]


def test_bounds_of_ranges_keep_their_values_in_another_order(make_database: MakeDatabase) -> None:
    """Closed, open and missing ones; an empty range and NULL stay what they are."""
    text = """create type c as ({}); create type r as range (subtype = c);
        create table t (id int, x r);"""
    database = make_database()
    database.load(text.format("a int, b int"))
    database.load("""insert into t values (1, r(row(1, 2)::c, row(3, 4)::c, '(]')), (2, null),
        (3, 'empty'), (4, r(null, row(5, 6)::c))""")
    plan = plan_to(database, text.format("b int, a int"), make_database)
    run_whole(database, render(plan, "sql"))
    said = ['(1,"(""(2,1)"",""(4,3)""]")', "(2,)", "(3,empty)", '(4,"(,""(6,5)"")")']
    assert rows(database, "t") == said


def test_ranges_and_domains_keep_their_values_in_arrays_and_multiranges(
    make_database: MakeDatabase,
) -> None:
    """NULLs, missing bounds and what is empty stay what they are, element by element."""
    _, after = moved(make_database, "range/reordered_bounds_of_many")
    told = "SELECT p::text, rs::text, m::text, ms::text, ds::text FROM t ORDER BY id"
    assert after.execute(told) == [
        (
            '{"(7,1)",NULL}',
            r'{"[\"(5,1)\",)",NULL,empty}',
            '{(,"(5,1)"),["(6,2)","(7,3)")}',
            r'{"{[\"(5,1)\",\"(7,2)\")}","{}"}',
            r'{"[\"(5,1)\",\"(7,2)\")"}',
        ),
        ("{}", "{}", "{}", "{}", "{}"),
        (None, None, None, None, None),
    ]


def test_arrays_of_more_dimensions_keep_them_and_their_bounds(
    make_database: MakeDatabase,
) -> None:
    """Below a domain and in a range as well, and of a domain that takes no NULL."""
    text = """create type "c'%" as ({}); create domain d as "c'%"[];
        create domain n as "c'%" not null;
        create type r as range (subtype = "c'%"); create table t (x d, y n[], z r[]);"""
    database = make_database()
    database.load(text.format("a int, b text"))
    database.load("""insert into t values ('[2:3][0:1]={{"(1,x)",NULL},{"(,)","(2,y)"}}',
        '{{{"(3,z)"}}}', array[['["(1,)","(2,)")', null]]::r[]), ('{}', '{}', null)""")
    plan = plan_to(database, text.format("b text, a int"), make_database)
    run_whole(database, render(plan, "sql"))
    assert database.execute("SELECT x::text, y::text, z::text FROM t") == [
        (
            '[2:3][0:1]={{"(x,1)",NULL},{"(,)","(y,2)"}}',
            '{{{"(z,3)"}}}',
            r'{{"[\"(,1)\",\"(,2)\")",NULL}}',
        ),
        ("{}", "{}", None),
    ]


def test_values_wait_as_texts_while_their_table_is_made_anew(make_database: MakeDatabase) -> None:
    """Arrays of any shape, ranges and multiranges, field by field."""
    _, after = moved(make_database, "composite/reorder_in_tables_made_anew")
    assert rows(after, "typed") == ["(,,2)", "(,x,1)"]
    assert rows(after, "holds") == ['(,,"(,,)")', '(1,"(,y,1)","(,z,2)")']
    told = "SELECT k::text, x::text, y::text, z::text, m::text FROM parted ORDER BY (k).a"
    assert after.execute(told) == [
        (
            "(,a,1)",
            r'[2:3][0:1]={{"(,\"q \"\"\\\\\",1)",NULL},{"(,,)","(,r,2)"}}',
            '{"(,,3)"}',
            r'("(,""s,"",1)",)',
            '{["(,a,1)","(,b,2)")}',
        ),
        ("(,b,2)", "{}", None, "empty", "{}"),
    ]


def test_rows_of_views_and_tables_keep_their_values_in_columns(
    make_database: MakeDatabase,
) -> None:
    """By the names of the columns; what the view loses is lost, and the plan says so."""
    before, after = moved(make_database, "view/rows_in_columns")
    told = "SELECT x::text, y::text, z::text, (w).v::text, (w).m::text FROM t ORDER BY id"
    assert after.execute(told) == [
        ("(3,1,)", '{"(6,4,)",NULL}', '{"(8,7,)"}', '{"(3,2,)"}', "(5,4)"),
        (None, "{}", None, None, None),
    ]
    assert rows(after, "s") == rows(before, "s")
    assert rows(after, "h") == ['("{""(2,)""}")']
    plan = laws.plan_for(before, CASES / "view/rows_in_columns/desired.yaml")
    (lost,) = [h.message for h in plan.hazards if h.code == "SD105"]
    columns = "public.t.x, public.t.y, public.t.w, public.t.z"
    assert lost.startswith(f"The values of attribute q in {columns} are lost.")


def test_values_wait_as_texts_in_their_place(make_database: MakeDatabase) -> None:
    """Where tables inherit: rows of heirs and parts too, whose columns may be in any order."""
    _, after = moved(make_database, "table/rows_inside_of_heirs")
    assert rows(after, "top") == [
        '(1,"(1,x,5,)","{""(2,q,3,)""}","(4,s)")',
        '(2,"(1,y,6,)",,)',
        '(3,"(1,z,7,)",{},"(,)")',
    ]
    assert after.execute("SELECT m::text, m1::text FROM below") == [
        ('{"(2020-01-01,8)",NULL}', "(2020-01-02,9)")
    ]
    assert after.execute("SELECT (t).v::text, b[1].z, (b[1].m)[1].n FROM rows_of") == [
        ("(1,y,6,)", 5, 8)
    ]
    _, after = moved(make_database, "table/rows_inside_of_other_kinds")
    assert rows(after, "kept") == ['(1,"(y,1)","{""(2,)""}","(3,b)")']
    assert after.execute("SELECT v::text, p::text FROM top ORDER BY v") == [
        ("(,1)", '{"(3,b)",NULL}'),
        (None, "{}"),
    ]


def plan_to(database: Database, text: str, make_database: MakeDatabase) -> Plan:
    """Plan from one database to what a script makes."""
    desired = make_database()
    desired.load(text)
    return laws.plan_between(database, desired)


def run_whole(database: Database, script: str) -> None:
    """Run a script as one text, so that PostgreSQL's own error arrives here."""
    with database.connect() as connection:
        connection.execute(script.encode())


HELD = """
    create type e as enum ('a', 'b', 'c');
    create domain d as e;
    create table t (x e, y e[], z d);
    create view v as select x from t;
"""


@pytest.mark.parametrize(
    ("values", "column"),
    [("'b', null, null", "x"), ("'a', '{a,b}', null", "y"), ("'a', '{}', 'b'", "z")],
)
def test_a_label_that_rows_hold_is_refused(
    make_database: MakeDatabase, tmp_path: Path, values: str, column: str
) -> None:
    """The message names table, column and label, and nothing is changed."""
    database = make_database()
    database.load(f"{HELD}insert into t values ({values});")
    known = laws.dump(database)
    plan = plan_to(database, HELD.replace("'b', ", ""), make_database)
    assert [h.flag for h in plan.hazards if h.loses_data] == ["--allow narrow-type:e"]
    message = f"rows of public.t still hold the label 'b' of public.e in column {column}"
    with pytest.raises(psycopg.errors.CheckViolation, match=message):
        run_whole(database, render(plan, "sql"))
    assert laws.dump(database) == known


def test_a_label_inside_of_a_composite_is_refused(make_database: MakeDatabase) -> None:
    """There PostgreSQL itself refuses the value."""
    text = "create type e as enum ('a', 'b'); create type c as (x e); create table t (c c);"
    database = make_database()
    database.load(f"{text} insert into t values (row('b'));")
    plan = plan_to(database, text.replace(", 'b'", ""), make_database)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=r'enum public\.e: "b"'):
        run_whole(database, render(plan, "sql"))
    assert rows(database, "t") == ['("(b)")']


@pytest.mark.parametrize("order", ["p, q", "q, p"])
@pytest.mark.parametrize("types", [("int", "bigint"), ("e", "e")])
def test_an_heir_keeps_values_that_one_of_its_tables_gives_up(
    make_database: MakeDatabase, order: str, types: tuple[str, str]
) -> None:
    """It leaves that one while the type changes, and not the one that it goes on having it from."""
    text = "create type e as enum ({}); create table p (v {}); create table q ({});"
    text += f"create table h (id int) inherits ({order});"
    database = make_database()
    database.load(text.format("'1', '2'", types[0], f"v {types[0]}"))
    database.load("insert into h (id, v) values (1, '2')")
    plan = plan_to(database, text.format("'2', '1'", types[1], "z int"), make_database)
    assert [h.subject.sql for h in plan.hazards if h.loses_data] == ["public.q.v"]
    laws.run(database, plan)
    assert database.execute("select id, v::text, z from h") == [(1, "2", None)]


REFUSED = {
    "a composite that becomes a domain": (
        "create {}; create table t (x c);",
        "type c as (a int)",
        "domain c as int",
        "SD060",
    ),
    "a domain that becomes a composite, below another": (
        "create {}; create domain d as c; create table t (x d);",
        "domain c as int",
        "type c as (a int)",
        "SD060",
    ),
}


@pytest.mark.parametrize("after", ["b text, a point", "a point, b text"])
def test_a_column_of_a_typed_table_without_a_way(make_database: MakeDatabase, after: str) -> None:
    """Its values are lost, which the plan says, and those beside it go on."""
    database, text = make_database(), "create type c as ({}); create table t of c;"
    database.load(text.format("a int, b text") + "insert into t values (1, 'x'), (2, 'y')")
    plan = plan_to(database, text.format(after), make_database)
    lost = [h for h in plan.hazards if h.loses_data]
    assert [(h.code, h.subject.name) for h in lost] == [("SD102", "a")]
    laws.run(database, plan)
    assert database.execute("select b, a from t order by b") == [("x", None), ("y", None)]


@pytest.mark.parametrize("after", ["b text, a point", "a point, b text"])
def test_a_column_of_a_typed_table_without_a_way_is_not_null(
    make_database: MakeDatabase, after: str
) -> None:
    """Its default is its new value, in the place that the type has for it; or there is no row."""
    text = "create type c as ({}); create table t of c (a with options {} not null);"
    given, made = make_database(), make_database()
    for each in (given, made):
        each.load(text.format("a int, b text", ""))
    given.load("insert into t values (1, 'x'), (2, 'y')")
    for database, said in ((given, "default '(1,2)'"), (made, "")):
        plan = plan_to(database, text.format(after, said), make_database)
        lost = [h for h in plan.hazards if h.loses_data]
        assert [(h.code, h.subject.name) for h in lost] == [("SD102", "a")]
        laws.run(database, plan)
        script = render(plan, "sql")
        database.load(script)
        assert plan_to(database, text.format(after, said), make_database).empty
    told = [("x", "(1,2)"), ("y", "(1,2)")]
    assert given.execute("select b, a::text from t order by b") == told
    assert made.execute("select b, a from t") == []


def test_a_column_of_a_typed_table_is_not_null_and_nothing_says_how(
    make_database: MakeDatabase,
) -> None:
    database = make_database()
    text = "create type c as ({}); create table t of c (a with options not null);"
    database.load(text.format("a int, b text") + "insert into t values (1, 'x')")
    with pytest.raises(PlanError) as error:
        plan_to(database, text.format("b text, a point"), make_database)
    assert [d.code for d in error.value.diagnostics] == ["SD069"]


@pytest.mark.parametrize("what", REFUSED)
def test_what_postgresql_cannot_move_is_refused(make_database: MakeDatabase, what: str) -> None:
    """When the plan is made, with the reason."""
    text, before, after, code = REFUSED[what]
    database = make_database()
    database.load(text.format(before))
    with pytest.raises(PlanError) as error:
        plan_to(database, text.format(after), make_database)
    assert error.value.diagnostics[0].code == code


def test_an_extension_that_stays_where_it_was_made(
    make_database: MakeDatabase, binaries: Binaries
) -> None:
    """PostgreSQL would only say so when the plan is applied."""
    if "xml2" not in binaries.extensions:
        pytest.skip("this server has no contrib")
    database = make_database()
    database.load("create schema a; create schema b; create extension xml2 schema a;")
    text = "create schema a; create schema b; create extension xml2 schema b;"
    with pytest.raises(PlanError) as error:
        plan_to(database, text, make_database)
    assert error.value.diagnostics[0].code == "SD082"
