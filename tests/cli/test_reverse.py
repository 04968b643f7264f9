from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import laws
from tests.cli.conftest import Cli
from tests.extent import some
from tests.plugins.postgres import CloneDatabase, Database
from tests.published import validator

CASES = Path(__file__).parent.parent / "cases"
# Those with a case.yaml have settings, extensions or a lowest version of their own.
FOUND = [
    p.parent
    for p in sorted(CASES.glob("*/*/desired.yaml"))
    if not p.with_name("case.yaml").exists()
]
# Those that once came back otherwise, and some.
BACK = tuple(
    CASES / name
    for name in (
        "column/renamed_in_all_that_heirs_have_it_from",
        "column/using_has_no_way_back",
        "composite/reorder_above_heirs",
        "foreign_key/alters_while_target_key_changes",
        "index/of_part_and_whole_alike",
        "online/attach",
        "partition/parts_become_heirs",
        "partition/using_reads_rows_into_type_that_changes",
        "primary_key/under_foreign_keys",
        "sequence/of_identity",
        "sequence/serial_beside_its_name",
        "table/column_moves_up_to_parent",
        "table/rename_and_new_of_another_counter",
        "table/rename_with_view_of_old_name",
        "table/rows_inside_of_heirs",
        "table/rows_inside_of_heirs_renamed",
        "table/typed_renamed",
    )
)
CHOSEN = sorted({*BACK, *some(FOUND, 48)})
# Their files say less of a row than a new one needs.
OVER_ROWS = CASES / "rows/traded"


def _there_and_back(live: Database, cli: Cli, schemas: Path) -> None:
    before = laws.Standing(live)
    arguments = ("--schemas", str(schemas), "--allow", "all")
    there = cli("plan", *arguments, "--format", "sql")
    back = cli("plan", *arguments, "--reverse", "--format", "sql")
    assert (there.code, back.code) == (0, 0), there.err + back.err
    assert before.stands()
    live.load(there.out)
    live.load(back.out)
    assert before.stands(), back.out
    live.load(back.out)
    assert before.stands(), f"a second run changed something\n{back.out}"


