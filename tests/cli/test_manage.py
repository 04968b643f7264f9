"""`manage:` in the config: what is asked for, what is left alone, and what stays secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemadiff.cli.config_words import KEPT, MANAGED
from schemadiff.kinds import EVERY, KINDS
from schemadiff.kinds._conninfo import joined, split
from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

SECRET = "hidden-word"
OFF = "enabled = false, slot_name = NONE, create_slot = false, connect = false"
SUBSCRIPTION = f"CREATE SUBSCRIPTION s CONNECTION 'dbname=x password={SECRET}' PUBLICATION p"
FILE = """\
subscriptions:
  {name}:
    connection_env: SHOP_URL
    publications: [p]
    connect: false
    enabled: false
    slot_name: none
"""


@pytest.fixture
def shop(database: Database) -> Iterator[Database]:
    """A database that leaves no subscription behind, which would keep it from being dropped."""
    yield database
    for (name,) in database.execute(
        "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
        " WHERE datname = current_database()"
    ):
        database.execute(f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")
        database.execute(f"DROP SUBSCRIPTION {name}")


def config(folder: Path, manage: str, file: str = "schemas: {public: {}}\n") -> None:
    (folder / "schemadiff.yaml").write_text(f"manage: [{manage}]\n", "utf-8")
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas" / "a.yaml").write_text(file, "utf-8")


def test_the_words_of_the_config_are_those_of_the_kinds() -> None:
    assert set(MANAGED) == {kind.manage for kind in EVERY} - {""}
    assert [kind.name for kind in KINDS if kind.manage] == []
    assert all(EVERY[kind].keeps and not EVERY[kind].manage for kind in KEPT.values())


def test_what_is_not_asked_for_is_told(cli: Cli, bare: Path, shop: Database) -> None:
    shop.execute(f"{SUBSCRIPTION} WITH ({OFF})")
    shop.execute(f"ALTER DATABASE {shop.name} SET work_mem = '8MB'")
    shop.execute(f"COMMENT ON DATABASE {shop.name} IS 'shop'")
    shop.execute(f"GRANT CONNECT ON DATABASE {shop.name} TO pg_monitor")
    said = cli("pull", "--db", shop.url).err
    for words in ("settings of the database", "comment on the database", "subscription s"):
        assert words in said
    assert "grants on the database" in said
    config(bare, "database, subscriptions")
    plan = cli("plan", "--db", shop.url)
    told = (plan.out + plan.err).partition("Not managed")[2]
    assert "\n  grants on the database: " in told
    assert "settings of" not in told


GRANTED = """
REVOKE USAGE ON SCHEMA public FROM public;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION f() FROM public;
GRANT EXECUTE ON FUNCTION f() TO pg_monitor;
CREATE TABLE t (id integer, n integer);
GRANT SELECT ON t TO pg_monitor;
GRANT UPDATE (n) ON t TO public;
CREATE TABLE u (id integer);
GRANT INSERT ON u TO pg_monitor;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO pg_monitor;
CREATE TABLE d (id integer);
GRANT DELETE ON d TO pg_monitor;
"""
SILENT = """\
tables:
  t: {columns: {id: integer, n: integer}}
  u: {columns: {id: integer}, grants: {pg_monitor: insert}}
  d: {columns: {id: integer}}
  new: {columns: {id: integer}}
functions:
  f(): {returns: integer, language: sql, body: SELECT 1}
