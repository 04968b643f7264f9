"""A role that owns its tables and lacks another right is told so before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

BEFORE = """
REVOKE CREATE ON SCHEMA public FROM public;
GRANT USAGE ON SCHEMA public TO public;
CREATE TABLE mine (id integer PRIMARY KEY, n integer);
INSERT INTO mine VALUES (1, 1);
ALTER TABLE mine OWNER TO lesser;
CREATE VIEW v AS SELECT 1 AS a;
ALTER VIEW v OWNER TO lesser;
CREATE TABLE theirs (id integer PRIMARY KEY);
INSERT INTO theirs VALUES (1);
CREATE DOMAIN d AS integer;
REVOKE ALL ON DOMAIN d FROM public;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
REVOKE ALL ON FUNCTION f() FROM public;
"""
AFTER = """
tables:
  mine:
    comment: what the role may do by itself
    columns: {id: integer primary key, n: integer references theirs, o: d}
    indexes: [n]
    triggers: {t: {timing: before, events: [insert], function: f}}
  theirs: {columns: {id: integer primary key}}
views: {v: "select 1 as a, 2 as b"}
domains: {d: {type: integer, grants: {public: []}}}
functions:
  f(): {returns: trigger, language: plpgsql, body: begin return new; end, grants: {public: []}}
schemas: {new: {}}
"""


@pytest.fixture
def role(live: Database) -> Iterator[str]:
    live.execute("CREATE ROLE lesser LOGIN CREATEDB; CREATE ROLE other")
    try:
        yield "lesser"
    finally:
        live.execute("DROP OWNED BY lesser, other CASCADE; DROP ROLE lesser, other")


@pytest.fixture
def url(bare: Path, live: Database, role: str) -> str:
    (bare / "schemas").mkdir()
    live.load(BEFORE)
    return live.url.replace("postgres@", f"{role}@")


def test_every_right_that_is_missing(bare: Path, live: Database, cli: Cli, url: str) -> None:
    (bare / "schemas" / "all.yaml").write_text(AFTER)
    before = live.dump()
    found = cli("apply", "--yes", "--db", url)
    assert found.code == 1, found.out
    told = (
        "CREATE on schema public",
        "CREATE on the database",
        "REFERENCES on public.theirs(id)",
        "EXECUTE on routine public.f",
        "USAGE on type public.d",
    )
    assert "SD517" in found.err, found.err
    assert [right for right in told if right not in found.err] == []
    assert live.dump() == before
    live.execute(
        f"GRANT CREATE ON DATABASE {live.name} TO lesser; GRANT CREATE ON SCHEMA public TO lesser;"
        "CREATE ROLE sharer; GRANT USAGE ON DOMAIN d TO sharer; GRANT EXECUTE ON FUNCTION f() TO"
        " sharer; GRANT REFERENCES (id) ON theirs TO sharer; GRANT sharer TO lesser"
    )
    try:
        rest = AFTER.replace("{public: []}", "{public: [], sharer: all}").replace(
            "theirs: {", 'theirs: {grants: {sharer: "references(id)"}, '
        )
        (bare / "schemas" / "all.yaml").write_text(rest)
        (bare / "schemadiff.yaml").write_text("keep: [grants]\n")
        done = cli("apply", "--yes", "--db", url)
        assert done.code == 0, done.err
    finally:
        live.execute("DROP OWNED BY sharer CASCADE; DROP ROLE sharer")


@pytest.mark.parametrize("member", [False, True])
def test_a_new_owner(bare: Path, live: Database, cli: Cli, url: str, member: bool) -> None:  # noqa: FBT001  a parameter of the test
    live.execute("DROP VIEW v; DROP TABLE theirs; DROP DOMAIN d; DROP FUNCTION f()")
    if member:
        live.execute("GRANT other TO lesser")
    text = "tables: {mine: {comment: x, owner: other, columns: {id: integer primary key, n: int}}}"
    (bare / "schemas" / "all.yaml").write_text(text)
    before = live.dump()
    found = cli("apply", "--yes", "--allow", "all", "--db", url)
    assert found.code == 1, found.out
    told = "for other: CREATE on schema public" if member else "membership in other"
    assert "SD517" in found.err, found.err
    assert told in found.err
    assert live.dump() == before


def test_a_type_that_changes_in_steps(bare: Path, live: Database, cli: Cli, url: str) -> None:
    live.execute("DROP VIEW v; DROP TABLE theirs; DROP DOMAIN d; DROP FUNCTION f()")
    text = "tables: {mine: {columns: {id: integer primary key, n: bigint}}}"
    (bare / "schemas" / "all.yaml").write_text(text)
    found = cli("apply", "--yes", "--allow", "all", "--db", url)
    assert found.code == 1, found.out
    assert "rights that the role does not have: CREATE on schema public;" in found.err
    live.execute("GRANT CREATE ON SCHEMA public TO lesser")
    (bare / "schemadiff.yaml").write_text("keep: [grants]\n")
    done = cli("apply", "--yes", "--allow", "all", "--db", url)
    assert done.code == 0, done.err


def test_default_privileges_of_another(bare: Path, live: Database, cli: Cli, url: str) -> None:
    live.execute("DROP VIEW v; DROP TABLE theirs; DROP DOMAIN d; DROP FUNCTION f()")
    live.execute("ALTER DEFAULT PRIVILEGES FOR ROLE other GRANT SELECT ON TABLES TO lesser")
    text = "tables: {mine: {comment: x, columns: {id: integer primary key, n: int}}}"
    (bare / "schemas" / "all.yaml").write_text(text)
    found = cli("apply", "--yes", "--db", url)
    assert found.code == 1, found.out
    assert "rights that the role does not have: membership in other" in found.err
    live.execute("GRANT other TO lesser")
    done = cli("apply", "--yes", "--db", url)
    assert done.code == 0, done.err


FOR_SUPERUSERS = """
tables:
  mine:
    columns: {id: integer primary key, n: int}
    triggers: {t: {timing: before, events: [insert], function: f}}
    statistics: {both: [id, n]}
