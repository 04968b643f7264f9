"""What PostgreSQL itself does in each operation: lock, rewrite, whole read, on every version.

Not schemadiff's words but the server's: the declarations of operations rest on this table, and the
laws hold each case against it. A row is the statement, the lock on `t`, and `r` for a new file, `s`
for a whole read or an index build; `since` and `until` are the versions that know it so.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any, NamedTuple

import psycopg
import pytest

from schemadiff.core.lock import LockMode
from schemadiff.verify.observed import MODES
from tests import observation
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

AE = LockMode.ACCESS_EXCLUSIVE
SRE = LockMode.SHARE_ROW_EXCLUSIVE
S = LockMode.SHARE
SUE = LockMode.SHARE_UPDATE_EXCLUSIVE
RS = LockMode.ROW_SHARE
RE = LockMode.ROW_EXCLUSIVE
AS = LockMode.ACCESS_SHARE
NONE = LockMode.NONE

BEFORE = """
create schema other;
create domain plain as int;
create domain checked as int check (value > 0);
create type e as enum ('a');
create table r (id int primary key, v int);
create table p (k int not null, v int) partition by range (k);
create table p1 partition of p for values from (0) to (10);
create table loose (k int not null, v int);
create table fits (k int not null, v int, check (k is not null and k >= 100 and k < 200));
create table t (
    id int primary key, n int, m int not null, s varchar(10), x text, d numeric(9,2), c char(3),
    ts timestamp, tz timestamptz, t3 timestamp(3), i3 interval(3), ip cidr, net inet, j json,
    arr varchar(10)[], b bit varying(4), ei e, g int generated always as (id + 1) stored,
    rid int, i4 int, fk int constraint has_fk references r,
    i5 int default 1, i6 int default 1, dm plain default 1,
    constraint sure check (i4 is not null), constraint two check (i5 is not null and i6 is not null)
);
alter table t add constraint open check (n > 0) not valid;
alter table t add constraint open_fk foreign key (rid) references r not valid;
create index by_x on t (x);
create index by_ts on t (ts);
create statistics st on id, n from t;
create function tf() returns trigger language plpgsql as 'begin return new; end';
create trigger trg before update on t for each row execute function tf();
create policy pol on t using (true);
create view vv as select id from r;
create unique index uq on t (id);
create unique index lk on loose (k);
create rule rul as on insert to t do also notify z;
create sequence sq;
create table above (n int);
create table kid (m int) inherits (above);
create publication pub;
insert into t (id, n, m, s, x, d, i4, ts, tz, ip, net, j, arr, ei)
    select i, 1, 1, 'a', 'a', 1, 1, now(), now(), '10.0.0.0/8', '10.0.0.1', '1', '{a}', 'a'
    from generate_series(1, 50) i;
