"""Settings of a role or a database that change what text means, or how long a session may live."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.catalog import binaries, inspector
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError
from schemadiff.shadow import server
from tests import laws
from tests.cli.conftest import Cli
from tests.extent import THOROUGH
from tests.plugins.postgres import Database, MakeDatabase

BEFORE = r"""
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE kinds (code text PRIMARY KEY, label text, since date, every interval, raw bytea,
                    at timestamptz, ratio double precision, tags text[]);
INSERT INTO kinds VALUES ('a', E'back\\slash', '2024-02-01', '1 day 02:00', '\xdead',
                          '2024-02-01 10:00+02', 0.1, '{a,NULL}');
CREATE TABLE things (id integer PRIMARY KEY, kind text, path text DEFAULT E'c:\\temp', n integer,
                     since date DEFAULT '2024-02-01', raw bytea DEFAULT '\xbeef');
INSERT INTO things SELECT n, 'a', 'p', n FROM generate_series(1, 300) n;
CREATE INDEX things_path ON things (path);
CREATE VIEW late AS SELECT id FROM things WHERE since > DATE '2024-03-04';
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE
  SET datestyle = 'German' AS 'SELECT n * 2';
"""
AFTER = r"""
CREATE TYPE mood AS ENUM ('sad', 'fine', 'ok');
CREATE TABLE kinds (code text PRIMARY KEY, label text, since date, every interval, raw bytea,
                    at timestamptz, ratio double precision, tags text[]);
