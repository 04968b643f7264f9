"""A type to which there is no cast is refused when it is planned, not when it is applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.shadow import brought
from tests import laws
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database, MakeDatabase

T = """\
enums:
  e: [a, b]
tables:
  t:
    columns:
      id: bigint primary key
      d: {type: DTYPE}
      x: {type: XTYPE}
ranges:
  of_e: e
"""


def plan(cli: Cli, project: Path, d: str, x: str) -> tuple[int, str, str]:
    (project / "schemas" / "salons.yaml").write_text(T.replace("DTYPE", d).replace("XTYPE", x))
    result = cli("plan", "--format", "sql")
    return result.code, result.out, result.err


def test_a_missing_cast_is_refused_with_its_place(project: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (id bigint primary key, d int, x uuid)")
    code, out, err = plan(cli, project, "jsonb", "inet")
    assert (code, out) == (1, "")
    assert "schemas/salons.yaml:7:7 SD077 column public.t.d: PostgreSQL says: cannot cast" in err
    assert "schemas/salons.yaml:8:7 SD077 column public.t.x" in err
    code, out, err = plan(cli, project, "jsonb, using: to_jsonb(d)", "uuid")
    assert code == 0, err
    assert "to_jsonb(d)" in out
    _, _, err = plan(cli, project, "e", "of_e")  # types that are not there yet
    assert "SD077 column public.t.d" not in err  # an enum reads texts
    assert "SD077 column public.t.x: PostgreSQL says: cannot cast type uuid to public.of_e" in err


def test_a_missing_cast_of_a_type_that_gets_another_name(
    project: Path, live: Database, cli: Cli
) -> None:
    live.execute(
        "create type old as enum ('a'); create type r as range (subtype = time);"
        "create table t (a int, c r)"
    )
    (project / "schemas" / "salons.yaml").write_text(
        "enums: {new: {labels: [a], renamed_from: old}}\n"
        "ranges: {r: {subtype: time, multirange: rs}}\n"
        "tables: {t: {columns: {a: new, c: rs}}}\n"
    )
    err = cli("plan").err
    assert "SD077 column public.t.a: PostgreSQL says: cannot cast type integer to public.new" in err
    assert "SD077 column public.t.c" not in err  # each range is a multirange


def test_what_is_made_anew_becomes_no_array_of_itself(
    project: Path, live: Database, cli: Cli
) -> None:
    """Nor a value of its array: PostgreSQL has no such cast of the old form either."""
    live.load(
        "create type e as enum ('a', 'b'); create type f as enum ('a', 'b');"
        "create table t (a e, b f[], c e)"
    )
    (project / "schemas" / "salons.yaml").write_text(
        "enums: {e: [b], f: [b]}\ntables: {t: {columns: {a: 'e[]', b: f, c: e}}}\n"
    )
    err = cli("plan").err
    assert "SD077 column public.t.a: PostgreSQL says: cannot cast type public.e to" in err
    assert "SD077 column public.t.b: PostgreSQL says: cannot cast type public.f[] to" in err
    assert "SD077 column public.t.c" not in err


def test_a_missing_cast_of_a_field_that_rows_hold(project: Path, live: Database, cli: Cli) -> None:
    """Nothing is asked where no column has values; another type takes them as `using:` says."""
    live.load("create type f as (p int, q text); create type c as (x int, y date)")
    files = project / "schemas" / "salons.yaml"
    types = "composites:\n  f: {p: int, q: text}\n  c: {x: f, y: date}\n"
    table = "tables: {t: {columns: {id: int, v: TYPE}}}\n"
    files.write_text(types)
    assert cli("plan").code == 0
    live.load("create type d as (c c); create table t (id int, v d[])")
    live.load("insert into t values (1, array[row(row(7, '2020-01-01'))::d])")
    files.write_text(types + "  d: {c: c}\n" + table.replace("TYPE", "'d[]'"))
    said = cli("plan").err
    assert "3:3 SD077 composite public.c: PostgreSQL says: cannot cast type integer to" in said
    assert "make another composite type, and give it to the columns with `using:`" in said
    new = "row(row((((v)[1]).c).x, null)::f, (((v)[1]).c).y)::c"
    files.write_text(types + table.replace("TYPE", f"{{type: c, using: '{new}'}}"))
    done = cli("apply", "--yes", "--allow", "all")
    assert done.code == 0, done.err
    assert live.execute("select v::text from t") == [('("(7,)",2020-01-01)',)]


def test_a_value_may_become_an_array_and_back(project: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (id bigint primary key, d int, x uuid[])")
    live.execute("insert into t values (1, 2, '{00000000-0000-0000-0000-000000000003}')")
    _, _, err = plan(cli, project, "'int[]'", "uuid")
    told = ("array[d]", "x[1]")
    assert [each for each in told if f"such as `using: {each}`" not in err] == []
    plan(cli, project, "'int[]', using: 'array[d]'", "uuid, using: 'x[1]'")
    done = cli("apply", "--yes", "--allow", "all")
    assert done.code == 0, done.err
    assert live.execute("select d, x::text from t") == [([2], f"{0:08}-0000-0000-0000-{3:012}")]


def test_a_value_of_a_type_of_ones_own_is_no_text_of_an_array(
    project: Path, live: Database, cli: Cli
) -> None:
    live.load("create type r as range (subtype = int4); create type e as enum ('a', 'b')")
    live.load("create table t (id int, r r, e e, rs r[], es e[])")
    live.load("insert into t values (1, '[1,2)', 'b', '{\"[3,4)\"}', '{a}')")
    text = """ranges: {r: {subtype: integer}}
