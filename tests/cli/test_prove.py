from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.core.errors import ShadowError
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard
from schemadiff.core.plan import Plan
from schemadiff.kinds import KINDS
from schemadiff.shadow.server import ShadowOptions
from schemadiff.verify.rehearsal import rehearse
from tests import laws
from tests.cli.conftest import Cli
from tests.extent import some
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_cases import FOUND, settings, skip_reason

# Every case keeps the laws anyway, statement by statement; a rehearsal also applies it as the
# command does, in copies that are made from the catalog. All are rehearsed in the matrix.
CHOSEN = some(FOUND, 90)


def test_a_plan_is_proved(project: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create table salons (id bigint generated always as identity primary key, old text);"
        "insert into salons (old) values ('x')"
    )
    before = live.dump()
    found = cli("plan", "--prove")
    assert found.code == 0, found.err
    assert "Proved in a scratch copy" in found.err
    assert "ALTER TABLE" in found.out
    assert live.dump() == before


def test_nothing_to_prove(project: Path, live: Database, cli: Cli) -> None:
    cli("apply", "--yes")
    assert "nothing to do" in cli("plan", "--prove").err


def test_where_no_scratch_database_can_be_made(
    project: Path, live: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.execute("create role cannot_create login")
    try:
        live.execute("grant create on schema public to cannot_create")
        url = live.url.replace("postgres@", "cannot_create@")
        found = cli("plan", "--prove", "--db", url, "--shadow", url)
        assert found.code == 1
        assert "SD070" in found.err
    finally:
        live.execute("drop owned by cannot_create; drop role cannot_create")


def _rehearsed(make_database: MakeDatabase, change: str) -> Plan:
    before, after = make_database(), make_database()
    before.execute("create table t (id int)")
    after.execute("create table t (id bigint)")
    plan = laws.plan_between(before, after, online=False)
    (segment,) = plan.segments
    (op,) = segment.operations
    op = {
        "lock": replace(op, lock=LockMode.SHARE),
        "rewrite": replace(op, rewrites=False),
        "nothing": replace(op, guard=Guard("false")),
        "refused": replace(op, sql="ALTER TABLE public.nowhere ADD x int", guard=None),
    }[change]
    plan = replace(plan, segments=(replace(segment, operations=(op,)),))
    with laws.opened(before) as connection:
        sides = laws.catalog_of(before), laws.catalog_of(after)
        rehearse(plan, *sides, connection, registry=KINDS, options=ShadowOptions())
    return plan


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("lock", "takes ACCESS EXCLUSIVE and declares SHARE"),
        ("rewrite", "rewrites public.t"),
        ("nothing", "is not as planned"),
        ("refused", "PostgreSQL says"),
    ],
)
def test_what_is_not_so_is_found(make_database: MakeDatabase, change: str, said: str) -> None:
    with pytest.raises(ShadowError, match=said):
        _rehearsed(make_database, change)