@pytest.mark.parametrize("case", CHOSEN, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_there_and_back(case: Path, live: Database, cli: Cli) -> None:
    live.load(case / "before.sql")
    if case == OVER_ROWS:
        live.load(case / "seed.sql")
    _there_and_back(live, cli, case / "desired.yaml")


# Those whose values once came back otherwise, or stopped the script, and some.
HELD = tuple(
    CASES / name for name in ("column/rename_in_a_chain", "enum/becomes_domain", "online/type_keys")
)
# A canonical function, once it comes, writes equal ranges in one way, and that stays.
WRITTEN_ANEW = CASES / "range/canonical_in_use"
SEEDED = [c for c in FOUND if c.joinpath("seed.sql").exists() and c != WRITTEN_ANEW]


@pytest.mark.parametrize(
    "case", sorted({*HELD, *some(SEEDED, 48)}), ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_rows_return(case: Path, live: Database, cli: Cli) -> None:
    """What the plan does not take for good is there again; what it does is told."""
    live.load(case / "before.sql")
    live.load(case / "seed.sql")
    rows = _rows(live)
    arguments = ("--schemas", str(case / "desired.yaml"), "--allow", "all")
    there = cli("plan", *arguments, "--format", "sql")
    back = cli("plan", *arguments, "--reverse", "--format", "sql")
    assert (there.code, back.code) == (0, 0), there.err + back.err
    if "SD222" in back.out or "The values of attribute" in back.out:
        return
    live.load(there.out)
    live.load(back.out)
    assert _rows(live) == rows, back.out


def _rows(database: Database) -> dict[str, list[str]]:
    """Give the rows of all tables, whatever order they and their columns are in."""
    tables = database.execute(
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind = 'r' and n.nspname not like 'pg_%' and n.nspname <> 'information_schema'"
    )
    return {
        table: [
            json.dumps(row, sort_keys=True)
            for (row,) in database.execute(f"select to_jsonb(t) from only {table} t order by 1")
        ]
        for (table,) in tables
    }


def test_renames_are_taken_back(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create table shops (id int primary key, title text);"
        "create view v as select title from shops; create index on shops (title)"
    )
    file = bare / "s.yaml"
    file.write_text(
        "tables:\n  salons:\n    renamed_from: shops\n    columns:\n      id: int primary key\n"
        "      name: {type: text, not_null: true, renamed_from: title}\n"
        "    indexes:\n      shops_title_idx: {columns: [name]}\n"
        "views:\n  v:\n    query: SELECT name AS title FROM salons\n"
    )
    assert cli("plan", "--schemas", "s.yaml").code == 0
    live.execute("insert into shops values (1, 'x')")
    there = cli("plan", "--schemas", "s.yaml", "--format", "sql")
    back = cli("plan", "--schemas", "s.yaml", "--reverse", "--format", "sql")
    assert back.code == 0, back.err
    before = laws.dump(live)
    live.load(there.out)
    live.load(back.out)
    assert laws.dump(live) == before, back.out
    assert live.execute("select title from shops") == [("x",)]
    live.load(back.out)
    assert laws.dump(live) == before


def test_rows_return_to_a_name_that_the_plan_gave_away(
    bare: Path, live: Database, cli: Cli
) -> None:
    live.execute("create table t (id serial primary key, a text)")
    live.execute("insert into t (a) values ('x')")
    file = bare / "s.yaml"
    file.write_text(
        "tables:\n  was: {renamed_from: t, columns: {id: serial primary key, a: text}}\n"
        "  t: {columns: {id: int generated always as identity primary key, a: text}}\n"
    )
    before = laws.dump(live)
    there = cli("plan", "--schemas", "s.yaml", "--format", "sql")
    back = cli("plan", "--schemas", "s.yaml", "--reverse", "--allow", "all", "--format", "sql")
    assert (there.code, back.code) == (0, 0), there.err + back.err
    live.load(there.out)
    for _ in range(2):
        live.load(back.out)
        assert laws.dump(live) == before, back.out
        assert live.execute("select id, a from t") == [(1, "x")]


@pytest.mark.parametrize("a", ["int", "{type: int, generated: b * 2}"])
def test_values_inside_of_rows_come_back(bare: Path, live: Database, cli: Cli, a: str) -> None:
    live.execute(
        "create table p (a int, b int, c int); create table k (p p);"
        "insert into k values (row(1, 2, 3))"
    )
    (bare / "s.yaml").write_text(
        f"tables:\n  p: {{columns: {{a: {a}, b: int, c: bigint}}}}\n  k: {{columns: {{p: p}}}}\n"
    )
    there = cli("plan", "--schemas", "s.yaml", "--format", "sql")
    back = cli("plan", "--schemas", "s.yaml", "--reverse", "--format", "sql")
    assert (there.code, back.code) == (0, 0), there.err + back.err
    live.load(there.out)
    live.load(back.out)
    assert live.execute("select (p).a, (p).b, (p).c from k") == [(1, 2, 3)], back.out


def test_what_cannot_come_back_is_said(project: Path, live: Database, cli: Cli) -> None:
    live.execute("create table salons (id int primary key, name text not null, gone text)")
    found = cli("plan", "--reverse", "--format", "json")
    assert found.code == 0, found.err
    notes = [n for n in json.loads(found.out)["notes"] if n["code"] == "SD222"]
    assert any("gone" in n["message"] for n in notes)
    assert "SD222" in cli("plan", "--reverse").out


def test_columns_that_an_heir_keeps_are_said(bare: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (id int, x int); create table h () inherits (t)")
    (bare / "s.yaml").write_text(
        "tables:\n  t: {columns: {id: int, x: int}}\n  h: {columns: {id: int, x: int}}\n"
    )
    found = cli("plan", "--schemas", "s.yaml", "--reverse", "--format", "json")
    assert found.code == 0, found.err
    notes = [n["message"] for n in json.loads(found.out)["notes"] if n["code"] == "SD222"]
    assert any("id, x of table public.h as its own" in n for n in notes)


def test_a_plan_that_no_copy_can_tell_of_is_said(bare: Path, live: Database, cli: Cli) -> None:
    live.execute("create table p (k int) partition by list (k)")
    live.execute("create table t (k int)")
    (bare / "s.yaml").write_text(
        "tables:\n  p: {columns: {k: int}, partition_by: list (k)}\n"
        "  t: {partition_of: p, bound: default}\n"
        "materialized_views:\n  only_here:\n    query: >-\n"
        f"      select 1 / (current_database() = '{live.name}')::int as n\n"
    )
    to = ("--schemas", "s.yaml", "--reverse", "--format", "json")
    found = cli("plan", *to)
    assert found.code == 0, found.err
    notes = [n["message"] for n in json.loads(found.out)["notes"] if n["code"] == "SD222"]
    assert any("from the files alone" in n and "division by zero" in n for n in notes)


def test_reverse_of_nothing(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    assert "No changes" in cli("plan", "--reverse").out


IN_STEPS = """tables:
  t:
    columns:
      id: int not null
      v: bigint not null
      r: uuid not null default gen_random_uuid()
    primary_key: id
    checks: {c: v > 0}
    indexes: {i: [v, id]}
"""


def test_what_was_stopped_in_the_middle_is_planned_there_and_back(
    bare: Path, live: Database, clone: CloneDatabase, cli: Cli
) -> None:
    live.load(
        "create table t (id int, v int); insert into t select n, n from generate_series(1, 9) n"
    )
    (bare / "schemas").mkdir(exist_ok=True)
    file = bare / "schemas" / "t.yaml"
    file.write_text(IN_STEPS)
    plan = laws.plan_for(live, file)
    stops = sorted(laws.commits(plan))[1:-1:4]
    for number, copy in zip(stops, [clone(live) for _ in stops], strict=True):
        laws.run_first(copy, plan, number)
        there, back, proven = (
            cli("plan", "--db", copy.url, "--allow", "all", "--format", "sql", *more)
            for more in ((), ("--reverse",), ("--prove",))
        )
        assert (there.code, back.code, proven.code) == (0, 0, 0), f"{there}{back}{proven}"
        copy.load(there.out)
        copy.load(back.out)
        assert "schemadiff_" not in laws.dump(copy), f"{number}: {back.out}"
        assert copy.execute("select count(*), sum(v) from t") == [(9, 45)]


def test_prove_and_reverse_exclude_each_other(project: Path, live: Database, cli: Cli) -> None:
    assert "SD200" in cli("plan", "--reverse", "--prove").err


def test_the_way_back_in_every_form(project: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create table salons (id bigint generated always as identity primary key,"
        " name text not null, old text);"
        "insert into salons (name, old) values ('x', 'y')"
    )
    before = laws.dump(live)
    for form, said in (
        ("text", "+ column old"),
        ("markdown", "old"),
        ("sql", "ADD COLUMN IF NOT EXISTS old"),
    ):
        shown = cli("plan", "--reverse", "--format", form)
        assert shown.code == 0, shown.err
        assert said in shown.out
    back = cli("plan", "--reverse", "--format", "json", "--out", "back.json")
    assert back.code == 0, back.err
    validator("plan.schema.json").validate(json.loads((project / "back.json").read_text()))
    early = cli("apply", "back.json", "--yes", "--allow", "all")
    assert early.code == 0, early.err  # nothing was done yet, so all of it is taken back
    assert laws.dump(live) == before
    assert cli("apply", "--yes", "--allow", "all").code == 0
    found = cli("apply", "back.json", "--yes", "--allow", "all")
    assert found.code == 0, found.err
    assert laws.dump(live) == before
