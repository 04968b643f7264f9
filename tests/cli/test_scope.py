from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.catalog.scope import Scope
from schemadiff.cli.scoping import scope_of
from schemadiff.cli.settings import seconds
from schemadiff.core.catalog import Catalog, Unmanaged
from schemadiff.core.errors import ConfigError
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database


@record(frozen=True, slots=True)
class Thing(DbObject):
    """An object of no kind that exists: scopes know none."""

    above: Identity | None = None
    value: int = 0

    @property
    def parent(self) -> Identity | None:
        return self.above


def thing(kind: str, name: str, above: Identity | None = None, value: int = 0) -> Thing:
    return Thing(Identity(kind, tuple(name.split("."))), above, value)


APP = thing("space", "app")
PUBLIC = thing("space", "public")
USERS = thing("box", "app.users", APP.identity)
NAME = thing("part", "app.users.name", USERS.identity)
NOTE = thing("note", "app.users.box", USERS.identity)  # its path is no prefix of anything
TMP = thing("box", "app.tmp_1", APP.identity)
TMP_ID = thing("part", "app.tmp_1.id", TMP.identity)
ITEMS = thing("box", "public.items", PUBLIC.identity)
PACK = thing("pack", "geo")
ALL = (APP, PUBLIC, USERS, NAME, NOTE, TMP, TMP_ID, ITEMS, PACK)


def catalog(*things: Thing) -> Catalog:
    return Catalog({t.identity: t for t in things})


def inside(scope: Scope, *named: Thing) -> list[Thing]:
    outside = scope.outside(catalog(*ALL), {t.identity for t in named})
    return [t for t in ALL if t.identity not in outside]


def test_without_a_limit_everything_is_in_scope() -> None:
    assert inside(Scope()) == list(ALL)


def test_a_schema_brings_all_that_lives_in_it() -> None:
    assert inside(Scope(schemas=("app",))) == [APP, USERS, NAME, NOTE, TMP, TMP_ID]
    assert inside(Scope(schemas=("pub*",))) == [PUBLIC, ITEMS]


def test_what_lives_in_no_schema_is_in_scope_where_the_files_name_it() -> None:
    assert PACK not in inside(Scope(schemas=("app",)))
    assert PACK in inside(Scope(schemas=("app",)), PACK)
    assert PACK in inside(Scope(schemas=("app",), include=("pack:geo",)))
    assert PACK not in inside(Scope(exclude=("pack:*",)), PACK)


def test_what_is_excluded_takes_its_parts_with_it() -> None:
    assert inside(Scope(schemas=("app",), exclude=("box:app.tmp_*",))) == [APP, USERS, NAME, NOTE]
    assert inside(Scope(schemas=("app",), exclude=("*.tmp_*",))) == [APP, USERS, NAME, NOTE]
    assert inside(Scope(exclude=("part:*", "note:*"))) == [APP, PUBLIC, USERS, TMP, ITEMS, PACK]


def test_what_is_included_comes_with_its_parts_and_without_its_schema() -> None:
    assert inside(Scope(include=("box:app.users",))) == [USERS, NAME, NOTE]
    assert inside(Scope(include=("items",))) == [ITEMS]  # public may be left out
    assert inside(Scope(schemas=("public",), include=("users", "app.users"))) == [
        PUBLIC,
        USERS,
        NAME,
        NOTE,
        ITEMS,
    ]


def test_outside_the_desired_side_is_as_the_current_one() -> None:
    current = catalog(*ALL)
    changed = thing("box", "app.users", APP.identity, 1)
    new = thing("box", "app.new", APP.identity)
    vain = thing("box", "public.new", PUBLIC.identity)
    narrowed = Scope(schemas=("app",)).narrowed(catalog(APP, changed, new, vain), current)
    objects = narrowed.desired.objects
    assert objects[changed.identity] == changed
    assert new.identity in objects
    assert vain.identity not in objects
    assert objects[ITEMS.identity] == ITEMS
    assert TMP.identity not in objects
    assert [n.code for n in narrowed.notes] == ["SD211"]
    assert "public.new" in narrowed.notes[0].message


def test_the_schema_of_something_in_scope_is_made() -> None:
    narrowed = Scope(include=("box:app.*",)).narrowed(catalog(APP, USERS), catalog(PUBLIC))
    assert set(narrowed.desired.objects) == {APP.identity, USERS.identity, PUBLIC.identity}


def test_what_is_not_managed_is_covered_by_its_name() -> None:
    cast = Unmanaged("rule", "app.tmp_1.r")
    assert Scope().covers(cast)
    assert Scope(schemas=("app",)).covers(cast)
    assert not Scope(schemas=("public",)).covers(cast)
    assert not Scope(exclude=("box:app.tmp_*",)).covers(cast)
    assert not Scope(include=("box:app.users",)).covers(cast)