@pytest.mark.parametrize("case", CHOSEN, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_cases(case: Path, live: Database, cli: Cli, server_major: int, binaries: Binaries) -> None:
    reason = skip_reason(case, server_major, binaries.extensions)
    if reason:
        pytest.skip(reason)
    for file in ("before.sql", "seed.sql"):
        if (case / file).exists():
            live.load(case / file)
    offline = ("--offline",) if settings(case).get("offline") == "true" else ()
    found = cli("plan", "--prove", *offline, "--schemas", str(case / "desired.yaml"))
    assert found.code == 0, found.err
    assert "Proved" in found.err


def test_what_is_left_valid_may_be_made_anew(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create table t (a int constraint x check (a > 0) constraint y check (a > 1));"
        "insert into t values (2)"
    )
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text(
        "tables:\n  t:\n    columns: {a: int}\n    checks:\n"
        "      x: {expression: a > 5, not_valid: true}\n"
        "      y: {expression: a > 1, not_valid: true}\n"
    )
    found = cli("plan", "--prove")
    assert found.code == 0, found.err
    assert "Proved" in found.err


@pytest.mark.parametrize("later", [True, False])
def test_sequences_follow_their_table(bare: Path, live: Database, cli: Cli, *, later: bool) -> None:
    live.execute(f"create {'' if later else 'unlogged '}table t (a serial)")
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text(
        f"tables: {{t: {{unlogged: {str(later).lower()}, columns: {{a: serial}}}}}}\n"
    )
    found = cli("plan", "--prove")
    assert found.code == 0, found.err
    assert "Proved" in found.err


def test_owners_grants_and_rows_are_rehearsed(bare: Path, live: Database, cli: Cli) -> None:
    live.execute(
        "create role prover; create role reader;"
        "create table kinds (code text primary key, label text);"
        "insert into kinds values ('a', 'old'), ('gone', 'x');"
        "grant select on kinds to reader"
    )
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text(
        "tables:\n"
        "  kinds:\n"
        "    owner: prover\n"
        "    grants: {reader: [select, insert]}\n"
        "    columns: {code: text primary key, label: text}\n"
        "    rows_exact: true\n"
        "    rows: [{code: a, label: new}, {code: b, label: two}]\n"
        "functions:\n"
        "  f():\n"
        "    {returns: int, language: sql, owner: prover, body: select count(*)::int from kinds}\n"
    )
    try:
        found = cli("plan", "--prove")
        assert found.code == 0, found.err
        assert "ran, one by one and by apply and psql, and again without effect" in found.err
        assert "not rehearsed" not in found.err
        assert live.execute("select label from kinds order by 1") == [("old",), ("x",)]
        assert live.execute("select tableowner from pg_tables where tablename = 'kinds'") == [
            ("postgres",)
        ]
    finally:
        live.execute("drop owned by prover, reader cascade; drop role prover, reader")


def test_a_role_that_is_not_there_is_said(
    bare: Path, live: Database, cli: Cli, make_database: MakeDatabase
) -> None:
    """Roles that the plan makes belong to the server, and are not made for a rehearsal."""
    (bare / "schemadiff.yaml").write_text("manage: [roles]\n")
    (bare / "schemas").mkdir()
    (bare / "schemas" / "all.yaml").write_text(
        "roles: {unheard_of: {}}\ntables: {t: {owner: unheard_of, columns: {id: int}}}\n"
    )
    found = cli("plan", "--prove")
    assert found.code == 0, found.err
    assert "not rehearsed: 2 statements" in found.err
    assert "owners and grants were left out: the role unheard_of is not there yet" in found.err


def test_times_are_converted_as_in_the_database(bare: Path, live: Database, cli: Cli) -> None:
    """In UTC no row is written, and a copy without the settings of its database knows no UTC."""
    live.load("CREATE TABLE t (at timestamp); INSERT INTO t VALUES ('2024-07-01 12:00');")
    live.execute(f"ALTER DATABASE {live.name} SET TimeZone = 'Etc/UTC'")
    (bare / "schemas").mkdir(exist_ok=True)
    (bare / "schemas" / "t.yaml").write_text("tables: {t: {columns: {at: timestamptz}}}\n")
    live.execute("ALTER SYSTEM SET TimeZone = 'Asia/Tokyo'")
    try:
        live.execute("SELECT pg_reload_conf()")
        found = cli("plan", "--prove")
        assert found.code == 0, found.err
        assert "Proved in a scratch copy" in found.err
    finally:
        live.execute("ALTER SYSTEM RESET TimeZone")
        live.execute("SELECT pg_reload_conf()")


def test_a_comment_on_what_is_of_the_whole_server(bare: Path, live: Database, cli: Cli) -> None:
    """A subscription is made in no scratch database, and so is nothing that is said of it."""
    how = "WITH (connect = false, enabled = false, slot_name = NONE)"
    live.execute(f"CREATE SUBSCRIPTION calls CONNECTION 'dbname=x' PUBLICATION p {how}")
    try:
        live.execute("COMMENT ON SUBSCRIPTION calls IS 'calls'; CREATE TABLE t (a int)")
        (bare / "schemadiff.yaml").write_text("manage: [subscriptions]\n")
        assert cli("pull").code == 0
        live.execute("ALTER TABLE t ADD b int")
        found = cli("plan", "--prove")
        assert found.code == 0, found.err
        assert "Proved in a scratch copy" in found.err
    finally:
        live.execute("DROP SUBSCRIPTION calls")