"""
DEFAULTS = "default_privileges: {postgres: {tables: {pg_monitor: select}}}\n"
ACL = "SELECT relname::text, relacl::text FROM pg_class WHERE relacl IS NOT NULL AND oid > 16383"


def test_what_no_file_grants_is_revoked_once_allowed(
    cli: Cli, bare: Path, database: Database
) -> None:
    database.load(GRANTED)
    config(bare, "", SILENT + DEFAULTS)
    told = " ".join(cli("plan", "--db", database.url).out.split())
    assert "Everybody loses update on column n of table public.t, for which the files" in told
    assert "Everybody gets execute on function public.f(), for which the files" in told
    assert "Role pg_monitor gets no usage on new types of postgres any more." in told
    refused = cli("apply", "--yes", "--db", database.url)
    assert refused.code == 1
    assert "SD139" in refused.err + refused.out
    allowed = [w for name in ("t", "d", "f") for w in ("--allow", f"unnamed-grants:{name}")]
    assert cli("apply", "--yes", "--db", database.url, *allowed).code == 0
    assert "No changes." in cli("plan", "--db", database.url).out
    # What default privileges give is no grant.
    found = {name: acl for name, acl in database.execute(ACL) if "pg_monitor" in acl}
    assert {name: acl.count("pg_monitor=r/") for name, acl in found.items()} == {
        "t": 1, "u": 0, "d": 1, "new": 1,
    }  # fmt: skip
    asked = "SELECT has_function_privilege('pg_monitor', 'f()', 'execute')"
    assert database.execute(asked) == [(True,)]
    # The schema public is as it was, for no file names it.
    assert database.execute("SELECT has_schema_privilege('pg_monitor', 'public', 'usage')") == [
        (False,)
    ]
    assert cli("pull", "--db", database.url).code == 0
    assert "No changes." in cli("plan", "--db", database.url).out


def test_what_something_else_grants_is_kept_on_request(
    cli: Cli, bare: Path, database: Database
) -> None:
    database.load(GRANTED)
    config(bare, "", SILENT)
    with (bare / "schemadiff.yaml").open("a") as file:
        file.write("keep: [grants, default_privileges]\n")
    before = dict(database.execute(ACL))
    told = " ".join(cli("plan", "--db", database.url).out.split())
    assert "grants on 4 objects, default privileges of 1 object" in told
    assert cli("apply", "--yes", "--db", database.url).code == 0
    after = dict(database.execute(ACL))
    assert "pg_monitor=r/" in after.pop("new")
    assert after == before
    wrong = (bare / "schemadiff.yaml").write_text("keep: [owners]\n")
    assert wrong
    assert "known: grants, default_privileges" in cli("plan", "--db", database.url).err
    config(bare, "grants", SILENT)
    assert "grants are managed anyway" in cli("plan", "--db", database.url).err


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("roles: {app: {}}\n", "roles"),
        ("database: {comment: x}\n", "database"),
        (FILE.format(name="s"), "subscriptions"),
        ("tables: {t: {security_labels: {p: x}, columns: {id: integer}}}\n", "security_labels"),
    ],
)
def test_files_that_speak_of_more_than_the_config_are_refused(
    cli: Cli, bare: Path, database: Database, file: str, word: str
) -> None:
    config(bare, "", file)
    for command in (("plan", "--db", database.url), ("validate",)):
        found = cli(*command)
        assert found.code == 1
        assert "SD037" in found.err
        assert f"manage: [{word}]" in found.err


@pytest.mark.parametrize("word", ["role", "database:x", "roles:"])
def test_a_slip_in_the_config_is_refused(
    cli: Cli, bare: Path, database: Database, word: str
) -> None:
    config(bare, f'"{word}"')
    found = cli("plan", "--db", database.url)
    assert found.code == 1
    assert "SD013" in found.err


def test_a_password_is_never_shown(
    cli: Cli, bare: Path, shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.execute(f"{SUBSCRIPTION} WITH ({OFF})")
    config(bare, "subscriptions", FILE.format(name="orders"))
    said = cli("pull", "--db", shop.url)
    shop.execute("DROP SUBSCRIPTION s")
    (bare / "schemas" / "subscriptions.yaml").unlink()
    config(bare, "subscriptions", FILE.format(name="orders"))
    missing = cli("apply", "--db", shop.url, "--yes")
    assert missing.code == 1
    assert "SD512" in missing.err
    monkeypatch.setenv("SHOP_URL", f"postgresql://me:{SECRET}@db1/shop")
    texts = [said, missing]
    texts += [cli("plan", "--db", shop.url, "--format", f) for f in ("text", "sql", "json")]
    assert "\\getenv SHOP_URL SHOP_URL" in texts[-2].out
    saved = bare / "plan.json"
    saved.write_text(texts[-1].out, "utf-8")
    texts.append(cli("apply", str(saved), "--db", shop.url, "--yes"))
    assert texts[-1].code == 0, texts[-1].err
    assert shop.execute("SELECT subconninfo FROM pg_subscription") == [
        (f"postgresql://me:{SECRET}@db1/shop",)
    ]
    texts.append(cli("plan", "--db", shop.url))
    assert "No changes" in texts[-1].out
    texts.append(cli("pull", "--db", shop.url))
    written = [f.read_text("utf-8") for f in bare.rglob("*.yaml")]
    assert [t for t in texts if SECRET in t.out + t.err] == []
    assert [t for t in written if SECRET in t] == []


def test_what_the_server_says_of_a_secret_is_not_passed_on(
    cli: Cli, bare: Path, shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(bare, "subscriptions", FILE.format(name="orders"))
    monkeypatch.setenv("SHOP_URL", f"host=db1 {SECRET}")
    found = cli("apply", "--db", shop.url, "--yes")
    assert found.code == 1
    assert "SD502" in found.err
    assert SECRET not in found.out + found.err


def test_a_publisher_that_does_not_answer_is_no_lost_session(
    cli: Cli, bare: Path, shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FILE.format(name="orders").replace("    connect: false\n", "    create_slot: false\n")
    config(bare, "subscriptions", file.replace("slot_name: none", "slot_name: x"))
    monkeypatch.setenv("SHOP_URL", f"host=/nowhere dbname=x password={SECRET}")
    found = cli("apply", "--db", shop.url, "--yes")
    assert found.code == 1
    assert "SD502" in found.err
    assert "could not connect to the publisher" in found.err
    assert SECRET not in found.out + found.err


def test_a_connection_with_a_password_is_refused(cli: Cli, bare: Path, database: Database) -> None:
    text = FILE.format(name="s").replace("connection_env: SHOP_URL", "connection: password=x")
    config(bare, "subscriptions", text)
    assert "SD039" in cli("plan", "--db", database.url).err


def test_a_tablespace_that_is_not_there_is_refused(
    cli: Cli, bare: Path, database: Database
) -> None:
    config(bare, "", "tables: {t: {tablespace: nowhere, columns: {id: integer}}}\n")
    assert "SD076" in cli("plan", "--db", database.url).err


@pytest.mark.parametrize(
    ("text", "public", "secret"),
    [
        ("host=a dbname = 'my db' password='x y'", "dbname='my db' host=a", True),
        ("postgresql://me:p%40@h1:1,h2:2/db?sslmode=require", None, True),
        ("postgresql:///db?host=/tmp", "dbname=db host=/tmp", False),
        ("postgres://[::1]:5433/x?password=y", "dbname=x host=::1 port=5433", True),
        (r"host=a\ b", r"host='a b'", False),
    ],
)
def test_connections_lose_their_secrets(text: str, public: str | None, *, secret: bool) -> None:
    from psycopg.conninfo import conninfo_to_dict

    pairs, found = split(text)
    assert found is secret
    if public is not None:
        assert joined(pairs) == public
    kept = {k: v for k, v in conninfo_to_dict(text).items() if k != "password"}
    assert dict(pairs) == kept
    assert split(joined(pairs)) == (pairs, False)