insert into loose values (20, 1);
insert into fits values (100, 1);
"""


class Row(NamedTuple):
    """One line of the table; `on` is the relation that is looked at."""

    sql: str
    lock: LockMode
    does: str = ""
    since: int = 14
    until: int = 99
    on: str = "t"


A = "alter table t "
ROWS = [
    Row(A + "add z int", AE),
    Row(A + "add z int not null default 1", AE),
    Row(A + "add z timestamptz default now()", AE),
    Row(A + "add z float default random()", AE, "r"),
    Row(A + "add z uuid default gen_random_uuid()", AE, "r"),
    Row(A + "add z serial", AE, "r"),
    Row(A + "add z int generated always as identity", AE, "r"),
    Row(A + "add z int generated always as (id + 1) stored", AE, "r"),
    Row(A + "add z int generated always as (id + 1) virtual", AE, since=18),
    Row(A + "add z plain", AE),
    Row(A + "add z checked", AE, "r"),
    Row(A + "add z int check (z > 0)", AE, "s"),
    Row(A + "add z int references r", AE),
    Row(A + "add z int references r", SRE, on="r"),
    Row(A + "drop n", AE),
    Row(A + "alter n set default 1", AE),
    Row(A + "alter n drop default", AE),
    Row(A + "alter m drop not null", AE),
    Row(A + "rename n to z", AE),
    Row(A + "rename to z", AE),
    Row(A + "set schema other", AE),
    Row(A + "owner to current_user", AE),
    Row(A + "alter s type varchar(20)", AE),
    Row(A + "alter s type text", AE),
    Row(A + "alter x type varchar", AE),
    Row(A + "alter b type bit varying(9)", AE),
    Row(A + "alter ip type inet", AE),
    Row(A + "alter d type numeric(11,2)", AE),
    Row(A + "alter d type numeric", AE),
    Row(A + "alter t3 type timestamp(6)", AE),
    Row(A + "alter t3 type timestamp", AE),
    Row(A + "alter i3 type interval", AE),
    Row(A + "alter ts type timestamptz", AE, "s"),
    Row(A + "alter ts type timestamptz using ts at time zone 'UTC'", AE, "r"),
    Row(A + "alter tz type timestamp", AE),
    Row(A + 'alter x type text collate "C"', AE, "s"),
    Row(A + "alter m type plain", AE),
    Row(A + "alter m type checked", AE, "r"),
    Row(A + "alter m type bigint", AE, "r"),
    Row(A + "alter m type numeric", AE, "r"),
    Row(A + "alter m type text", AE, "r"),
    Row(A + "alter s type varchar(5)", AE, "r"),
    Row(A + "alter x type varchar(20)", AE, "r"),
    Row(A + "alter d type numeric(9,3)", AE, "r"),
    Row(A + "alter c type char(5)", AE, "r"),
    Row(A + "alter j type jsonb", AE, "r"),
    Row(A + "alter net type cidr using set_masklen(net, 32)::cidr", AE, "r"),
    Row(A + "alter ei type text", AE, "r"),
    Row(A + "alter arr type text[]", AE, "r"),
    Row(A + "alter arr type varchar(20)[]", AE, "r"),
    Row(A + "alter m set not null", AE),
    Row(A + "alter n set not null", AE, "s"),
    Row(A + "alter i4 set not null", AE),
    Row(A + "alter i5 set not null, alter i6 set not null", AE),
    Row(A + "alter n set not null, alter i6 set not null", AE, "s"),
    Row(A + "add constraint z not null n not valid", AE, since=18),
    Row(A + "add constraint z check (n > 0)", AE, "s"),
    Row(A + "add constraint z check (n > 0) not valid", AE),
    Row(A + "add constraint z check (n > 0) not enforced", AE, since=18),
    Row(A + "validate constraint open", SUE, "s"),
    Row(A + "add constraint z foreign key (rid) references r", SRE, "s"),
    Row(A + "add constraint z foreign key (rid) references r", SRE, "s", on="r"),
    Row(A + "add constraint z foreign key (rid) references r not valid", SRE),
    Row(A + "add constraint z foreign key (rid) references r not enforced", SRE, since=18),
    Row(A + "validate constraint open_fk", SUE, "s"),
    Row(A + "validate constraint open_fk", RS, "s", on="r"),
    Row(A + "drop constraint has_fk", AE),
    Row(A + "drop constraint has_fk", AE, on="r"),
    Row(A + "add unique (x, id)", AE, "s"),
    Row(A + "drop constraint sure", AE),
    Row("update t set n = n", RE),
    Row("create index z on t (n)", S, "s"),
    Row("create unique index z on t (id)", S, "s"),
    Row("drop index by_x", AE),
    Row("alter index by_x rename to z", NONE),
    Row("create table z partition of p for values from (10) to (20)", AE, on="p"),
    Row("alter table p attach partition fits for values from (100) to (200)", SUE, on="p"),
    Row("alter table p attach partition fits for values from (100) to (200)", AE, on="fits"),
    Row("alter table p attach partition loose for values from (10) to (30)", AE, "s", on="loose"),
    Row("alter table p detach partition p1", AE, on="p"),
    Row("drop table p1", AE, on="p"),
    Row("alter type e add value 'b'", NONE),
    Row("alter type e rename value 'a' to 'b'", NONE),
    Row(A + "alter n set statistics 10", SUE),
    Row(A + "set (fillfactor = 90)", SUE),
    Row(A + "set (autovacuum_enabled = false)", SUE),
    Row(A + "cluster on by_x", SUE),
    Row("create statistics z on n, m from t", SUE),
    Row("comment on table t is 'z'", SUE),
    Row(A + "alter x set storage external", AE),
    Row(A + "alter x set compression pglz", AE),
    Row(A + "rename constraint sure to z", AE),
    Row("create trigger z after insert on t for each row execute function tf()", SRE),
    Row(A + "disable trigger trg", SRE),
    Row("drop trigger trg on t", AE),
    Row(A + "enable row level security", AE),
    Row(A + "force row level security", AE),
    Row("create policy z on t using (true)", AE),
    Row("alter policy pol on t using (false)", AE),
    Row("drop policy pol on t", AE),
    Row(A + "replica identity full", AE),
    Row(A + "set unlogged", AE, "r"),
    Row(A + "alter g drop expression", AE),
    Row(A + "alter g set expression as (id + 2)", AE, "r", since=17),
    Row("grant select on t to public", AS, since=18),
    Row("grant select on t to public", NONE, until=14),
    Row("alter table loose add constraint z primary key using index lk", AE, on="loose"),
    Row(A + "add constraint z unique using index uq", AE),
    Row(A + "alter constraint has_fk deferrable", AE),
    Row(A + "disable rule rul", AE),
    Row("create or replace rule rul as on insert to t do also notify y", AE),
    Row("drop rule rul on t", AE),
    Row("alter rule rul on t rename to z", AE),
    Row("alter trigger trg on t rename to z", AE),
    Row("alter policy pol on t rename to z", AE),
    Row("create table z () inherits (t)", SUE),
    Row("create table z (like t)", AS),
    Row("alter table kid no inherit above", AE, on="kid"),
    Row("alter table kid no inherit above", AS, on="above"),
    Row("alter table only p1 alter v set statistics 5", SUE, on="p1"),
    Row("alter table only p1 alter v set storage plain", AE, on="p1"),
    Row("analyze t (n)", SUE),
    Row("alter index by_x set (fillfactor = 50)", SUE, on="by_x"),
    Row("alter index by_x rename to z", SUE, on="by_x"),
    Row("alter publication pub add table t", SUE),
    Row("create publication z for table t", SUE),
    Row("create sequence z owned by t.id", AS),
    Row("alter sequence sq owned by t.id", AS),
    Row("alter sequence sq owned by t.id", SRE, on="sq"),
    Row("alter sequence sq increment by 2", SRE, "r", on="sq"),
    Row("alter sequence sq owner to current_user", AE, on="sq"),
    Row("alter view vv owner to current_user", AE, on="vv"),
    Row("alter view vv set (security_barrier = true)", AE, on="vv"),
    Row("create or replace view vv as select id, v from r", AE, on="vv"),
    Row("drop view vv", AE, on="vv"),
    Row("alter domain plain add check (value > 0)", S),
    Row("alter domain plain add check (value > 0) not valid", NONE),
    Row("alter domain plain set not null", S),
    Row("alter domain plain set default 1", NONE),
    Row("create view z as select * from t", AS),
    Row("create materialized view z as select * from t", AS),
    Row("create table z (id int references r)", SRE, on="r"),
]
# What runs outside of a transaction cannot be taken back, and is looked at from beside.
LONE = [
    Row("create index concurrently z on t (n)", SUE),
    Row("create unique index concurrently z on t (id)", SUE),
    Row("drop index concurrently by_x", SUE),
    Row("reindex index concurrently by_x", SUE),
    Row("alter table p detach partition p1 concurrently", SUE, on="p"),
    Row("alter table p detach partition p1 concurrently", AE, on="p1"),
]
FINALIZE = [
    Row("alter table p detach partition p1 finalize", SUE, on="p"),
    Row("alter table p detach partition p1 finalize", AE, on="p1"),
]
# Whatever is asked for conflicts with one of these, and is seen waiting for it.
ENOUGH = 20  # looks at a statement that waits: it has what it can have
HELD = ("access share", "row exclusive", "share update exclusive", "access exclusive")


@pytest.fixture
def measured(make_database: MakeDatabase) -> Database:
    """A database with a table of everything; each statement is rolled back in it."""
    database = make_database()
    database.load(BEFORE)
    return database


def observed(connection: psycopg.Connection[Any], row: Row) -> tuple[LockMode, str]:
    """Run a statement, look, and take it back."""
    with connection.transaction(force_rollback=True):
        oid = _one(connection, f"select '{row.on}'::regclass::oid")
        file = _one(connection, f"select pg_relation_filenode({oid})")
        with observation.whole_reads(connection) as said:
            connection.execute(row.sql.encode())
        after = _one(connection, f"select pg_relation_filenode({oid})")
        lock = _one(
            connection,
            "select array_agg(mode) from pg_locks where locktype = 'relation' and relation = "
            f"{oid} and pid = pg_backend_pid()",
        )
    strongest = max((MODES[mode] for mode in lock or ()), default=NONE)
    tables = {"t", "loose", "fits", "p1"}
    read = [x for table, x in observation.tables_read(said, ("t",)) if table in tables]
    does = "r" if file != after else "s" if read else ""
    return strongest, does


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_locks_rewrites_and_reads(measured: Database, server_major: int) -> None:
    wrong = []
    with measured.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for row in ROWS:
            if not row.since <= server_major <= row.until:
                continue
            seen = observed(connection, row)
            if seen != (row.lock, row.does):
                wrong.append(f"{row.sql} [{row.on}]: {seen[0].sql} {seen[1]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("sql", sorted({row.sql for row in LONE}))
def test_what_runs_outside_of_a_transaction_only(measured: Database, sql: str) -> None:
    with measured.connect(autocommit=False) as connection:
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            connection.execute(sql.encode())
        connection.rollback()


def asked(database: Database, row: Row, held: str) -> LockMode:
    """Run a statement while another session holds a lock, which it gives up when it is waited for.

    Gives the strongest lock that was held or asked for at any time.
    """
    seen = {NONE}
    with ExitStack() as stack:
        holder, watch = (stack.enter_context(database.connect(autocommit=a)) for a in (False, True))
        worker = stack.enter_context(database.connect())
        oid = _one(watch, f"select '{row.on}'::regclass::oid")
        holder.execute(f"lock table only {row.on} in {held} mode".encode())
        thread = threading.Thread(target=worker.execute, args=(row.sql.encode(),))
        thread.start()
        waited = 0
        while thread.is_alive():
            locks = watch.execute(
                "select mode, granted, locktype = 'relation' and relation = %s from pg_locks"
                " where pid = %s",
                (oid, worker.info.backend_pid),
            ).fetchall()
            seen |= {MODES[mode] for mode, _, mine in locks if mine}
            waited += any(not granted for _, granted, _ in locks)
            if waited > ENOUGH:
                holder.rollback()
        thread.join()
    return max(seen)


@pytest.mark.parametrize("row", LONE, ids=lambda row: f"{row.sql} [{row.on}]")
def test_locks_outside_of_a_transaction(measured: Database, clone: CloneDatabase, row: Row) -> None:
    seen = {held: asked(clone(measured), row, held) for held in HELD}
    assert max(seen.values()) == row.lock, seen


@pytest.mark.parametrize("row", FINALIZE, ids=lambda row: row.on)
def test_locks_of_a_detach_that_is_finalized(
    measured: Database, clone: CloneDatabase, row: Row
) -> None:
    with measured.connect(autocommit=False) as reader, measured.connect() as detaching:
        reader.execute("select * from p limit 1")
        detaching.execute("set lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            detaching.execute("alter table p detach partition p1 concurrently")
    seen = {held: asked(clone(measured), row, held) for held in HELD}
    assert max(seen.values()) == row.lock, seen


def test_a_type_cannot_change_under_a_view(measured: Database) -> None:
    with measured.connect() as connection, pytest.raises(psycopg.errors.FeatureNotSupported):
        connection.execute("alter table r alter id type bigint")
