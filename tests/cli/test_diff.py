from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.core.errors import ShadowError
from schemadiff.shadow.cluster import connected
from schemadiff.shadow.run_script import run_scripts
from schemadiff.shadow.script import split
from tests import laws
from tests.cli.conftest import SALONS, Cli
from tests.plugins.postgres import Database, MakeDatabase, pg_dump

SQL = """\
\\restrict x
SET transaction_timeout = 0;
create table salons (id bigint generated always as identity primary key, name text not null,
                     fax text);
COPY salons (name) FROM stdin;
a; b
\\.
alter table salons owner to nobody_here;
"""
BODIES = """
    create function f(x int) returns int
    begin atomic select case when x > 1 then 1 else 2 end; select 3; end;
    create function g() returns text language sql as $$ select 'a;b'; $$;
    -- a comment; with a semicolon
    select (1)
"""


@pytest.fixture
def pair(project: Path, live: Database) -> Path:
    """A folder of YAML and an SQL script that say the same, on the server of the tests."""
    (project / "salons.sql").write_text(SQL)
    (project / "schemadiff.yaml").write_text(f"shadow: {json.dumps(live.url)}\n")
    return project


def counts(cli: Cli, before: str, after: str, *flags: str) -> dict[str, Any]:
    result = cli("diff", before, after, "--format", "json", *flags)
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)["summary"]
    return found


def test_sql_and_yaml_that_say_the_same(pair: Path, cli: Cli) -> None:
    assert counts(cli, "salons.sql", "schemas")["empty"]
    assert counts(cli, "schemas", "salons.sql")["empty"]
    assert counts(cli, "schemas/salons.yaml", "schemas")["empty"]


def test_between_every_two_forms(pair: Path, live: Database, cli: Cli) -> None:
    live.execute("create table salons (id bigint generated always as identity primary key,"
                 " name text not null)")  # fmt: skip
    for after in ("schemas", "salons.sql"):
        found = counts(cli, live.url, after)
        assert (found["create"], found["drop"]) == (1, 0)
        found = counts(cli, after, live.url)
        assert (found["create"], found["drop"]) == (0, 1)


def test_a_rename_is_one(pair: Path, cli: Cli) -> None:
    (pair / "b.yaml").write_text(
        SALONS.replace("fax: text", "phone: {type: text, renamed_from: fax}")
    )
    for before in ("schemas", "salons.sql"):
        found = counts(cli, before, "b.yaml")
        assert (found["rename"], found["create"], found["drop"]) == (1, 0, 0)


def test_exit_codes_of_diff(pair: Path, cli: Cli) -> None:
    (pair / "b.yaml").write_text(SALONS.replace("fax: text", "phone: text"))
    assert cli("diff", "schemas", "b.yaml").code == 0
    assert cli("diff", "schemas", "b.yaml", "--detailed-exitcode").code == 3
    flags = ("--detailed-exitcode", "--allow", "all")
    assert cli("diff", "schemas", "b.yaml", *flags).code == 2
    assert cli("diff", "schemas", "salons.sql", *flags).code == 0


def test_no_scratch_database_stays(pair: Path, live: Database, cli: Cli) -> None:
    (pair / "bad.sql").write_text("create table x (id int);\n\nselect nonsense;\n")
    counts(cli, "salons.sql", "schemas")
    result = cli("diff", "schemas", "bad.sql")
    assert result.code == 1
    assert result.err.startswith('bad.sql:3:8 SD081 PostgreSQL says: column "nonsense"')
    assert live.execute("select 1 from pg_database where datname like 'schemadiff_shadow%'") == []