functions:
  f(): {returns: trigger, language: plpgsql, body: begin return new; end}
  taken(d): {returns: integer, language: sql, body: select 1}
  tight(integer): {returns: integer, language: sql, leakproof: true, body: select 1}
  inner(double precision):
    {returns: double precision, language: internal, volatility: immutable, strict: true, body: dsin}
  e(): {returns: event_trigger, language: plpgsql, body: begin end}
domains: {d: integer}
event_triggers: {watch: {event: ddl_command_end, function: e}}
publications: {everything: {all_tables: true}}
foreign_data_wrappers: {far: {}}
"""


def test_what_only_a_superuser_may_make(bare: Path, live: Database, cli: Cli, url: str) -> None:
    """The server says so itself, of attempts that it refuses in any case."""
    live.execute("DROP VIEW v; DROP TABLE theirs; GRANT EXECUTE ON FUNCTION f() TO public")
    live.execute(
        f"GRANT CREATE ON DATABASE {live.name} TO lesser; GRANT CREATE ON SCHEMA public TO lesser"
    )
    (bare / "schemas" / "all.yaml").write_text(FOR_SUPERUSERS)
    (bare / "schemadiff.yaml").write_text("keep: [grants]\n")
    planned = cli("plan", "--db", live.url, "--format", "json", "--out", "plan.json")
    assert planned.code in (0, 2), planned.err
    before = live.dump()
    found = cli("apply", "plan.json", "--yes", "--allow", "all", "--db", url)
    assert found.code == 1, found.out
    told = (
        "USAGE on type public.d",
        "to make function public.tight(integer) LEAKPROOF",
        "to make function public.inner(double precision) in internal",
        "to make event trigger watch",
        "to make publication everything of all tables",
        "to make foreign data wrapper far",
    )
    assert "SD517" in found.err, found.err
    assert [what for what in told if what not in found.err] == []
    assert live.dump() == before
    done = cli("apply", "plan.json", "--yes", "--allow", "all", "--db", live.url)
    assert done.code == 0, done.err


ASKED = """
tables: {mine: {columns: {id: integer primary key, n: int}}}
enums: {theirs: [a], new: [b]}
functions:
  f(): {returns: trigger, language: plpgsql, body: begin return new; end}
  replicated():
    {returns: integer, language: sql, set: {session_replication_role: replica}, body: select 1}
  small(): {returns: integer, language: sql, set: {work_mem: 1MB}, body: select 1}
domains: {d: integer}
foreign_data_wrappers: {near: {}}
servers: {there: near, here: near}
foreign_tables: {away: {server: here, columns: {id: integer}}}
operator_families: {odd using btree: {}}
casts:
  theirs as integer: {inout: true}
  new as integer: {inout: true}
  bytea as xml: {}
