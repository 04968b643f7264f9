"""A plan of few changed files looks at what they are about, and is the plan of everything."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from schemadiff.spec import memory
from schemadiff.spec.shelf import Shelf
from tests.cli.conftest import Cli, Result
from tests.extent import some
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_cases import CASES

LOOKED = re.compile(r"(\d+) files changed, about (\d+) of (\d+) objects")
PADDING = "create schema padding; " + "".join(
    f"create table padding.p{n} (a text);" for n in range(40)
)
# Cases whose changes reach from one file into others, in every way that there is.
FOUND = """
    composite/retype_in_use
    domain/default_calls_function
    enum/remove_label_in_use
    foreign_key/target_columns
    function/dependents
    ordering/type_under_everything
    partition/subtree_moves
    sequence/replaced_by_another
    table/inherits_joins
    trigger/partitioned
    view/insert_column
""".split()


@pytest.fixture
def large(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment in which every database counts as a large one."""
    monkeypatch.setenv("SCHEMADIFF_HOME", str(bare / "home"))
    monkeypatch.setattr(memory, "WORTH", 1)
    return bare


def _both(cli: Cli, monkeypatch: pytest.MonkeyPatch, form: str = "sql") -> tuple[Result, Result]:
    """Plan with what was kept, and without."""
    one = cli("plan", "--verbose", "--format", form)
    monkeypatch.setenv("SCHEMADIFF_CACHE", "off")
    whole = cli("plan", "--verbose", "--format", form)
    monkeypatch.delenv("SCHEMADIFF_CACHE")
    assert not LOOKED.search(whole.err)
    return one, whole


def _timeless(text: str) -> str:
    return re.sub(r"(?i)\b(generated|\"digest\"|sha256|[\d-]{10} [\d:]{8}).*", "", text)