def test_a_revision_of_git(pair: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *who, *arguments], cwd=pair, check=True, capture_output=True)

    (pair / "wrong").mkdir()
    (pair / "wrong" / "a.yaml").write_text("tabels: {}")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    file = pair / "schemas" / "salons.yaml"
    file.write_text(SALONS.replace("      fax: text\n", ""))
    assert counts(cli, "git:HEAD:schemas", "schemas")["drop"] == 1
    assert counts(cli, "schemas", "git:HEAD:schemas/salons.yaml")["create"] == 1
    assert counts(cli, "git:HEAD:salons.sql", "git:HEAD:schemas")["empty"]
    (pair / "schemas" / "sub").mkdir()
    monkeypatch.chdir(pair / "schemas")
    assert counts(cli, "git:HEAD:.", "git:HEAD:../schemas/salons.yaml")["empty"]
    monkeypatch.chdir(pair / "schemas" / "sub")
    result = cli("diff", "git:HEAD:../../wrong", "..")
    assert result.code == 1
    assert result.err.startswith("git:HEAD:../../wrong/a.yaml:1:1 SD011")
    monkeypatch.chdir(pair)
    for wrong in ("git:HEAD:nothing", "git:nobody:schemas", "git:--help:schemas", "git:HEAD"):
        result = cli("diff", wrong, "schemas")
        assert (result.code, result.out) == (1, "")
        assert "SD208" in result.err


def test_what_is_no_source(pair: Path, cli: Cli) -> None:
    (pair / "empty").mkdir()
    for wrong in ("nowhere", "empty", "env:prod"):
        assert cli("diff", wrong, "schemas").code == 1


@pytest.mark.parametrize(
    "statement",
    [
        "create role x", "drop database y", "alter system set a = 1", "grant a to b",
        "reassign owned by a to b",
    ],
)  # fmt: skip
def test_a_script_stays_in_its_database(database: Database, tmp_path: Path, statement: str) -> None:
    file = tmp_path / "a.sql"
    file.write_text(f"create table t ();\n  {statement};\n")
    with database.connect() as connection, pytest.raises(ShadowError) as caught:
        run_scripts(connection, [file])
    assert str(caught.value).startswith(f"{file}:2:3 SD081")


def test_a_dump_that_makes_its_database_is_taken(
    make_database: MakeDatabase, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = make_database()
    live.load("create schema s; create table s.t (id int primary key, n text);")
    live.execute(f"comment on database {live.name} is 'kept'")
    live.execute(f"grant connect on database {live.name} to pg_monitor")
    live.execute(f"alter database {live.name} set work_mem = '8MB'")
    dump = pg_dump(live.url, "--create", "--clean", "--if-exists")
    file = tmp_path / "whole.sql"
    file.write_text(dump)
    assert "\\connect" in dump
    monkeypatch.chdir(tmp_path)
    for sides in ((str(file), live.url), (live.url, str(file)), (str(file), str(file))):
        found = cli("diff", *sides, "--format", "json")
        assert found.code == 0, found.err
        plan = json.loads(found.out)
        assert plan["changes"] == []
        assert {n["code"] for n in plan["notes"]} >= {"SD083"}
    # Nothing was said on the live one.
    ask = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    with live.connect() as connection:
        assert connection.execute(ask, [live.name]).fetchone() == ("kept",)
    file.write_text(dump + "\\connect other\ncreate table x ();\n")
    assert "several databases: other, " in cli("diff", str(file), live.url).err
    file.write_text("create table x ();\n\\c y\ncreate table z ();\n")
    wrong = cli("diff", str(file), live.url)
    assert "whole.sql:1:1 SD081" in wrong.err
    assert "stands before" in wrong.err


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("\\connect shop", "shop"), ('\\connect "My Shop"', "My Shop"), ("\\c shop", "shop"),
        ("\\connect -reuse-previous=on \"dbname='o\\'clock'\"", "o'clock"), ("\\copy t", ""),
        ("\\c shop bob", ""),
    ],
)  # fmt: skip
def test_where_a_script_connects_to(line: str, name: str) -> None:
    assert connected(line) == name


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("comment on database d is 'x'", "database"),
        ("grant connect on database d to x", "database"),
        ("grant a, b to c with admin option", "membership"), ("grant select on database to x", ""),
        ("revoke admin option for a from b", "membership"), ("grant all on schema role to x", ""),
        ("comment on column t.to is 'on role x'", ""), ("drop role if exists a", "role"),
        ("create user mapping for x server s", ""), ("security label on role r is 'x'", "role"),
        ("grant usage (a) on t to r", ""),
        ("alter default privileges grant select on tables to x", ""),
    ],
)  # fmt: skip
def test_what_is_about_the_cluster(statement: str, kind: str) -> None:
    [found] = split(statement)
    assert (found.reach.kind if found.reach else "") == kind


