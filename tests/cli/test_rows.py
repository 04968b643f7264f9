"""Reference data from the command line: what is refused and where, what `pull` keeps, `diff`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database, MakeDatabase

TABLE = """\
tables:
  kinds:
    columns:
      id: {type: integer, primary_key: true}
      name: text not null
      code: {type: text, not_null: true, unique: true}
      loose: {type: text, unique: true}
      made: {type: text, generated: "upper(name)"}
      price: numeric(4,2)
      short: varchar(3)
"""
MADE = """
    create table kinds (id integer primary key, name text not null, code text not null unique,
        loose text unique, made text generated always as (upper(name)) stored,
        price numeric(4,2), short varchar(3));
"""


def write(bare: Path, rows: str, table: str = TABLE) -> Path:
    folder = bare / "schemas"
    folder.mkdir(exist_ok=True)
    file = folder / "kinds.yaml"
    file.write_text(table + rows)
    return file


@pytest.mark.parametrize(
    ("rows", "place", "said"),
    [
        ("    rows: [{id: 1, nome: x}]\n", "11:20", "SD185 table public.kinds: there is no column"),
        ("    rows: [{id: 1, made: X}]\n", "11:20", "SD186"),
        ("    rows: [{name: x}]\n", "11:12", "SD182"),
        ("    rows: [{id: ~, name: x}]\n", "11:13", "SD182"),
        ("    rows: [{id: 1, name: ~}]\n", "11:20", "SD182"),
        ("    rows: [{id: 1}, {id: 1}]\n", "11:21", "SD183"),
        ("    rows: [{id: 1, name: {sql: now()}}]\n", "11:20", "SD013"),
        ("    rows: [{id: 1, name: [a, b]}]\n", "11:20", "SD188"),
        ("    rows: [{id: 1, short: 'abc '}]\n", "11:20", "SD188"),
        ('    rows: [{id: 1, name: "a\\0b"}]\n', "11:26", "SD006"),
        ("    rows_key: loose\n    rows: [{id: 1}]\n", "11:5", "SD181"),
        ("    rows_exact: true\n", "11:5", "SD181"),
    ],
)
def test_mistakes_have_a_place(bare: Path, cli: Cli, rows: str, place: str, said: str) -> None:
    file = write(bare, rows)
    found = cli("validate")
    assert found.code == 1, found.out
    assert f"{file.relative_to(bare)}:{place} {said}" in found.err


def test_a_table_without_a_key(bare: Path, cli: Cli) -> None:
    write(bare, "    rows: [{a: 1}]\n", "tables:\n  kinds:\n    columns: {a: integer}\n")
    assert "SD181" in cli("validate").err


def test_more_rows_than_a_lookup_table_has(bare: Path, cli: Cli) -> None:
    rows = "".join(f"      - {{id: {n}, name: n, code: c{n}}}\n" for n in range(10_001))
    write(bare, "    rows:\n" + rows)
    begun = time.monotonic()
    found = cli("validate")
    assert found.code == 1
    assert "11:5 SD184 table public.kinds has more than 10,000 rows" in found.err
    assert "\\copy" in found.err
    assert time.monotonic() - begun < 20


def test_ten_thousand_rows(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    rows = "".join(f"      - {{id: {n}, name: n, code: c{n}}}\n" for n in range(10_000))
    write(bare, "    rows:\n" + rows)
    assert cli("apply", "--yes").code == 0
    assert live.execute("select count(*) from kinds")[0][0] == 10_000
    begun = time.monotonic()
    assert "No changes." in cli("plan").out
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("rows", "place", "said"),
    [
        ("    rows: [{id: 1, name: a, code: a, price: cheap}]\n", "11:38", "SD188"),
        ("    rows: [{id: 1, name: a, code: a}, {id: 01, name: b, code: b}]\n", "11:39", "SD183"),
        ("    rows: [{id: 1, name: a, code: a}, {id: 2, name: b}]\n", "11:39", "SD182"),
    ],
)
@pytest.mark.parametrize("there", ["there", "missing"])
def test_what_the_server_refuses(  # noqa: PLR0917
    bare: Path, live: Database, cli: Cli, rows: str, place: str, said: str, there: str
) -> None:
    if there == "there":
        live.execute(MADE)
    file = write(bare, rows)
    found = cli("plan")
    assert found.code == 1, found.out
    assert f"{file.relative_to(bare)}:{place} {said}" in found.err


def test_a_value_as_long_as_its_type_goes_in(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    live.execute("alter table kinds add padded character(3)")
    table = TABLE + "      padded: character(3)\n"
    write(bare, "    rows: [{id: 1, name: a, code: a, short: abc, padded: 'abc  '}]\n", table)
    assert cli("apply", "--yes").code == 0
    assert "No changes" in cli("plan").out


def test_rows_that_a_check_refuses_are_found_before_anything_runs(
    bare: Path, live: Database, cli: Cli
) -> None:
    table = TABLE.replace("    columns:", "    checks: {cheap: price + id < 10}\n    columns:", 1)
    dear = "    rows: [{id: 1, name: a, code: a, price: 5}, {id: 2, name: b, code: b, price: 9}]\n"
    write(bare, dear, table)
    found = cli("apply", "--yes")
    assert found.code == 1
    assert "rows of the files that violate check public.kinds.cheap: 1 (id = 2)" in found.err
    assert live.execute("select to_regclass('kinds')")[0][0] is None
    write(bare, dear.replace("price: 9", "price: 7"), table)
    assert cli("apply", "--yes").code == 0
    write(bare, "    rows: [{id: 2, price: 8}, {id: 1, price: 4}]\n", table)
    assert "cheap: 1 (id = 2)" in cli("apply", "--yes").err
    assert live.execute("select price::int from kinds order by id") == [(5,), (7,)]
    # A trigger may give a row other values.
    live.execute(
        "create function f() returns trigger language plpgsql as"
        " 'begin new.price := 1; return new; end';"
        "create trigger t before update on kinds for each row execute function f()"
    )
    assert cli("pull").code == 0
    pulled = bare / "schemas" / "kinds.yaml"
    pulled.write_text(pulled.read_text().replace("7.00", "8"))
    found = cli("plan", "--preflight")
    assert "price: 7.00 → 8.00" in found.out, pulled.read_text()
    assert "cheap" not in found.out + found.err


def test_an_identity_that_is_always_generated_stays(bare: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (k text primary key, id int generated always as identity)")
    live.execute("insert into t values ('a')")
    table = "tables:\n  t:\n    columns:\n      k: text primary key\n"
    table += "      id: integer generated always as identity\n"
    write(bare, "    rows: [{k: a, id: 1}]\n", table)
    assert "No changes." in cli("plan").out
    write(bare, "    rows: [{k: a, id: 5}]\n", table)
    assert "SD187" in cli("plan").err


def test_the_counter_is_moved_past_given_values(bare: Path, live: Database, cli: Cli) -> None:
    table = "tables:\n  t:\n    columns:\n      id: bigserial primary key\n      v: text\n"
    write(bare, "    rows: [{id: 7, v: x}, {id: 2, v: y}]\n", table)
    assert cli("apply", "--yes").code == 0
    live.execute("insert into t (v) values ('next')")
    assert live.execute("select id from t where v = 'next'")[0][0] == 8


def test_scalars_of_yaml_stay_what_was_written(bare: Path, live: Database, cli: Cli) -> None:
    table = "tables:\n  t:\n    columns: {k: text primary key, d: date, b: boolean, v: text}\n"
    write(bare, "    rows: [{k: 007, d: 2024-02-29, b: yes, v: 1.50}, {k: on, v: 12:30}]\n", table)
    assert cli("apply", "--yes").code == 0
    assert live.execute("select k, d::text, b, v from t order by k") == [
        ("007", "2024-02-29", True, "1.50"),
        ("on", None, None, "12:30"),
    ]
    assert "No changes." in cli("plan").out


def test_deletion_is_refused_until_allowed(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    live.execute("insert into kinds (id, name, code) values (1, 'a', 'a'), (2, 'b', 'b')")
    write(bare, "    rows_exact: true\n    rows: [{id: 1}]\n")
    planned = cli("plan", "--detailed-exitcode")
    assert planned.code == 3
    assert "--allow delete-rows:kinds" in planned.out
    assert cli("apply", "--yes").code == 1
    assert live.execute("select count(*) from kinds")[0][0] == 2
    assert cli("apply", "--yes", "--allow", "delete-rows:kinds").code == 0
    assert live.execute("select id from kinds") == [(1,)]


def test_a_saved_plan(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    live.execute("insert into kinds (id, name, code) values (1, 'a', 'a')")
    write(bare, "    rows: [{id: 1, name: A}, {id: 2, name: b, code: b}]\n")
    assert cli("plan", "--format", "json", "--out", "p.json").code == 0
    saved = json.loads((bare / "p.json").read_text())
    assert saved["summary"]["create"] == saved["summary"]["change"] == 1
    changed = next(c for c in saved["changes"] if c["verb"] == "change")
    assert changed["attributes"] == {"name": {"old": "a", "new": "A"}}
    for _ in range(2):
        assert cli("apply", "p.json", "--yes").code == 0
    assert sorted(live.execute("select id, name from kinds")) == [(1, "A"), (2, "b")]
    assert "No changes." in cli("plan").out


def test_out_of_scope_rows_stay(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    write(bare, "    rows: [{id: 1, name: a, code: a}]\n")
    (bare / "schemadiff.yaml").write_text("scope: {exclude: ['table:kinds']}\n")
    assert "INSERT" not in cli("plan").out


def test_rows_that_row_security_hides_are_an_error(
    bare: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.execute("create table t (k text primary key)")
    live.execute("alter table t enable row level security")
    role = f"hidden_{live.name}"
    live.execute(f"create role {role} login; grant select on t to {role}")
    try:
        table = "tables:\n  t:\n    row_security: true\n    columns: {k: text primary key}\n"
        write(bare, "    rows: [{k: a}]\n", table)
        monkeypatch.setenv("DATABASE_URL", live.url.replace("//postgres@", f"//{role}@"))
        found = cli("plan")
        assert found.code == 1, found.out
        assert "SD189" in found.err
    finally:
        live.execute(f"drop owned by {role}; drop role {role}")


def test_pull_writes_rows_only_where_asked(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    live.execute("create table other (id int primary key); insert into other values (1)")
    live.execute(
        "insert into kinds (id, name, code, price)"
        " values (1, 'x: y', '007', 1.5), (2, E'\\n', '', null)"
    )
    assert cli("pull").code == 0
    assert "rows" not in (bare / "schemas" / "kinds.yaml").read_text()
    assert cli("pull", "--rows", "kin*").code == 0
    assert "rows" not in (bare / "schemas" / "other.yaml").read_text()
    text = (bare / "schemas" / "kinds.yaml").read_text()
    assert "made:" not in text.partition("rows:")[2]
    assert "No changes." in cli("plan").out
    assert cli("pull").code == 0
    assert (bare / "schemas" / "kinds.yaml").read_text() == text
    live.execute("delete from kinds")
    live.execute("alter table kinds add column extra int")
    live.execute("insert into kinds (id, name, code) values (1, 'new', '007'), (3, 'c', 'c')")
    assert cli("pull").code == 0
    pulled = (bare / "schemas" / "kinds.yaml").read_text()
    assert "name: new" in pulled
    assert "extra" not in pulled.partition("rows:")[2]
    assert "id: 3" not in pulled
    assert "No changes." in cli("plan").out
    assert "no such table" in cli("pull", "--rows", "nothing").err


def test_diff_of_folders_compares_their_rows(
    bare: Path, make_database: MakeDatabase, cli: Cli
) -> None:
    (bare / "schemadiff.yaml").write_text(f"shadow: {json.dumps(make_database().url)}\n")
    link = "tables:\n  parent: {columns: {id: integer primary key}}\n  t:\n    columns:\n"
    link += "      k: text primary key\n      p: integer references parent(id)\n"
    for folder, rows in (
        ("a", "    rows: [{k: a, p: 1}, {k: b, p: 2}]\n"),
        ("b", "    rows: [{k: a, p: 1}, {k: b, p: 3}, {k: c}]\n"),
    ):
        (bare / folder).mkdir()
        (bare / folder / "t.yaml").write_text(link + rows)
    found = cli("diff", "a", "b")
    assert found.code == 0, found.err
    assert "p: 2 → 3" in found.out
    assert "row c" in found.out
    assert "row a" not in found.out
    assert "No differences." in cli("diff", "a", "a").out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update kinds set name = 'x' where id = 1", "1 has changed"),
        ("delete from kinds where id = 1", "1 is gone"),
        ("insert into kinds (id, name, code) values (2, 'x', 'x')", "2 has appeared"),
        ("update kinds set code = 'x' where id = 3", "3 has changed"),
    ],
)
def test_rows_that_changed_since_refuse_a_saved_plan(
    bare: Path, live: Database, cli: Cli, change: str, said: str
) -> None:
    _saved_rows(bare, live, cli)
    live.execute(change)
    found = cli("apply", "p.json", "--yes", "--allow", "all")
    assert found.code == 1, found.out
    assert "SD508" in found.err, found.err
    assert f"{said} since" in found.err, found.err


def test_a_saved_plan_goes_on_where_some_rows_are_done(
    bare: Path, live: Database, cli: Cli
) -> None:
    _saved_rows(bare, live, cli)
    live.execute("update kinds set short = 'y' where id = 1")  # which the plan does not touch
    live.execute("insert into kinds (id, name, code, price) values (2, 'b', 'b', 2)")
    live.execute("delete from kinds where id = 3")
    for _ in range(2):
        found = cli("apply", "p.json", "--yes", "--allow", "all")
        assert found.code == 0, found.err
    assert live.execute("select name, short from kinds order by id") == [("A", "y"), ("b", None)]


def _saved_rows(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    live.execute("insert into kinds (id, name, code) values (1, 'a', 'a'), (3, 'c', 'c')")
    write(
        bare,
        "    rows_exact: true\n"
        "    rows: [{id: 1, name: A, price: 1.5}, {id: 2, name: b, code: b, price: 2}]\n",
    )
    assert cli("plan", "--format", "json", "--out", "p.json").code == 0


def test_a_saved_plan_renames_beside_its_rows(bare: Path, live: Database, cli: Cli) -> None:
    live.execute("create table old (k text primary key, a int, gone text)")
    live.execute("insert into old values ('x', 1, 'g')")
    write(
        bare,
        "    rows: [{k: x, b: 2, n: 5}, {k: y, b: 3}]\n",
        "tables:\n  new:\n    renamed_from: old\n    columns:\n      k: text primary key\n"
        "      b: {type: int, renamed_from: a}\n      n: int\n",
    )
    assert cli("plan", "--format", "json", "--out", "p.json").code == 0
    for _ in range(2):
        found = cli("apply", "p.json", "--yes", "--allow", "all")
        assert found.code == 0, found.err
    assert live.execute("select k, b, n from new order by k") == [("x", 2, 5), ("y", 3, None)]
    live.execute("update new set b = 7")
    assert "has changed since" in cli("apply", "p.json", "--yes", "--allow", "all").err


def test_the_way_back_of_rows(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(MADE)
    live.execute(
        "insert into kinds (id, name, code, short) values (1, 'a', 'a', 'z'), (3, 'c', 'c', 'y')"
    )
    write(bare, "    rows_exact: true\n    rows: [{id: 1, name: A}, {id: 2, name: b, code: b}]\n")
    before = live.execute("select * from kinds order by id")
    there = cli("plan", "--format", "sql").out
    back = cli("plan", "--reverse", "--format", "sql")
    assert back.code == 0, back.err
    assert "the way back leaves" not in cli("plan", "--reverse").out
    live.load(there)
    assert live.execute("select id from kinds order by id") == [(1,), (2,)]
    for _ in range(2):
        live.load(back.out)
        assert live.execute("select * from kinds order by id") == before


def test_rows_that_the_way_back_leaves_are_told(bare: Path, live: Database, cli: Cli) -> None:
    live.execute("create table t (k text primary key, a int)")
    live.execute("insert into t values ('x', 1)")
    table = "tables:\n  t:\n    columns: {k: text primary key, a: text}\n"
    write(bare, "    rows: [{k: x, a: two}]\n", table)
    found = cli("plan", "--reverse")
    assert found.code == 0, found.err
    assert "the way back leaves 1 row of public.t" in found.out + found.err
    table = table.replace("  t:\n", "  now:\n    renamed_from: t\n")
    write(bare, "    rows: [{k: x, a: two}]\n", table)
    found = cli("plan", "--reverse")
    assert "the way back leaves 1 row of public.now" in found.out + found.err


def test_a_circle_that_nothing_opens(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create table a (id int primary key, b int not null);"
        "create table b (id int primary key, a int not null references a);"
        "alter table a add foreign key (b) references b;"
        "create rule also as on insert to b where new.id = 9 do also select 1"
    )
    (bare / "s.yaml").write_text(
        "tables:\n  a:\n    columns: {id: int primary key, b: int not null references b}\n"
        "    rows: [{id: 1, b: 1}]\n"
        "  b:\n    columns: {id: int primary key, a: int not null references a}\n"
        "    rows: [{id: 1, a: 1}]\n"
        "    rules:\n      also: {event: insert, where: new.id = 9, actions: [select 1]}\n"
    )
    found = cli("plan", "--schemas", "s.yaml")
    assert found.code == 1
    assert "SD192" in found.err
    assert "rules of public.b" in found.err


def test_rows_of_a_published_table_without_a_key_change_while_it_takes_that(
    bare: Path, live: Database, cli: Cli
) -> None:
    """Refused where it never does; else before it is published, and after it has a key."""
    live.execute("create table t (id integer not null, v text); create unique index k on t (id)")
    live.execute("insert into t values (1, 'a'), (2, 'b')")
    table = "tables:\n  t:\n    columns: {id: integer not null, v: text}\n"
    table += "    indexes: {k: {columns: [id], unique: true}}\n"
    table += "    rows_key: [id]\n    rows_exact: true\n"
    published = "publications: {p: {tables: [t]}}\n"
    write(bare, f"    rows: [{{id: 1, v: x}}]\n{published}", table)
    assert cli("apply", "--yes", "--allow", "all").code == 0
    assert live.execute("select * from t") == [(1, "x")]

    write(bare, f"    rows: [{{id: 1, v: y}}, {{id: 3, v: c}}]\n{published}", table)
    found = cli("plan")
    assert found.code == 1
    assert "kinds.yaml:2:3 SD193 rows of public.t would get an update" in found.err
    write(bare, f"    rows: [{{id: 3, v: c}}]\n{published}", table)
    assert "SD193 rows of public.t would get a delete" in cli("plan").err
    identity = "    replica_identity: {index: k}\n"
    write(bare, f"    rows: [{{id: 1, v: y}}, {{id: 3, v: c}}]\n{identity}{published}", table)
    assert cli("apply", "--yes").code == 0
    assert live.execute("select * from t order by id") == [(1, "y"), (3, "c")]


def test_a_script_stops_at_rows_that_row_security_hides(
    bare: Path, live: Database, cli: Cli
) -> None:
    live.execute(MADE)
    live.execute("insert into kinds (id, name, code) values (1, 'a', 'a')")
    write(bare, "    rows: [{id: 1, name: A}]\n")
    script = cli("plan", "--format", "sql").out
    role = f"hidden_{live.name}"
    live.execute("alter table kinds enable row level security")
    live.execute(f"create role {role}; grant all on kinds to {role}")
    try:
        with pytest.raises(Exception, match="row-level security"):
            live.load(f"SET SESSION AUTHORIZATION {role};\n{script}")
    finally:
        live.execute(f"drop owned by {role}; drop role {role}")


def test_rows_that_refer_to_nothing_are_found_before_anything_runs(
    bare: Path, live: Database, cli: Cli
) -> None:
    """What is there counts, and what the files bring, in the same table as well."""
    table = TABLE.replace("short:", "above: integer references kinds(id)\n      short:", 1)
    live.execute(MADE.replace("short", "above integer references kinds, short"))
    live.execute("insert into kinds (id, name, code) values (1, 'a', 'a')")
    more = "  uses:\n    columns: {id: integer primary key, kind: text references kinds(code)}\n"
    rows = "    rows: [{id: 2, name: b, code: b, above: 3}, {id: 3, name: c, code: c, above: 1}]\n"
    uses = "    rows: [{id: 1, kind: a}, {id: 2, kind: c}, {id: 3, kind: ~}, {id: 4}]\n"
    write(
        bare,
        rows.replace("above: 1", "above: 4") + more + uses.replace("kind: c", "kind: d"),
        table,
    )
    found = cli("apply", "--yes")
    assert found.code == 1
    words = "rows of the files that refer to nothing by foreign key public"
    assert f"{words}.kinds.kinds_above_fkey: 1 (id = 3)" in found.err
    assert f"{words}.uses.uses_kind_fkey: 1 (id = 2)" in found.err
    assert live.execute("select count(*), to_regclass('uses')::text from kinds") == [(1, None)]
    write(bare, rows + more + uses, table)
    assert cli("apply", "--yes").code == 0
    write(bare, rows.replace("above: 1", "above: 9") + more + uses, table)
    assert f"{words}.kinds.kinds_above_fkey: 1 (id = 3)" in cli("apply", "--yes").err