def _settled(cli: Cli) -> None:
    """Plan once, so that the database is kept in parts."""
    done = cli("plan", "--detailed-exitcode")
    assert done.code == 0, done


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("name", some(FOUND, 6))
def test_a_part_gives_the_plan_of_the_whole(
    name: str, cli: Cli, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, sides = CASES / name, list[Database]()
    for file in ("before.sql", "after.sql"):
        sides.append(make_database())
        before = case / file
        text = before.read_text("utf-8") if before.exists() else ""
        sides[-1].execute(PADDING + text)
    for live, other in (sides, reversed(sides)):
        shutil.rmtree("schemas", ignore_errors=True)
        monkeypatch.setenv("DATABASE_URL", live.url)
        assert cli("pull").code == 0
        _settled(cli)
        assert cli("pull", "--db", other.url).code == 0
        one, whole = _both(cli, monkeypatch)
        assert LOOKED.search(one.err), one.err
        assert _timeless(one.out) == _timeless(whole.out)
        assert one.code == whole.code


@pytest.fixture
def settled(cli: Cli, live: Database, large: Path) -> Path:
    """A database that is as its files say, and was found so."""
    live.execute(
        PADDING + "create table salons (id integer primary key, name text);"
        "create table visits (id integer primary key, salon_id integer references salons);"
        "create view names as select name from salons;"
        "create function one() returns integer language sql as 'select 1'"
    )
    assert cli("pull").code == 0
    _settled(cli)
    return large / "schemas"


def _edited(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, text
    file.write_text(text.replace(old, new), "utf-8")


def _file(schemas: Path, name: str) -> Path:
    return next(schemas.rglob(f"{name}.yaml"))


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_every_form_is_the_same(
    settled: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    _edited(_file(settled, "salons"), "name: text", "name: varchar(40)")
    one, whole = _both(cli, monkeypatch, form)
    assert LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)
    assert "names" in one.out  # the view is made anew


def test_apply_goes_by_it_and_looks_at_everything_afterwards(settled: Path, cli: Cli) -> None:
    _edited(_file(settled, "visits"), "salon_id: ", "at: date\n      salon_id: ")
    done = cli("apply", "--yes", "--verbose")
    assert LOOKED.search(done.err)
    assert done.code == 0
    _settled(cli)


def test_words_alone_are_no_change(
    settled: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    _edited(_file(settled, "salons"), "tables:", "# All of them.\ntables:")
    one, whole = _both(cli, monkeypatch)
    assert LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)


# What one file says, what another does, an edit of the first, and what has to be in the plan.
REACHING = {
    "a_domain_takes_over_a_default": (
        "domains: {base: {type: integer, default: 1}}",
        "domains: {other: {type: base}}\ntables: {t: {columns: {a: other}}}",
        ("default: 1", "default: 2"),
        "ALTER DOMAIN public.other SET DEFAULT 2",
    ),
    "a_key_refers_to_another_key": (
        "tables: {a: {columns: {b: integer not null, c: integer primary key}}}",
        "tables: {d: {columns: {e: integer references a}}}",
        ("b: integer not null, c: integer primary key", "b: integer primary key, c: integer"),
        "REFERENCES public.a(b)",
    ),
    "a_part_said_what_its_table_says": (
        "tables: {a: {partition_by: list (n), columns: {n: integer default 1}}}",
        "tables: {p: {partition_of: a, bound: for values in (1), defaults: {n: 1}}}",
        ("default 1", "default 2"),
        "SET DEFAULT 2",
    ),
    "an_heir_has_one_column_more": (
        "tables: {a: {columns: {n: integer}}}",
        "tables: {b: {inherits: [a], columns: {m: integer}}}",
        ("n: integer", "n: integer, o: text"),
        "ADD COLUMN",
    ),
    "a_name_hides_another": (
        "schema: app\nenums: {of_app: [a]}",
        "schema: app\ntables: {t: {columns: {s: state}}}",
        ("enums: {", "enums: {state: [b], "),
        "app.state",
    ),
}


@pytest.mark.parametrize("why", REACHING)
def test_what_reaches_into_another_file_is_seen(
    why: str, cli: Cli, live: Database, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_file, other_file, edit, planned = REACHING[why]
    live.execute(PADDING + "create schema app; create type state as enum ('x')")
    assert cli("pull").code == 0
    (large / "schemas" / "one.yaml").write_text(one_file + "\n")
    (large / "schemas" / "other.yaml").write_text(other_file + "\n")
    assert cli("apply", "--yes").code == 0
    _settled(cli)
    text = one_file.replace(*edit)
    assert text != one_file
    (large / "schemas" / "one.yaml").write_text(text + "\n")
    one, whole = _both(cli, monkeypatch)
    assert _timeless(one.out) == _timeless(whole.out)
    assert one.code == whole.code
    assert planned in one.out, one.out + one.err


def test_of_what_many_rest_on_a_column_more_is_a_small_matter(
    cli: Cli, live: Database, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = (
        f"create table t{n} (a integer references hub, b integer references far);"
        for n in range(30)
    )
    hubs = "create table far (id integer primary key); create table hub (id integer primary key);"
    live.execute(hubs + "".join(tables) + "create table alone (a integer)")
    assert cli("pull").code == 0
    _settled(cli)
    _edited(_file(large / "schemas", "hub"), "id: ", "more: text\n      id: ")
    one, whole = _both(cli, monkeypatch)
    found = LOOKED.search(one.err)
    assert found
    assert int(found[2]) < 8
    assert _timeless(one.out) == _timeless(whole.out)


WHOLE = {
    "of_a_changed_database": ("live", "alter table padding.p1 add b text"),
    "of_a_mistake": ("salons", "name: text", "nmae: texxt"),
    "of_a_name_taken_elsewhere": ("salons", "tables:", "views: {p9: {query: select 1}}\ntables:"),
    "of_a_rename": ("salons", "name: text", "called: {type: text, renamed_from: name}"),
    "of_a_role_that_is_missing": ("salons", "columns:", "owner: nobody_at_all\n    columns:"),
    "of_a_schema": ("salons", "tables:", "schemas: {more: {}}\ntables:"),
    "of_what_is_still_needed": ("salons", "      name: text\n", ""),
}


@pytest.mark.parametrize("why", WHOLE)
def test_the_whole_is_read_for_the_sake(
    settled: Path, cli: Cli, live: Database, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    where, *edit = WHOLE[why]
    if where == "live":
        live.execute(edit[0])
        _edited(_file(settled, "salons"), "name: text", "name: varchar(40)")
    else:
        _edited(_file(settled, where), *edit)
    one, whole = _both(cli, monkeypatch)
    assert one.code == whole.code
    assert _timeless(one.out) == _timeless(whole.out)
    said = [line for line in one.err.splitlines() if "SD" in line]
    assert said == [line for line in whole.err.splitlines() if "SD" in line]


def test_a_file_that_is_gone_drops_what_it_spoke_of(
    settled: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("p1", "p2", "p3", "visits"):
        _file(settled, name).unlink()
    one, whole = _both(cli, monkeypatch)
    assert LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)
    assert one.out.count("DROP TABLE") == 4


def test_what_others_take_from_a_file_is_read_with_it(
    cli: Cli, live: Database, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.execute(PADDING)
    assert cli("pull").code == 0
    schemas = large / "schemas"
    (schemas / "mixins.yaml").write_text("mixins: {aged: {columns: {age: integer}}}\n")
    (schemas / "one.yaml").write_text("tables: {one: {mixins: [aged], columns: {id: integer}}}\n")
    (schemas / "two.yaml").write_text("tables: {two: {mixins: [aged], columns: {id: integer}}}\n")
    assert cli("apply", "--yes").code == 0
    _settled(cli)
    (schemas / "two.yaml").write_text("tables: {two: {columns: {id: bigint}}}\n")
    one, whole = _both(cli, monkeypatch)
    assert LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)
    assert "DROP COLUMN" in one.out
    (schemas / "mixins.yaml").write_text("mixins: {aged: {columns: {age: bigint}}}\n")
    one, whole = _both(cli, monkeypatch)
    assert not LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)


def test_damaged_parts_are_nothing(
    settled: Path, cli: Cli, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(large / "home" / "specs", "parts")
    (entry,) = shelf.folder.glob("*.parts")
    archive = shelf.take(entry.stem)
    shelf.keep(entry.stem, replace(archive, data=bytes(len(archive.data))))
    _edited(_file(settled, "salons"), "name: text", "name: varchar(40)")
    one, whole = _both(cli, monkeypatch)
    assert not LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)
    assert "varchar" in one.out or "character varying" in one.out


def test_a_copy_of_the_folder_is_known(
    settled: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(settled, "copy")
    _edited(_file(Path("copy"), "salons"), "name: text", "name: varchar(40)")
    one = cli("plan", "--verbose", "--schemas", "copy", "--format", "sql")
    assert LOOKED.search(one.err)
    monkeypatch.setenv("SCHEMADIFF_CACHE", "off")
    whole = cli("plan", "--schemas", "copy", "--format", "sql")
    assert _timeless(one.out) == _timeless(whole.out)


def test_a_body_beside_the_files_is_read_with_everything(
    cli: Cli, live: Database, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.execute(PADDING + "create table one (a integer)")
    assert cli("pull").code == 0
    schemas = large / "schemas"
    (schemas / "f.yaml").write_text(
        "functions: {f(): {returns: integer, language: sql, body_file: f.sql}}"
    )
    (schemas / "f.sql").write_text("select 1")
    assert cli("apply", "--yes").code == 0
    _settled(cli)
    shutil.copytree(schemas, "copy")
    (Path("copy") / "f.sql").write_text("select 2")
    _edited(_file(Path("copy"), "one"), "a: integer", "a: bigint")
    monkeypatch.setenv("SCHEMADIFF_SCHEMAS", "copy")
    one, whole = _both(cli, monkeypatch)
    assert not LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)
    assert "select 2" in one.out


def test_words_of_ones_own_are_asked_again_where_they_come_to_mean_another_thing(
    cli: Cli, live: Database, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schemas = large / "schemas"
    schemas.mkdir()
    live.execute(PADDING)
    assert cli("pull").code == 0
    (schemas / "bills.yaml").write_text("tables: {bills: {columns: {amount: 'numeric(9,2)'}}}\n")
    (schemas / "large.yaml").write_text(
        "views: {large: {query: select amount from bills where amount < 2000}}\n"
        "functions: {f(): {returns: integer, language: sql, body: select 1}}\n"
    )
    assert cli("apply", "--yes").code == 0
    _settled(cli)
    known = cli("plan", "--verbose")
    assert "as in the last run" in known.err  # though the server says it in other words
    (schemas / "bills.yaml").write_text("tables: {bills: {columns: {amount: bigint}}}\n")
    one, whole = _both(cli, monkeypatch)
    assert LOOKED.search(one.err)
    assert _timeless(one.out) == _timeless(whole.out)
    assert "amount < 2000)" in one.out
    assert cli("apply", "--yes", "--allow", "all").code == 0
    _settled(cli)