def test_semicolons_inside_of_bodies_do_not_end_a_statement() -> None:
    assert [s.words[:2] for s in split(BODIES)] == [
        ("create", "function"),
        ("create", "function"),
        ("select", "("),
    ]


ROLES = """\
create role bob;
do $$ begin create role alice; exception when duplicate_object then null; end $$;
create table salons (id bigint primary key);
alter table salons owner to bob;
grant select on salons to alice, nobody_made_her;
alter default privileges for role bob grant select on tables to carol;
"""
POLICY = """\
tables:
  salons:
    row_security: true
    columns: {id: bigint primary key}
    policies:
      p: {roles: [dora], using: id > 0}
"""


def test_roles_of_files_need_no_server_that_has_them(project: Path, cli: Cli) -> None:
    """The server is ours, so are its roles: nothing about them is left out."""
    (project / "a.sql").write_text("create role bob; create table salons (id bigint primary key);")
    (project / "b.sql").write_text(ROLES)
    result = cli("diff", "a.sql", "b.sql", "--format", "sql")
    assert result.code == 0, result.err
    for said in ("OWNER TO bob", "TO alice, nobody_made_her", "TO carol"):
        assert said in result.out
    (project / "c.yaml").write_text(POLICY)
    result = cli("diff", "b.sql", "c.yaml", "--format", "sql")
    assert result.code == 0, result.err
    assert "CREATE POLICY p ON public.salons TO dora" in result.out
    assert counts(cli, "c.yaml", "c.yaml")["empty"]


def test_what_is_left_out_for_a_missing_role_is_told(pair: Path, cli: Cli) -> None:
    result = cli("diff", "schemas", "salons.sql", "--format", "json")
    (note,) = [n for n in json.loads(result.out)["notes"] if n["code"] == "SD086"]
    assert "nobody_here" in note["message"]
    result = cli("diff", "salons.sql", "schemas")
    assert "SD086" in result.out


def test_files_of_a_folder_need_no_order(pair: Path, cli: Cli) -> None:
    """One file an object, by name; the first needs what the last makes."""
    folder = pair / "sql"
    (folder / "views").mkdir(parents=True)
    (folder / "a_visits.sql").write_text(
        "create table visits (salon bigint references salons, at timestamptz);"
        "create index visits_at on visits (at);"
    )
    (folder / "salons.sql").write_text(SQL)
    (folder / "views" / "a.sql").write_text("create view a as select * from b;")
    (folder / "views" / "b.sql").write_text("create view b as select * from visits;")
    found = counts(cli, "schemas", "sql")
    assert (found["create"], found["drop"]) == (7, 0)
    (folder / "views" / "b.sql").write_text("create view b as select * from nowhere;")
    result = cli("diff", "schemas", "sql")
    assert (result.code, result.out) == (1, "")
    assert 'SD081 PostgreSQL says: relation "' in result.err


def test_a_script_brings_others(pair: Path, cli: Cli) -> None:
    folder = pair / "sql"
    (folder / "tables").mkdir(parents=True)
    (folder / "main.sql").write_text("\\i tables/salons.sql\n\\ir 'tables/salons_index.sql'\n")
    (folder / "tables" / "salons.sql").write_text(SQL)
    (folder / "tables" / "salons_index.sql").write_text("create index i on salons (name);\n")
    for source in ("sql", "sql/main.sql"):
        assert counts(cli, "schemas", source)["create"] == 1
    (folder / "tables" / "salons.sql").write_text("\\ir ../main.sql\n")
    result = cli("diff", "schemas", "sql/main.sql")
    assert result.code == 1
    assert "would bring itself" in result.err
    (folder / "main.sql").write_text("select 1;\n\\i nothing.sql\n")
    result = cli("diff", "schemas", "sql/main.sql")
    assert "nothing.sql SD080 cannot be read" in result.err