def test_patterns_of_the_flag() -> None:
    assert scope_of(["app", "table:app.*", "!table:app.tmp_*", "b.c"]) == Scope(
        ("app",), ("table:app.*", "b.c"), ("table:app.tmp_*",)
    )
    for wrong in ("", "!", "table:"):
        with pytest.raises(ConfigError):
            scope_of([wrong])


@pytest.mark.parametrize(
    ("text", "value"), [("3s", 3), ("500ms", 0.5), ("1 min", 60), ("250", 0.25), ("2h", 7200)]
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == pytest.approx(value)


OUT = {
    "a mark to sort by": ("index:public.t.away", "ALTER TABLE t CLUSTER ON away"),
    "a mark for replicas": (
        "index:public.t.away",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX away",
    ),
    "a reference": (
        "index:public.t.away",
        "CREATE TABLE u (t_id integer REFERENCES t (id))",
    ),
    "a function without arguments": (
        "function:public.f.",
        (
            "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
            "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
        ),
    ),
    "a partition": (
        "table:public.q",
        (
            "CREATE TABLE p (a integer) PARTITION BY LIST (a);"
            "CREATE TABLE q PARTITION OF p FOR VALUES IN (1);"
            "CREATE TRIGGER r BEFORE UPDATE ON p FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger();"
            "ALTER TABLE q DISABLE TRIGGER r"
        ),
    ),
}


@pytest.mark.parametrize("what", OUT)
def test_what_the_files_lack_may_be_out_of_scope(
    what: str, cli: Cli, live: Database, bare: Path
) -> None:
    excluded, sql = OUT[what]
    left_out = {"index": "indexes:", "function": "f():\n", "table": "  q:\n"}[
        excluded.split(":")[0]
    ]
    live.load(f"CREATE TABLE t (id integer NOT NULL); CREATE UNIQUE INDEX away ON t (id); {sql};")
    (bare / "schemadiff.yaml").write_text(f"scope: {{exclude: ['{excluded}']}}\n")
    assert cli("pull").code == 0
    assert left_out not in "".join(f.read_text() for f in Path("schemas").rglob("*.yaml"))
    assert cli("validate").code == 0
    planned = cli("plan")
    assert planned.code == 0, planned.err
    assert "No changes." in planned.out


def test_a_scope_that_matches_nothing_is_told_and_never_pulled(
    cli: Cli, live: Database, bare: Path
) -> None:
    live.load("CREATE TABLE t (id integer)")
    assert cli("pull").code == 0
    before = {f: f.read_bytes() for f in Path("schemas").rglob("*.yaml")}
    parts = cli("pull", "--scope", "column:t.id")
    assert "SD209 --scope column:t.id is of parts alone: table public.t" in parts.err
    for pattern in ("pubic", "tabel:t", "table:app.*"):
        wrong = cli("pull", "--scope", pattern)
        assert wrong.code == 1
        assert f"SD209 --scope {pattern}: nothing in the database is called so" in wrong.err
    assert not (bare / "schemadiff.yaml").exists()
    assert {f: f.read_bytes() for f in Path("schemas").rglob("*.yaml")} == before
    (bare / "schemadiff.yaml").write_text("scope: {schemas: [public, pubic], include: ['a.b']}\n")
    planned = cli("plan")
    assert "No changes." in planned.out
    assert "SD214 the scope names pubic" in planned.out + planned.err
    assert "SD214 the scope names a.b" in planned.out + planned.err


def test_what_is_out_of_scope_and_would_break_is_named(
    cli: Cli, live: Database, bare: Path
) -> None:
    live.load(
        "CREATE SCHEMA other; CREATE TABLE t (id integer PRIMARY KEY, a integer);"
        "CREATE TABLE other.u (id integer REFERENCES public.t)"
    )
    (bare / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    (bare / "schemas").mkdir()
    (bare / "schemas" / "x.yaml").write_text(
        "tables: {new: {columns: {id: int}}}\nschemas: {other: {tables: {u: {columns: {id: int}}}}}"
    )
    planned = cli("plan")
    assert planned.code == 1
    key = "foreign key other.u.u_id_fkey"
    expected = f"SD061 {key} still needs table public.t, which is to be dropped; {key} is out"
    assert planned.err.count("SD061") == 1  # neither its column nor its key are told as well
    assert expected in planned.err
    assert "widen `scope:`" in planned.err
    (bare / "schemas" / "x.yaml").write_text(
        "tables: {t: {columns: {id: int primary key, a: int}}}\n"
        "schemas: {other: {tables: {v: {columns: {a: int, b: int}}}}}"
    )
    planned = cli("plan")
    assert planned.out.count("SD211") == 1  # of the table, not of each column
