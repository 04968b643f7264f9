"""What `pull` writes is read back as the same catalog, and what did not change stays as it was."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from schemadiff.catalog.inspector import Inspection, inspect
from schemadiff.catalog.session import connect, reading
from schemadiff.core.identity import Identity
from schemadiff.kinds import KINDS
from schemadiff.shadow.resolve import resolve
from schemadiff.spec.folder import build_spec, read_folder
from schemadiff.spec.writer import Layout, Previous, Written, write_catalog
from tests.plugins.postgres import Database

REAL = Path(os.environ.get("SCHEMADIFF_REAL") or Path(__file__).parents[2] / "shared/data/real")
PUBLIC = Identity("schema", ("public",))
_EXTENSION = re.compile(
    r"^create extension (?:if not exists )?\"?([\w-]+)", re.IGNORECASE | re.MULTILINE
)
_ROLE = "DO $$ BEGIN CREATE ROLE {0}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


def look(database: Database) -> Inspection:
    connection = connect(database.url)
    with connection, reading(connection):
        return inspect(connection, KINDS)


def pull(database: Database, folder: Path, layout: Layout = Layout.BY_TABLE) -> Written:
    connection = connect(database.url)
    with connection:
        with reading(connection):
            found = inspect(connection, KINDS)
        known = found.known(KINDS)
        previous = None
        if list(folder.rglob("*.yaml")):
            documents = read_folder(folder, KINDS)
            spec = build_spec(documents, KINDS, folder, known)
            desired = resolve(spec, found, connection, KINDS).desired
            live = found.catalog
            previous = Previous(
                documents, spec, lambda i: i in live and desired.get(i) == live.get(i)
            )
    return write_catalog(found.catalog, KINDS, folder, layout, previous=previous, known=known)


def assert_says_the_same(database: Database, folder: Path) -> None:
    """The files, expanded, are the database, without any question to a server."""
    found = look(database)
    spec = build_spec(read_folder(folder, KINDS), KINDS, folder, found.known(KINDS))
    live = found.catalog.objects
    said = {
        i: KINDS.of(o).adopt(o, live[i]) if i in live else o
        for i, o in spec.catalog.objects.items()
    }
    differing = [i for i in {*said, *live} - {PUBLIC} if said.get(i) != live.get(i)]
    assert differing == []


def differences(database: Database, folder: Path) -> list[Identity]:
    """What the server itself finds different between the files and the database."""
    connection = connect(database.url)
    with connection:
        with reading(connection):
            found = inspect(connection, KINDS)
        documents = read_folder(folder, KINDS)
        spec = build_spec(documents, KINDS, folder, found.known(KINDS))
        desired = resolve(spec, found, connection, KINDS).desired.objects
        live = found.catalog.objects
        return [i for i in {*desired, *live} - {PUBLIC} if desired.get(i) != live.get(i)]


EVERYTHING = """
    CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'The app'; CREATE SCHEMA "Odd/Name";
    CREATE SCHEMA empty;
    CREATE TYPE mood AS ENUM ('1', 'no', 'a "b"', 'it''s');
    COMMENT ON TYPE mood IS 'How it is';
    CREATE DOMAIN app.year AS integer CHECK (VALUE > 0);
    CREATE TYPE app.pair AS (a integer, b text);
    CREATE SEQUENCE lone START 5;
    CREATE TABLE "Users" (id bigserial PRIMARY KEY, m mood DEFAULT 'no', y app.year,
        c text DEFAULT CASE WHEN true THEN 'x' END);
    CREATE TABLE users (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        "User" bigint REFERENCES "Users", n integer CHECK (n > 0) CHECK (n < 9));
    COMMENT ON COLUMN users.n IS E'two\nlines: # no comment';
    COMMENT ON CONSTRAINT users_n_check ON users IS 'positive';
    CREATE INDEX ON users (lower("User"::text)) WHERE n > 1;
    CREATE TABLE "../up" (types int); CREATE TABLE types (a int); CREATE TABLE con (a int);
    CREATE TABLE app.users (id smallserial, p app.pair, m mood[], PRIMARY KEY (id));
    CREATE TABLE app.log (at timestamptz NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE app.log_1 PARTITION OF app.log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    CREATE TABLE "Odd/Name"."a""b.c" ("x y" text COLLATE "C");
    CREATE VIEW app.v AS SELECT id, m FROM app.users;
    ALTER VIEW app.v ALTER m SET DEFAULT '{no}';
    COMMENT ON VIEW app.v IS 'A view'; COMMENT ON COLUMN app.v.m IS 'Its mood';
    CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one; CREATE UNIQUE INDEX ON mv (one);
    CREATE FUNCTION f(a integer, b mood DEFAULT 'no') RETURNS app.year LANGUAGE sql
        AS E'\n\tselect $1;  \n  -- end\n\n';
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE PROCEDURE app.p(INOUT x integer) LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO pg_monitor;
"""


@pytest.mark.parametrize("layout", Layout)
def test_what_is_written_is_read_back(database: Database, tmp_path: Path, layout: Layout) -> None:
    database.load(EVERYTHING)
    written = pull(database, tmp_path, layout)
    assert written.left_out == ()
    assert_says_the_same(database, tmp_path)
    again = pull(database, tmp_path, layout)
    assert again.unchanged == written.created
    assert [*again.created, *again.changed, *again.removed] == []


def test_files_by_table(database: Database, tmp_path: Path) -> None:
    database.load(EVERYTHING)
    names = {str(p) for p in pull(database, tmp_path).created}
    assert names == {
        "%2E.%2Fup.yaml", "%63on.yaml", "Odd%2FName/a%22b.c.yaml", "Users.yaml",
        "app/functions/p.yaml", "app/default_privileges.yaml", "app/log.yaml", "app/types.yaml",
        "app/users.yaml", "app/views/v.yaml", "functions/f.yaml", "schemas.yaml", "sequences.yaml",
        "types.yaml", "types~2.yaml", "users~2.yaml", "views/mv.yaml",
    }  # fmt: skip
    assert all((tmp_path / name).is_file() for name in names)


def test_a_table_is_written_in_shorthand(database: Database, tmp_path: Path) -> None:
    database.load(
        "CREATE TABLE salons (id serial PRIMARY KEY, name text NOT NULL UNIQUE,"
        " rating numeric(3,2) DEFAULT 1.5, seen timestamptz);"
        " CREATE INDEX by_seen ON salons (seen);"
    )
    pull(database, tmp_path)
    assert (tmp_path / "salons.yaml").read_text() == (
        "# yaml-language-server: $schema=./schemadiff.schema.json\n\n"
        "tables:\n  salons:\n    columns:\n"
        "      id: serial primary key\n      name: text not null unique\n"
        "      rating: numeric(3,2) default 1.5\n      seen: timestamptz\n"
        "    indexes:\n      by_seen: [seen]\n"
    )


MINE = """# my file
enums: {s: [a, b]}   # flow

mixins:
  audited:
    columns:
      created_at: timestamptz not null default now()

tables:
  # the salons
  salons:
    mixins: [audited]
    columns:
      id: uuid primary key default gen_random_uuid()   # short
      name: text not null
  # other
  other:   # o
    columns:
      id: serial primary key
      n: {type: int, check: "n > 0"}  # said otherwise than the server does

  # third
  third:
    columns: {id: int}

# trailing
schemas:
  app:
    comment: The app
    tables:
      # x
      x: {columns: {id: int}}
"""
MADE = """
    CREATE TYPE s AS ENUM ('a', 'b'); CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'The app';
    CREATE TABLE salons (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE other (id serial PRIMARY KEY, n int CHECK (n > 0));
    CREATE TABLE third (id int); CREATE TABLE app.x (id int);
"""


@pytest.fixture
def mine(database: Database, tmp_path: Path) -> Path:
    database.load(MADE)
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return path


def test_files_that_say_the_truth_stay(database: Database, mine: Path) -> None:
    assert [str(p) for p in pull(database, mine.parent).unchanged] == ["mine.yaml"]
    assert mine.read_text() == MINE


def test_only_the_entry_that_changed_is_written(database: Database, mine: Path) -> None:
    database.load("ALTER TABLE salons ADD phone text")
    pull(database, mine.parent)
    before, after = MINE.splitlines(), mine.read_text().splitlines()
    assert [line for line in before if line not in after] == [
        "      id: uuid primary key default gen_random_uuid()   # short"
    ]
    assert "    mixins: [audited]" in after
    assert "      phone: text" in after
    assert differences(database, mine.parent) == []


def test_a_mixin_that_is_not_true_any_more_is_written_out(database: Database, mine: Path) -> None:
    database.load("ALTER TABLE salons ALTER created_at DROP NOT NULL")
    pull(database, mine.parent)
    assert "mixins: [audited]" not in mine.read_text()
    assert "      created_at: timestamptz default now()" in mine.read_text().splitlines()
    assert differences(database, mine.parent) == []


def test_what_is_gone_goes_with_its_comment(database: Database, mine: Path) -> None:
    database.load("DROP TABLE third")
    pull(database, mine.parent)
    assert mine.read_text() == MINE.replace("  # third\n  third:\n    columns: {id: int}\n\n", "")


def test_what_is_new_gets_its_own_file_or_stands_with_its_kin(
    database: Database, mine: Path
) -> None:
    database.load("CREATE TABLE fourth (id int); CREATE SEQUENCE extra OWNED BY other.n")
    written = pull(database, mine.parent)
    assert [str(p) for p in written.created] == ["fourth.yaml"]
    assert mine.read_text() == MINE + "\nsequences:\n  extra:\n    owned_by: other.n\n"
    assert differences(database, mine.parent) == []


def test_nested_schemas_and_sections_in_braces_change_too(database: Database, mine: Path) -> None:
    database.load(
        "ALTER TYPE s ADD VALUE 'c'; ALTER TABLE app.x ADD z text;"
        " COMMENT ON SCHEMA app IS 'Another'"
    )
    pull(database, mine.parent)
    text = mine.read_text()
    assert "enums:  # flow\n  s: [a, b, c]\n\nmixins:" in text
    assert "    comment: Another\n    tables:\n      # x\n      x:\n" in text
    assert text.endswith("          z: text\n")
    assert differences(database, mine.parent) == []


def test_what_is_gone_leaves_a_list_of_names(database: Database, tmp_path: Path) -> None:
    database.load("CREATE SEQUENCE a; CREATE SEQUENCE b; CREATE TYPE t; CREATE TYPE u")
    path = tmp_path / "mine.yaml"
    path.write_text("base_types: [t, u]\nsequences:  # two\n- a\n- b\n")
    assert differences(database, tmp_path) == []
    database.load("DROP SEQUENCE a; DROP TYPE t; DROP TYPE u")
    pull(database, tmp_path)
    assert path.read_text() == "sequences:  # two\n  b: {}\n"
    assert differences(database, tmp_path) == []


def test_grants_of_a_schema_are_its_own_and_not_what_lives_in_it(
    database: Database, tmp_path: Path
) -> None:
    database.load(
        "CREATE SCHEMA app; CREATE TABLE app.x (id int);"
        "REVOKE ALL ON SCHEMA app FROM current_user;"
        "GRANT USAGE ON SCHEMA app TO pg_monitor; GRANT ALL ON SCHEMA public TO pg_monitor"
    )
    pull(database, tmp_path, Layout.SINGLE)
    assert "pg_monitor: [usage]" in (tmp_path / "schema.yaml").read_text()
    database.load(
        "GRANT ALL ON SCHEMA app TO current_user; REVOKE ALL ON SCHEMA app FROM pg_monitor;"
        "REVOKE ALL ON SCHEMA public FROM pg_monitor"
    )
    pull(database, tmp_path, Layout.SINGLE)
    assert differences(database, tmp_path) == []
    assert "pg_monitor" not in (tmp_path / "schema.yaml").read_text()


def test_new_objects_join_a_single_file(database: Database, tmp_path: Path) -> None:
    database.load("CREATE TABLE a (id int); CREATE SCHEMA app; CREATE TABLE app.x (id int)")
    pull(database, tmp_path, Layout.SINGLE)
    database.load(
        "CREATE TABLE b (id int); CREATE TABLE app.y (id int); CREATE VIEW app.v AS SELECT 1 AS o;"
        " CREATE SCHEMA two; CREATE TABLE two.t (id int); DROP TABLE a"
    )
    written = pull(database, tmp_path, Layout.SINGLE)
    assert [str(p) for p in written.changed] == ["schema.yaml"]
    assert written.created == ()
    assert differences(database, tmp_path) == []


def test_a_file_of_which_nothing_is_left_is_removed(database: Database, tmp_path: Path) -> None:
    database.load("CREATE TABLE a (id int); CREATE TABLE b (id int)")
    pull(database, tmp_path)
    database.load("DROP TABLE a")
    assert [str(p) for p in pull(database, tmp_path).removed] == ["a.yaml"]
    assert not (tmp_path / "a.yaml").exists()


def test_windows_line_ends_stay(database: Database, tmp_path: Path) -> None:
    database.load("CREATE TABLE a (id int, n int); CREATE TABLE b (id int)")
    text = (
        "tables:\r\n  a: {columns: {id: int}} # a\r\n  # of b\r\n  b: {columns: {id: int}} # b\r\n"
    )
    (tmp_path / "x.yaml").write_bytes(text.encode())
    pull(database, tmp_path)
    after = (tmp_path / "x.yaml").read_bytes()
    assert after.endswith(b"  # of b\r\n  b: {columns: {id: int}} # b\r\n")
    assert after.count(b"\n") == after.count(b"\r\n")


def _products() -> list[str]:
    return sorted(p.name for p in REAL.iterdir() if p.is_dir()) if REAL.is_dir() else ["none"]


@pytest.mark.real
@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("product", _products())
def test_schemas_of_real_products(
    database: Database, tmp_path: Path, product: str, layout: Layout
) -> None:
    if not REAL.is_dir():
        pytest.skip(f"there is no folder {REAL}: set SCHEMADIFF_REAL to the real schemas")
    script = REAL / product / "schema.sql"
    there = {n for (n,) in database.execute("SELECT name FROM pg_available_extensions")}
    if missing := set(_EXTENSION.findall(script.read_text())) - there:
        pytest.skip(f"{product} needs extensions this server lacks: {', '.join(sorted(missing))}")
    if product == "pagila" and not database.execute("SELECT 1 FROM pg_proc WHERE proname='uuidv7'"):
        pytest.skip("pagila needs PostgreSQL 18 (uuidv7)")
    for role in json.loads((script.parent / "meta.json").read_text())["roles"]:
        database.execute(_ROLE.format(role))
    database.load(script)
    assert pull(database, tmp_path, layout).left_out == ()
    assert_says_the_same(database, tmp_path)
