"""One of everything: pulled, planned, and built anew from the YAML alone."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.inspector import inspect
from schemadiff.catalog.session import reading
from schemadiff.catalog.unmanaged import read_unmanaged
from schemadiff.cli.docs_coverage import given
from schemadiff.core.catalog import Unmanaged
from schemadiff.core.object import attributes
from schemadiff.kinds import KINDS
from schemadiff.spec.writer import Layout, write_catalog
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase

SINK = Path(__file__).parent / "kitchen_sink.sql"
DISABLED = "disabled: its triggers do not fire as they were made"
# What cannot be rebuilt because it is not managed, and pull says so: what it says, and the heads of
# the statements in the dump.
REPORTED = {
    Unmanaged("user_mapping", "sink_server.sink_reader", "an option that holds a secret"): {
        "USER MAPPING sink_reader SERVER sink_server; Type: USER MAPPING"
    },
    # These are in no dump either.
    Unmanaged("foreign_key", "sink.silent.silent_fk", DISABLED): set(),
    Unmanaged("comment on", '"_RETURN" on sink.cheap', ""): set(),
    Unmanaged("large object", "1 in all", ""): set(),
    Unmanaged(
        "operator", "sink.!==(sink.pair, sink.pair)", "a shell that another operator names"
    ): set(),
    Unmanaged(
        "function in an operator family", "pg_catalog.integer_ops 1 (sink.pair, integer)", ""
    ): set(),
    Unmanaged(
        "operator in an operator family", "pg_catalog.integer_ops 1 (sink.pair, integer)", ""
    ): set(),
}
# Attributes that no schema of a fresh database has, and where they are proved instead.
ELSEWHERE = {
    "rows",  # tests/cases/rows: what the files list, never what is pulled unasked
    "row",
    "tablespace",  # tests/cases/tablespace: a server of its own
    "leftover",  # tests/cases/online, tests/test_online.py: what a stopped plan leaves
    "index valid",  # so of keys: tests/cases/unique/incomplete_of_partitioned
    "primary_key valid",
    "unique valid",
    "exclusion valid",
    "view column_list",  # the files' own way to say the names of columns
    "materialized_view column_list",
    "table column_order",  # tests/cases/table/typed: a plan alone says it
    "table rejoins",  # tests/cases/composite/reorder_above_heirs: so of foreign tables
    "foreign_table rejoins",
}
# What only a server with ICU, or with the extensions of contrib, has.
OF_CONTRIB = {"extension", "collation deterministic", "collation provider", "collation rules"}


def sink(make_database: MakeDatabase) -> Database:
    """Make one of everything."""
    database = make_database()
    database.load(SINK)
    return database


def test_everything_is_in_it(
    make_database: MakeDatabase, server_major: int, binaries: Binaries
) -> None:
    """Every kind, and every attribute of it that this server knows, other than by default."""
    catalog = laws.catalog_of(sink(make_database))
    there: dict[str, set[str]] = defaultdict(set)
    for obj in catalog.objects.values():
        there[obj.identity.kind] |= set(given(obj))
    missing = set()
    for kind in KINDS:
        every = attributes(kind.model)
        names = {a for a in every if kind.since.get(a, 0) <= server_major}
        if kind.name not in there:
            missing |= {kind.name} if names or not every else set()
            continue
        missing |= {f"{kind.name} {a}" for a in names - there[kind.name]}
    contrib = "pg_trgm" in binaries.extensions
    assert missing - ELSEWHERE == (set() if contrib else missing & OF_CONTRIB)


def test_pull_plan_rebuild(make_database: MakeDatabase, tmp_path: Path) -> None:
    """Pull, then plan says nothing; a database built from the YAML alone is the same."""
    database = sink(make_database)
    with laws.opened(database) as connection, reading(connection):
        found = inspect(connection, KINDS)
        left = read_unmanaged(connection, found, KINDS)
    assert set(left) == set(REPORTED)
    write_catalog(found.catalog, KINDS, tmp_path, Layout.BY_TABLE, known=found.known(KINDS))
    assert not [str(op.sql) for op in laws.plan_for(database, tmp_path).operations()]

    second = make_database()
    laws.run(second, laws.plan_for(second, tmp_path))
    assert not [str(op.sql) for op in laws.plan_for(second, tmp_path).operations()]
    reported = tuple(head for heads in REPORTED.values() for head in heads)
    wanted, built = laws.dump_blocks(database), laws.dump_blocks(second)
    differing = "\n\n".join(b for b in sorted(wanted ^ built) if not b.startswith(reported))
    assert not differing