transforms: {theirs for sql: {from_sql: prsd_lextype(internal)}}
publications: {part: {schemas: [public]}}
"""


def test_what_else_the_server_is_asked(
    bare: Path, live: Database, cli: Cli, url: str, server_major: int
) -> None:
    """Nothing is refused that the role may make, such as a cast of a type that the plan makes."""
    live.execute("DROP VIEW v; DROP TABLE theirs; CREATE TYPE theirs AS ENUM ('a')")
    live.execute("CREATE FOREIGN DATA WRAPPER near; CREATE SERVER here FOREIGN DATA WRAPPER near")
    live.execute(
        f"GRANT CREATE ON DATABASE {live.name} TO lesser; GRANT CREATE ON SCHEMA public TO lesser"
    )
    [(extension,)] = live.execute(
        "SELECT min(name) FROM pg_available_extension_versions WHERE superuser AND NOT trusted"
        " AND requires IS NULL AND name NOT LIKE '%%plpython%%'"
    )
    text = f"{ASKED}extensions: [{extension}]\n"
    if server_major < 15:
        text = text.replace("publications: {part: {schemas: [public]}}\n", "")
    (bare / "schemas" / "all.yaml").write_text(text)
    (bare / "schemadiff.yaml").write_text("keep: [grants]\n")
    planned = cli("plan", "--db", live.url, "--format", "json", "--out", "plan.json")
    assert planned.code in (0, 2), planned.err
    before = live.dump()
    found = cli("apply", "plan.json", "--yes", "--allow", "all", "--db", url)
    assert found.code == 1, found.out
    told = {
        "function public.replicated() with session_replication_role",
        "server there of near",
        "foreign table public.away on here",
        "operator family public.odd.btree",
        "cast public.theirs.integer",
        "cast bytea.xml",
        "cast bytea.xml without a function",
        "transform public.theirs.sql",
        f"extension {extension}",
        *(["publication part of all tables of a schema"] if server_major >= 15 else []),
    }
    assert "SD517" in found.err, found.err
    said = found.err.replace("\n", " ").split("does not have: ")[1].split("; nothing was")[0]
    assert {w.removeprefix("to make ") for w in said.split("; ")} == told
    assert live.dump() == before


def test_a_saved_plan_asks_for_what_stays_as_it_is(
    bare: Path, live: Database, cli: Cli, url: str
) -> None:
    """A foreign table that is made anew does not say its server, nor a function its language."""
    live.execute(
        "CREATE FOREIGN DATA WRAPPER near; CREATE SERVER here FOREIGN DATA WRAPPER near;"
        "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE w (m mood) PARTITION BY LIST (m);"
        "CREATE FOREIGN TABLE away PARTITION OF w FOR VALUES IN ('a') SERVER here;"
        "CREATE FUNCTION g(mood) RETURNS integer LANGUAGE internal AS 'int4out'"
    )
    assert cli("pull", "--db", live.url).code == 0
    (said,) = (f for f in (bare / "schemas").rglob("*.yaml") if "[a, b]" in f.read_text())
    said.write_text(said.read_text().replace("[a, b]", "[b, a]"))
    planned = cli("plan", "--db", live.url, "--format", "json", "--out", "plan.json")
    assert planned.code in (0, 2), planned.err
    found = cli("apply", "plan.json", "--yes", "--allow", "all", "--db", url)
    assert found.code == 1, found.out
    assert "foreign table public.away on here" in " ".join(found.err.split())
    assert "function public.g(public.mood) in internal" in " ".join(found.err.split())
    done = cli("apply", "plan.json", "--yes", "--allow", "all", "--db", live.url)
    assert done.code == 0, done.err


def test_what_the_server_does_not_take_is_said(bare: Path, cli: Cli, url: str) -> None:
    """The scratch database is emptied for another try, though before 15 "public" is not ours."""
    (bare / "schemas" / "all.yaml").write_text("""
enums: {e: [a]}
domains: {o: e}
tables: {t: {columns: {id: integer primary key, e: e, o: o}, statistics: {s: [id, e]}}}
aggregates: {"a(e)": {sfunc: array_append, stype: "e[]"}}
functions: {"f(e)": {returns: o, language: sql, body: select $1}}
views: {w: select e from t, v: select nowhere from w}
""")
    found = cli("plan", "--db", url)
    assert found.code == 1, found.out
    assert "view public.v" in found.err
    assert 'column "nowhere" does not exist' in found.err
    assert "SD999" not in found.err


SET = """
roles:
  lesser:
    login: true
    createdb: true
    settings: {work_mem: 1MB, log_statement: all}
    database_settings: {log_duration: "on"}
  other: {settings: {}}