enums: {e: [a, b]}
tables: {t: {columns: {id: int, r: {type: 'r[]'%s}, e: {type: 'e[]'%s}, rs: {type: r%s},
  es: {type: e%s}}}}
"""
    files = project / "schemas" / "salons.yaml"
    files.write_text(text % ("", "", "", ""))
    err = cli("plan").err
    for each in ("array[r]", "array[e]", "rs[1]", "es[1]"):
        assert f"such as `using: {each}`" in err, err
    files.write_text(
        text
        % (", using: 'array[r]'", ", using: 'array[e]'", ", using: 'rs[1]'", ", using: 'es[1]'")
    )
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select r::text, e::text, rs::text, es::text from t") == [
        ('{"[1,2)"}', "{b}", "[3,4)", "a")
    ]


def test_a_missing_cast_in_a_table_that_is_made_anew(
    project: Path, live: Database, cli: Cli
) -> None:
    live.load("create table u (id int, y int4range) partition by list (id)")
    live.load("create table u1 partition of u default; insert into u values (1, '[1,2)')")
    files = project / "schemas" / "salons.yaml"
    text = "tables:\n  u:\n    partition_by: range (id)\n    columns: {id: int, y: int8range}\n"
    files.write_text(f"{text}  u1: {{partition_of: u, bound: default}}\n")
    assert "4:24 SD077 column public.u.y" in cli("plan").err
    said = "{type: int8range, using: 'int8range(lower(y), upper(y))'}"
    files.write_text(files.read_text().replace("int8range}", f"{said}}}"))
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select id, y::text from u") == [(1, "[1,2)")]


def test_a_missing_cast_in_a_table_that_is_made_anew_whose_rows_lose_a_field_elsewhere(
    project: Path, live: Database, cli: Cli
) -> None:
    """That the field is lost in what holds such rows is no loss of the table's own rows."""
    live.load("create table o (a int, b bytea) partition by list (a); create table h (c o)")
    (project / "schemas" / "salons.yaml").write_text(
        "tables:\n  o: {columns: {b: 'int[]'}}\n  h: {columns: {c: o}}\n"
    )
    said = cli("plan").err
    assert "2:17 SD077 column public.o.b: PostgreSQL says: cannot cast type bytea to" in said


def test_a_generated_column_that_comes_again_goes_on_in_rows_held_where_it_can(
    project: Path, live: Database, cli: Cli
) -> None:
    """What no rule turns into the new type is told as lost."""
    text = "tables:\n  p: {columns: {id: int, c: int, b: TYPE generated always as (SAID) stored}}\n"
    files = project / "schemas" / "salons.yaml"

    def applied(type_: str, said: str) -> str:
        wanted = text.replace("TYPE", type_).replace("SAID", said)
        files.write_text(wanted + "  h: {columns: {r: p}}\n")
        result = cli("apply", "--yes", "--allow", "all")
        assert result.code == 0, result.err
        return result.out

    applied("int", "c * 2")
    live.execute("insert into h values ('(1,2,3)')")
    assert "are lost" not in applied("text", "'x'")
    assert live.execute("select r::text from h") == [("(1,2,3)",)]
    assert "The values of attribute b in public.h.r are lost" in applied("int", "id")
    assert live.execute("select r::text from h") == [("(1,2,)",)]