@pytest.mark.parametrize("sides", [("more.sql", "salons.sql"), ("salons.sql", "more.sql")])
def test_what_no_kind_manages_is_told_on_either_side(
    pair: Path, cli: Cli, sides: tuple[str, str]
) -> None:
    (pair / "more.sql").write_text(f"{SQL}select pg_catalog.lo_create(4711);\n")
    result = cli("diff", *sides)
    assert result.code == 0, result.err
    assert "1 large object" in result.out
    assert "No differences." in result.out
    found = json.loads(cli("diff", *sides, "--format", "json").out)["unmanaged"]
    assert [u["kind"] for u in found] == ["large object"]


def test_tables_of_files_count_as_tables_in_use(
    project: Path, cli: Cli, make_database: MakeDatabase
) -> None:
    old = "create table t (id int primary key, n int, w text);"
    new = "create table t (id int primary key, n bigint not null, w text);"
    new += "create index t_w on t (w); alter table t add constraint c check (n > 0);"
    (project / "old.sql").write_text(old)
    (project / "new.sql").write_text(new)
    shadow = ("--shadow", make_database().url)
    for flags in ((), ("--offline",)):
        result = cli("diff", "old.sql", "new.sql", "--format", "sql", *shadow, *flags)
        assert result.code == 0, result.err
        for form in ("CREATE INDEX CONCURRENTLY", "NOT VALID", "$fill$"):
            assert (form in result.out) is (not flags), form
        live, wanted = make_database(), make_database()
        live.load(old + "insert into t select i, i, i::text from generate_series(1, 9) i;")
        wanted.load(new)
        for _ in range(2):
            live.load(result.out)
            assert laws.dump(live) == laws.dump(wanted), flags
        assert live.execute("select sum(n), count(*) from t") == [(45, 9)]


def test_files_count_as_tables_in_use_before_yaml_too(pair: Path, cli: Cli) -> None:
    (pair / "b.yaml").write_text(SALONS + "    indexes: [name]\n")
    found = cli("diff", "salons.sql", "b.yaml", "--format", "sql").out
    assert "CREATE INDEX CONCURRENTLY" in found
    assert (
        "CONCURRENTLY"
        not in cli("diff", "salons.sql", "b.yaml", "--format", "sql", "--offline").out
    )


def test_an_extension_moves_with_all_that_uses_it(
    project: Path, cli: Cli, make_database: MakeDatabase, binaries: Binaries
) -> None:
    if "citext" not in binaries.extensions:
        pytest.skip("this server lacks citext")
    uses = """create table t (id int primary key, w {0}.citext default 'x'::{0}.citext);
    create index i on t (w); create view v as select {0}.citext_eq(w, w) from t;"""
    live, wanted = make_database(), make_database()
    live.load(f"create schema a; create extension citext schema a; {uses.format('a')}")
    live.load("insert into t values (1, 'One');")
    wanted.load(
        f"create schema a; create schema b; create extension citext schema b; {uses.format('b')}"
    )
    result = cli("diff", live.url, wanted.url, "--format", "sql")
    assert result.code == 0, result.err
    assert "ALTER EXTENSION citext SET SCHEMA b" in result.out
    assert "DROP" not in result.out
    for _ in range(2):
        live.load(result.out)
        assert laws.dump(live) == laws.dump(wanted)
    assert live.execute("select id, w::text from t") == [(1, "One")]


def test_the_schema_public_goes_back_to_its_owner_and_nobody_else_gets_a_right(
    cli: Cli, make_database: MakeDatabase
) -> None:
    live, wanted = make_database(), make_database()
    live.load(
        "DO $$ BEGIN IF to_regrole('case_owner') IS NULL THEN CREATE ROLE case_owner;"
        " END IF; END $$;"
        "alter schema public owner to case_owner; revoke create on schema public from case_owner"
    )
    result = cli("diff", live.url, wanted.url, "--format", "sql")
    assert result.code == 0, result.err
    for _ in range(2):
        live.load(result.out)
        rights = "SELECT grantee::regrole::text, privilege_type FROM pg_namespace,"
        rights += " aclexplode(coalesce(nspacl, acldefault('n', nspowner)))"
        rights += " WHERE nspname = 'public' AND grantee <> 0 ORDER BY 1, 2"
        owner = live.execute("SELECT nspowner::regrole::text FROM pg_namespace"
                             " WHERE nspname = 'public'")[0][0]  # fmt: skip
        assert live.execute(rights) == [(owner, "CREATE"), (owner, "USAGE")]