database: {settings: {work_mem: 2MB, log_min_messages: error}}
"""


def test_parameters_of_roles_and_the_database(
    bare: Path, live: Database, cli: Cli, url: str, server_major: int
) -> None:
    """The statements touch no table: the server is asked by them, and all is taken back."""
    live.execute("DROP VIEW v; DROP TABLE mine, theirs; DROP DOMAIN d; DROP FUNCTION f()")
    live.execute(f"ALTER DATABASE {live.name} OWNER TO lesser")
    (bare / "schemadiff.yaml").write_text("manage: [roles, database]\n")
    (bare / "schemas" / "all.yaml").write_text(SET)
    told = ("log_statement", "log_duration", "log_min_messages")
    where = "SELECT setconfig::text FROM pg_db_role_setting ORDER BY 1"
    before = live.execute(where)
    try:
        found = cli("apply", "--yes", "--allow", "all", "--db", url)
        assert found.code == 1, found.out
        assert "SD517" in found.err, found.err
        assert [name for name in told if name not in found.err] == []
        assert "work_mem" not in found.err
        assert live.execute(where) == before
        if server_major >= 15:
            live.execute(f"GRANT SET ON PARAMETER {', '.join(told)} TO lesser")
            done = cli("apply", "--yes", "--allow", "all", "--db", url)
            assert "SD517" not in done.err, done.err
    finally:
        live.execute(f"ALTER DATABASE {live.name} OWNER TO CURRENT_USER")


def test_an_update_of_an_extension(bare: Path, live: Database, cli: Cli, url: str) -> None:
    """Its script is for superusers, so the server refuses it before anything of it runs."""
    live.execute("DROP VIEW v; DROP TABLE theirs; DROP DOMAIN d; DROP FUNCTION f()")
    [(name, old, new)] = live.execute(
        "SELECT name, p.source, p.target FROM pg_available_extensions e"
        " JOIN pg_available_extension_versions v USING (name), pg_extension_update_paths(name) p"
        " WHERE v.version = default_version AND p.target = default_version AND p.path IS NOT NULL"
        " AND superuser AND NOT trusted AND requires IS NULL AND name IN ('vector', 'amcheck')"
        " ORDER BY 1 DESC, 2 LIMIT 1"
    )
    live.execute(f"CREATE EXTENSION {name}")
    live.execute(
        "UPDATE pg_extension SET extowner = 'lesser'::regrole, extversion = %s WHERE extname = %s",
        [old, name],
    )
    text = "tables: {mine: {comment: x, columns: {id: integer primary key, n: int}}}\n"
    (bare / "schemas" / "all.yaml").write_text(f"{text}extensions: {{{name}: '{new}'}}\n")
    found = cli("apply", "--yes", "--allow", "all", "--db", url)
    assert found.code == 1, found.out
    assert f"to make extension {name} {new}" in found.err.replace("\n", " "), found.err
    assert live.execute("SELECT extversion FROM pg_extension WHERE extname = %s", [name]) == [
        (old,)
    ]
    live.execute("UPDATE pg_extension SET extowner = 10 WHERE extname = %s", [name])


@pytest.mark.parametrize(
    "case",
    [
        ("{spans: {subtype: int, renamed_from: r}}", "SD050"),
        ("{r: {subtype: int, multirange: rs}}", "SD050"),
        ("{r: {subtype: bigint}}", "SD517"),
    ],
)
def test_the_functions_of_a_range_are_a_superusers(
    bare: Path, live: Database, cli: Cli, url: str, case: tuple[str, str]
) -> None:
    """Who owns the type does not own what makes its values, which is renamed along."""
    ranges, code = case
    live.execute("DROP TABLE mine, theirs; DROP VIEW v; DROP FUNCTION f(); DROP DOMAIN d")
    live.execute(
        "CREATE TYPE r AS RANGE (subtype = int); ALTER TYPE r OWNER TO lesser;"
        "CREATE TABLE t (v r); INSERT INTO t VALUES ('[1,2)'); ALTER TABLE t OWNER TO lesser;"
        "GRANT CREATE ON SCHEMA public TO lesser"
    )
    name = "spans" if "spans" in ranges else "r"
    (bare / "schemas" / "all.yaml").write_text(
        f"ranges: {ranges}\ntables: {{t: {{columns: {{v: {name}}}}}}}\n"
    )
    before = live.dump()
    found = cli("apply", "--yes", "--allow", "all", "--db", url)
    assert (found.code, live.dump()) == (1, before), found.out
    assert code in found.err, found.err
    assert "must be owner of function" in found.err
    found = cli("apply", "--yes", "--allow", "all", "--db", live.url)
    assert found.code == 0, found.err