def test_a_type_whose_name_waits_for_its_form_is_not_there_yet(
    project: Path, live: Database, cli: Cli
) -> None:
    """Before 16 to ask for such a type by its name is an error."""
    live.execute("create type e; create table t (id bigint primary key, d int, x text)")
    code, out, err = plan(cli, project, "text", "e")
    assert code == 0, err
    assert "ALTER COLUMN x TYPE public.e" in out


def test_what_can_be_converted_is_planned(project: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (id bigint primary key, d int, x text)")
    code, out, err = plan(cli, project, "text", "e")  # a type that is not there yet
    assert code == 0, err
    assert "ALTER COLUMN x TYPE public.e" in out


def test_a_column_that_using_names_in_vain(project: Path, live: Database, cli: Cli) -> None:
    """It sees the names after the renames, and columns that go."""
    live.execute(
        'create table t (id bigint primary key, "oldD" text, y int) partition by range (id);'
        "create table t1 partition of t for values from (0) to (10)"
    )
    files = project / "schemas" / "salons.yaml"
    text = (
        "tables:\n  t:\n    partition_by: range (id)\n    columns:\n      id: bigint primary key\n"
        "      d: {type: int, renamed_from: oldD, using: 'd::int + y + 1'}\n"
        "  t1: {partition_of: t, bound: for values from (0) to (10)}\n"
    )
    files.write_text(text)
    assert cli("plan").code == 0
    files.write_text(text.replace("'d::int", '\'"oldD"::int'))
    said = cli("plan")
    assert said.code == 1
    assert 'SD074 column public.t.d: PostgreSQL says: column "oldD" does not exist' in said.err
    assert "as they are called after the renames" in said.err


def test_between_databases_what_has_no_conversion_is_made_anew(
    project: Path, live: Database, cli: Cli, make_database: MakeDatabase
) -> None:
    """Nobody can say `using:` there; the loss is declared, and is none again in a second run."""
    made = "create table t (id int primary key, d {0}, e int);"
    made += " create index on t (d); create view v as select d from t;"
    new = "create type s as enum ('1', '2');" + made.format("jsonb").replace("e int", "e s")
    wanted = make_database()
    live.load(made.format("int") + "insert into t values (1, 7, 2)")
    wanted.load(new)
    result = cli("diff", live.url, wanted.url, "--format", "sql")
    assert result.code == 0, result.err
    assert "PostgreSQL has no conversion from integer to jsonb" in result.out
    assert cli("diff", live.url, wanted.url, "--detailed-exitcode").code == 3
    for row in (None, 5), (8, 8):
        live.load(result.out)
        assert laws.dump(live) == laws.dump(wanted)
        assert live.execute("select d, e::text from t") == [(row[0], "2")]
        live.execute("update t set d = '8'")


def test_texts_of_elements_are_no_rows_of_a_table_that_changes(
    live: Database, cli: Cli, make_database: MakeDatabase
) -> None:
    made = "create type e as enum ('a'); create table o (n int{0}); create table t (id int, d {1})"
    wanted = make_database()
    live.load(made.format("", "e[]"))
    wanted.load(made.format(", m int", "o"))
    live.execute("insert into t values (1, array['a'::e])")
    result = cli("diff", live.url, wanted.url, "--format", "sql")
    assert result.code == 0, result.err
    assert "PostgreSQL has no conversion from public.e[] to public.o" in result.out
    live.load(result.out)
    assert laws.dump(live) == laws.dump(wanted)
    assert live.execute("select id, d from t") == [(1, None)]


def test_the_way_back_from_what_using_said(project: Path, live: Database, cli: Cli) -> None:
    live.load(
        "create type e as enum ('a', 'b');"
        "create table t (id bigint primary key, d int, x int); insert into t values (1, 2, 3)"
    )
    before = laws.dump(live)
    said = "uuid, using: md5(x::text)::uuid"
    (project / "schemas" / "salons.yaml").write_text(
        T.replace("DTYPE", "int").replace("XTYPE", said)
    )
    back = cli("plan", "--reverse", "--format", "sql")
    assert back.code == 0, back.err
    assert "PostgreSQL has no conversion from uuid to integer" in back.out
    assert cli("apply", "--yes", "--allow", "all").code == 0
    live.load(back.out)
    assert laws.dump(live) == before
    assert live.execute("select id, d, x from t") == [(1, 2, None)]


def test_an_array_of_a_composite_goes_to_another_order_by_names(
    project: Path, live: Database, cli: Cli
) -> None:
    live.load("create type c as (a text, b text); create table t (id bigint primary key, x c[])")
    live.load("insert into t values (1, array[row('A', 'B')::c]), (2, '{}')")
    files = project / "schemas" / "salons.yaml"
    text = "tables:\n  t: {columns: {id: bigint primary key, x: 'TYPE'}}\n"
    # One value of many: only the user knows which.
    files.write_text(text.replace("TYPE", "d") + "composites:\n  d: {b: text, a: text}\n")
    wrong = cli("plan").err
    assert "schemas/salons.yaml:2:" in wrong
    assert "SD077 column public.t.x: the attributes of composite public.d are not those" in wrong
    text = text.replace("TYPE", "d[]")
    files.write_text(text + "composites:\n  d: {b: text, a: text}\n  c: {a: text, b: text}\n")
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select (x[1]).a, (x[1]).b from t order by id") == [("A", "B"), (None,) * 2]
    renamed = "{renamed_from: d, attributes: {a: text, b: text}}"  # in its place
    files.write_text(text.replace("d[]", "e[]") + f"composites:\n  e: {renamed}\n")
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select (x[1]).a, (x[1]).b from t order by id") == [("A", "B"), (None,) * 2]


def test_rows_are_asked_whether_elements_fit_another_type(
    project: Path, live: Database, cli: Cli
) -> None:
    """Before there is a function that converts them; an empty array is not NULL."""
    live.load("create type c as (a text, b text); create type d as (b text, a integer)")
    live.load("create table t (id bigint primary key, x c[] not null)")
    live.load("insert into t values (1, array[row('A', 'B')::c, null]), (2, '{}')")
    (project / "schemas" / "salons.yaml").write_text(
        "tables:\n  t: {columns: {id: bigint primary key, x: {type: 'd[]', not_null: true}}}\n"
        "composites:\n  c: {a: text, b: text}\n  d: {b: text, a: integer}\n"
    )
    refused = cli("apply", "--yes", "--allow", "all")
    assert refused.code == 1
    assert "SD314" in refused.err
    assert 'invalid input syntax for type integer: "A"' in refused.err
    live.execute("update t set x[1].a = '7' where id = 1")
    assert cli("apply", "--yes", "--allow", "all").code == 0
    told = [('{"(B,7)",NULL}',), ("{}",)]
    assert live.execute("select x::text from t order by id") == told


def test_a_type_that_changes_is_judged_in_the_form_that_it_will_have(
    bare: Path, live: Database, cli: Cli
) -> None:
    live.load("create domain m as text; create table t (a jsonb, b jsonb, c m, d m)")
    live.load("""insert into t values ('{"x": 1}', '{"y": 2}', '3', '4')""")
    (bare / "schemas").mkdir()
    files = bare / "schemas" / "all.yaml"
    before = "domains: {m: text}\ntables: {t: {columns: {a: jsonb, b: jsonb, c: m, d: m}}}\n"
    files.write_text(before.replace("m: text", "m: date").replace("a: jsonb", "a: m"))
    result = cli("plan")
    assert "SD077 column public.t.a: PostgreSQL says: cannot cast type jsonb to" in result.err
    # Neither the cast to the one that it was, nor that from the one that it will be, is meant.
    files.write_text(before.replace("m: text", "m: date").replace("c: m", "c: jsonb"))
    result = cli("plan")
    assert result.code == 0, result.err
    live.load("drop table t; drop domain m; create domain m as date")
    live.load("create table t (a jsonb, b jsonb, c m, d m)")
    live.load("""insert into t values ('{"x": 1}', '{"y": 2}')""")
    files.write_text(before.replace("m: text", "m: jsonb").replace("a: jsonb", "a: m"))
    result = cli("plan")
    assert "SD077 domain public.m: PostgreSQL says: cannot cast type date to jsonb" in result.err
    assert "make another domain" in result.err
    live.load("alter table t drop column c, drop column d; alter table t add c text, add d text")
    files.write_text(files.read_text().replace("c: m, d: m", "c: text, d: text"))
    result = cli("apply", "--yes", "--allow", "all")
    assert result.code == 0, result.err
    assert live.execute("select a, b from t") == [({"x": 1}, {"y": 2})]


def test_rows_of_a_table_that_is_new_are_no_numbers(bare: Path, live: Database, cli: Cli) -> None:
    live.load("create table t (a real, b int)")
    (bare / "schemas").mkdir()
    text = "tables:\n  t: {columns: {a: 'u[]', b: int}}\n  u: {columns: {x: int}}\n"
    (bare / "schemas" / "all.yaml").write_text(text)
    result = cli("plan")
    assert result.code == 1
    assert "SD077 column public.t.a: PostgreSQL says: cannot cast type real to" in result.err


def test_a_key_is_compared_by_the_type_that_there_will_be(
    bare: Path, live: Database, cli: Cli
) -> None:
    live.load("create type y as range (subtype = text); create table a (x int primary key)")
    (bare / "schemas").mkdir()
    text = "domains: {y: TYPE}\ntables:\n  a: {columns: {x: int primary key}}\n"
    text += "  b: {columns: {c: y references a(x)}}\n"
    (bare / "schemas" / "all.yaml").write_text(text.replace("TYPE", "jsonb"))
    result = cli("plan")
    assert "SD074 foreign key public.b.b_c_fkey: PostgreSQL says: " in result.err
    (bare / "schemas" / "all.yaml").write_text(text.replace("TYPE", "bigint"))
    result = cli("apply", "--yes", "--allow", "all")
    assert result.code == 0, result.err


def test_a_field_that_has_no_cast(bare: Path, live: Database, cli: Cli) -> None:
    live.load("create type c as (a text[], b int, d date); create table t (x c)")
    (bare / "schemas").mkdir()
    text = "composites:\n  c: {a: 'text[]', b: int, d: date}\n  k: {n: int}\n"
    text += "  e: {d: D, b: bigint, a: A}\ntables: {t: {columns: {x: e}}}\n"
    files = bare / "schemas" / "all.yaml"
    files.write_text(text.replace("D", "date").replace("A", "k"))
    result = cli("plan")
    assert "SD077 column public.t.x: PostgreSQL says: cannot cast type text[] to" in result.err
    files.write_text(text.replace("D", "boolean").replace("A", "'text[]'"))
    result = cli("plan")
    assert "SD077 column public.t.x: PostgreSQL says: cannot cast type date to" in result.err
    files.write_text(text.replace("D", "timestamp").replace("A", "text"))
    result = cli("apply", "--yes", "--allow", "all")
    assert result.code == 0, result.err


def test_a_key_takes_what_only_its_rows_will_compare(bare: Path, live: Database, cli: Cli) -> None:
    live.load("create domain place as point; create table t (a point[], b place[], c int)")
    (bare / "schemas").mkdir()
    text = "domains: {place: point, places: 'point[]'}\ntables:\n  t:\n"
    text += "    columns: {a: 'point[]', b: 'place[]', c: int, d: places}\n"
    text += "    unique: {t_a: [a], t_b: [b], t_d: [d]}\n"
    (bare / "schemas" / "all.yaml").write_text(text)
    result = cli("apply", "--yes")
    assert result.code == 0, result.err


def test_a_missing_cast_of_what_comes_or_came_from_a_table_above(
    bare: Path, live: Database, cli: Cli
) -> None:
    live.load("create table t (d time, e int) partition by list (e)")
    live.load("create table p partition of t for values in (1)")
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text("tables:\n  p: {columns: {d: int, e: int}}\n")
    result = cli("plan")
    assert "SD077 column public.p.d: PostgreSQL says: cannot cast type time" in result.err
    live.load("drop table t; create table p (d int, e int)")
    (bare / "schemas" / "all.yaml").write_text(
        "tables:\n  t: {columns: {d: time, e: int}}\n  p: {inherits: [t]}\n"
    )
    result = cli("plan")
    assert "SD077 column public.p.d: PostgreSQL says: cannot cast type integer" in result.err
    (bare / "schemas" / "all.yaml").write_text(
        "enums: {y: [a]}\ntables:\n  t: {columns: {d: y, e: int}}\n  p: {inherits: [t]}\n"
    )
    result = cli("plan")
    assert "SD077 column public.p.d: PostgreSQL says: cannot cast type integer" in result.err


def test_types_that_stay_are_asked_of_without_a_scratch_database(
    bare: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.load("create type e as enum ('a', 'b'); create table t (v text, w int)")
    (bare / "schemas").mkdir()
    text = "enums: {e: [a, b]}\ntables: {t: {columns: {v: e, w: int}}}\n"
    (bare / "schemas" / "all.yaml").write_text(text)
    monkeypatch.setattr(brought, "in_scratch", lambda *_: pytest.fail("nothing is new"))
    result = cli("plan")
    assert result.code == 0, result.err
    assert "TYPE public.e" in result.out