CREATE TABLE things (
  id integer PRIMARY KEY,
  kind text CONSTRAINT things_kind_fkey REFERENCES kinds (code),
  path text DEFAULT E'd:\\temp''s',
  n bigint,
  since date DEFAULT '2024-05-06',
  raw bytea DEFAULT '\xcafe',
  every interval DEFAULT '1 mon 2 days 03:04:05'::interval,
  at timestamptz NOT NULL DEFAULT '2024-02-01 10:00+02',
  tags text[] DEFAULT ARRAY['x', NULL],
  token uuid NOT NULL DEFAULT gen_random_uuid(),
  mood mood DEFAULT 'ok',
  price money DEFAULT '1.50',
  CONSTRAINT pattern CHECK (path ~ '^\w+\\?' OR path LIKE 'a\_%' ESCAPE '\'),
  CONSTRAINT spans CHECK (every < '1 year 2 mons'::interval)
);
CREATE INDEX things_path ON things (path, n);
CREATE INDEX things_late ON things (since) WHERE since > '2024-03-04'::date;
CREATE VIEW late AS SELECT id, raw FROM things WHERE since > DATE '2024-03-05';
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE
  SET datestyle = 'ISO, DMY' AS 'SELECT n + n';
CREATE FUNCTION later() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE found_one integer;
BEGIN
  ASSERT true, 'never';
  SELECT id INTO found_one FROM public.things WHERE path = 'a\b' LIMIT 1;
  RETURN found_one;
END $$;
INSERT INTO kinds VALUES
  ('a', E'back\\slash', '2024-02-01', '1 day 02:00', '\xdead', '2024-02-01 08:00Z', 0.1,
   '{a,NULL}'),
  ('b', 'it''s', '2024-12-11', '2 mons -3 days', '\x00ff', '2024-07-01 10:00Z', 1e-300,
   ARRAY[E'x\\y', '"']);
"""
ROWS = r"""
    rows:
      - {code: a, label: 'back\slash', since: 2024-02-01, every: 1 day 02:00, raw: '\xdead',
         at: '2024-02-01 10:00+02', ratio: 0.1, tags: [a, null]}
      - {code: b, label: "it's", since: 2024-12-11, every: 2 mons -3 days, raw: '\x00ff',
         at: '2024-07-01 10:00Z', ratio: 1e-300, tags: ['x\y', '"']}
"""
SETTINGS: tuple[str, ...] = (
    "standard_conforming_strings = off",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = sql_standard",
    "bytea_output = escape",
    "TimeZone = 'Asia/Kolkata'",
    "client_encoding = 'LATIN1'",
    "quote_all_identifiers = on",
    "array_nulls = off",
    "plpgsql.check_asserts = off",
    "search_path = 'odd'",
    "default_transaction_isolation = serializable",
    "idle_in_transaction_session_timeout = '100ms'",
    "transform_null_equals = on",
    "client_min_messages = debug5",
    "session_replication_role = replica",
    "event_triggers = off",
    "lc_monetary = 'C'",
)
# What is named by SCHEMADIFF_TEST_ALL=1 alone.
MORE = (
    "backslash_quote = off",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = iso_8601",
    "extra_float_digits = -15",
    "check_function_bodies = off",
    "search_path = ''",
    "default_transaction_deferrable = on",
    "lock_timeout = '10ms'",
    "row_security = off",
    "default_toast_compression = pglz",
    "escape_string_warning = off",
    "xmloption = document",
    "constraint_exclusion = off",
    "enable_seqscan = off",
    "client_min_messages = error",
    "synchronous_commit = off",
    "default_statistics_target = 10000",
    "createrole_self_grant = 'set, inherit'",
    "restrict_nonsystem_relation_kind = 'view, foreign-table'",
    "jit_above_cost = 0",
    "max_parallel_maintenance_workers = 0",
    "debug_parallel_query = on",
    "plan_cache_mode = force_generic_plan",
)
if os.environ.get("SCHEMADIFF_TEST_ALL"):
    SETTINGS += MORE
# Each alone in the matrix; otherwise several at once, each of which would show.
AT_ONCE = 1 if THOROUGH else 3
GROUPS = [SETTINGS[n :: -(-len(SETTINGS) // AT_ONCE)] for n in range(-(-len(SETTINGS) // AT_ONCE))]


@pytest.fixture
def wanted(bare: Path, make_database: MakeDatabase, cli: Cli) -> Database:
    """The files, pulled from a database made by hand, and that database."""
    after = make_database()
    after.load(AFTER)
    assert cli("pull", "--db", after.url).code == 0
    file = bare / "schemas" / "kinds.yaml"
    file.write_text(file.read_text().rstrip("\n") + ROWS)
    return after


def odd(database: Database, *settings: str) -> None:
    """Have every session in the database begin with the settings that this version knows."""
    database.execute(
        "CREATE SCHEMA odd; CREATE TABLE odd.things (odd integer);"
        "CREATE TYPE odd.mood AS ENUM ('odd')"
    )
    known = 0
    with database.connect() as connection:
        for setting in settings:
            with contextlib.suppress(psycopg.errors.UndefinedObject):
                connection.execute(f"ALTER DATABASE {database.name} SET {setting}".encode())
                known += 1
    if not known:
        pytest.skip("this version does not know the setting")


_ROWS = "SELECT to_jsonb(k)::text FROM kinds AS k ORDER BY code"


@pytest.mark.parametrize("settings", GROUPS, ids=", ".join)
def test_the_end_is_the_same(
    wanted: Database,
    make_database: MakeDatabase,
    cli: Cli,
    settings: tuple[str, ...],
    bare: Path,
) -> None:
    """Planned, applied, run by psql twice: under odd settings as under none."""
    (bare / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    databases = [make_database() for _ in range(2)]
    for each in databases:
        each.load(BEFORE)
        odd(each, *settings)
    applied, scripted = databases
    planned = cli("plan", "--db", scripted.url, "--format", "sql", "--out", "plan.sql")
    assert planned.code == 0, planned.err
    done = cli("apply", "--yes", "--allow", "all", "--db", applied.url)
    assert done.code == 0, done.err
    assert "Nothing is left" in done.err
    assert cli("drift", "--db", applied.url).code == 0
    for _ in range(2):
        scripted.load(bare / "plan.sql")
    expected = laws.dump_blocks(wanted), wanted.execute(_ROWS)
    for each in databases:
        with psycopg.connect(each.url.replace(each.name, "postgres"), autocommit=True) as other:
            other.execute(f"ALTER DATABASE {each.name} RESET ALL".encode())
        each.execute("DROP SCHEMA odd CASCADE")
        assert not laws.dump_blocks(each) ^ expected[0]
        assert each.execute(_ROWS) == expected[1]


TIMES = """
CREATE TABLE calls (id integer PRIMARY KEY, made timestamp, day text, shown timestamptz);
INSERT INTO calls VALUES (1, '2024-06-01 12:00', '03.02.01', '2024-06-01 12:00Z');
"""
TIMES_YAML = """
tables:
  calls:
    columns:
      id: integer primary key
      made: timestamptz
      day: {type: date, using: 'to_char(day::date, ''YYYY-MM-DD'')::date'}
      shown: text
"""


def test_times_are_read_as_the_database_reads_them(
    bare: Path, make_database: MakeDatabase, cli: Cli
) -> None:
    """Whoever runs it: the end is that of the statement in a session of the database."""
    (bare / "schemas").mkdir()
    (bare / "schemas" / "calls.yaml").write_text(TIMES_YAML)
    by_hand, applied, scripted = (make_database() for _ in range(3))
    for each in (by_hand, applied, scripted):
        each.load(TIMES)
        for setting in ("TimeZone = 'Asia/Kolkata'", "DateStyle = 'German, DMY'"):
            each.execute(f"ALTER DATABASE {each.name} SET {setting}")
    by_hand.execute(
        "ALTER TABLE calls ALTER made TYPE timestamptz, ALTER day TYPE date USING day::date,"
        " ALTER shown TYPE text"
    )
    done = cli("apply", "--yes", "--allow", "all", "--db", applied.url)
    assert done.code == 0, done.err
    script = cli("plan", "--format", "sql", "--db", scripted.url).out
    scripted.load(script)
    scripted.load(script)
    wanted = by_hand.execute("SELECT made = '2024-06-01 06:30Z', day, shown FROM calls")
    assert wanted == [(True, dt.date(2001, 2, 3), "01.06.2024 17:30:00 IST")]
    for each in (applied, scripted):
        assert each.execute("SELECT made = '2024-06-01 06:30Z', day, shown FROM calls") == wanted
        assert each.execute("SHOW TimeZone") == [("Asia/Kolkata",)]


@pytest.mark.parametrize(
    "limit",
    ["statement_timeout = '40ms'", "transaction_timeout = '100ms'", "idle_session_timeout = '2s'"],
)
def test_limits_of_a_role_do_not_end_a_plan(
    project: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    assert cli("apply", "--yes").code == 0
    odd(live, limit)
    slow = inspector.inspect

    def inspect(connection: psycopg.Connection[Any], *rest: Any, **named: Any) -> Any:
        if limit.startswith("idle"):
            time.sleep(0.1)
        connection.execute("SELECT pg_sleep(0.2)")
        return slow(connection, *rest, **named)

    monkeypatch.setattr(inspector, "inspect", inspect)
    (project / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    assert cli("drift").code == 0


@pytest.mark.parametrize("limit", ["statement_timeout", "idle_in_transaction_session_timeout"])
def test_limits_of_a_role_do_not_end_what_makes_a_scratch_database(
    project: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    assert cli("apply", "--yes").code == 0
    odd(live, f"{limit} = '150ms'")
    (project / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    (project / "schemas" / "v.yaml").write_text("views: {v: select 1 as a}\n")
    connecting, hosts = server.connect_to, list[str]()

    def connect_to(like: psycopg.Connection[Any], name: str) -> psycopg.Connection[Any]:
        found = connecting(like, name)
        hosts.append(found.info.host)
        with found.transaction():
            found.execute("SELECT pg_sleep(0.3)")
            time.sleep(0.3)
        return found

    monkeypatch.setattr(server, "connect_to", connect_to)
    found = cli("plan")
    assert found.code == 0, found.err
    with live.connect() as connection:
        assert {*hosts} == {connection.info.host}, "on no other server"


def test_why_the_desired_state_is_not_built_here(
    project: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_binaries(**wanted: object) -> object:
        raise ConnectError(Diagnostic(code="SD411", message=f"none of {wanted} is here"))

    monkeypatch.setattr(binaries, "find_binaries", find_binaries)
    odd(live, "default_transaction_read_only = on")
    (project / "schemas" / "v.yaml").write_text("views: {v: select 1 as a}\n")
    err = cli("plan").err
    assert "built somewhere: the session only reads (default_transaction_read_only is on)" in err


def test_a_database_that_takes_no_changes_says_so(project: Path, live: Database, cli: Cli) -> None:
    odd(live, "default_transaction_read_only = on")
    (project / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    found = cli("apply", "--yes")
    assert found.code == 1
    assert "default_transaction_read_only" in found.err
    assert "nothing was changed" in found.err
