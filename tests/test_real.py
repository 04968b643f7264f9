"""Schemas of real products: pulled, planned, and built anew from the YAML alone.

The schemas are not part of the project; `SCHEMADIFF_REAL` names a folder of them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import Server
from schemadiff.catalog.inspector import inspect
from schemadiff.catalog.session import reading
from schemadiff.catalog.unmanaged import read_unmanaged
from schemadiff.core.errors import SchemaDiffError
from schemadiff.kinds import KINDS
from schemadiff.spec.writer import Layout, write_catalog
from tests import laws
from tests.extent import THOROUGH
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

REAL = Path(os.environ.get("SCHEMADIFF_REAL") or Path(__file__).parents[2] / "shared/data/real")
NAMES = sorted(p.parent.name for p in REAL.glob("*/schema.sql"))
_EXTENSION = re.compile(
    r"^create extension (?:if not exists )?\"?([\w-]+)", re.IGNORECASE | re.MULTILINE
)
# Whether `public` still bears initdb's comment is no part of the schema.
_OF_INITDB = ("SCHEMA public; Type: COMMENT", "public; Type: SCHEMA")
_ROLE = "DO $$ BEGIN CREATE ROLE {0}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not NAMES, reason=f"no real schemas in {REAL} (set SCHEMADIFF_REAL)"),
]


def loaded(name: str, make_database: MakeDatabase, binaries: Binaries) -> Database:
    """Load a real schema, or skip with the reason."""
    text = (REAL / name / "schema.sql").read_text(encoding="utf-8")
    missing = {e.lower() for e in _EXTENSION.findall(text)} - binaries.extensions - {"plpgsql"}
    if missing:
        pytest.skip(f"this server lacks the extensions {', '.join(sorted(missing))}")
    if "uuidv7" in text and binaries.major < 18:
        pytest.skip("needs PostgreSQL 18 (uuidv7)")
    database = make_database()
    for role in json.loads((REAL / name / "meta.json").read_text())["roles"]:
        database.execute(_ROLE.format(f'"{role}"'))
    database.load(REAL / name / "schema.sql")
    return database


def pulled(database: Database, folder: Path) -> set[str]:
    """Write the YAML of a database; gives the names of what is not managed."""
    with laws.opened(database) as connection, reading(connection):
        found = inspect(connection, KINDS)
        left = read_unmanaged(connection, found, KINDS)
    write_catalog(found.catalog, KINDS, folder, Layout.BY_TABLE, known=found.known(KINDS))
    return {u.name for u in left}


@pytest.mark.parametrize("name", NAMES)
def test_pull_plan_rebuild(
    name: str, make_database: MakeDatabase, binaries: Binaries, tmp_path: Path
) -> None:
    """Pull, then plan says nothing; a database built from the YAML alone is the same."""
    database = loaded(name, make_database, binaries)
    unmanaged = pulled(database, tmp_path)
    assert laws.plan_for(database, tmp_path).empty

    second = make_database()
    plan = laws.plan_for(second, tmp_path)
    laws.run(second, plan)
    assert laws.plan_for(second, tmp_path).empty
    wanted, built = (_unnamed(laws.dump_blocks(d)) for d in (database, second))
    differing = sorted(wanted ^ built)
    unexplained = [
        b
        for b in differing
        if not b.startswith(_OF_INITDB) and not any(_mentions(b, n) for n in unmanaged)
    ]
    assert not unexplained, "\n\n".join(unexplained[:10])


def _unnamed(blocks: frozenset[str]) -> frozenset[str]:
    """Leave out the names of a partition's NOT NULLs.

    PARTITION OF takes them from the table (18), ATTACH leaves them as they were, and an inherited
    constraint cannot be renamed.
    """
    parts = {m[1] for b in blocks for m in re.finditer(r"ATTACH PARTITION (\S+) ", b)}
    return frozenset(
        re.sub(r"CONSTRAINT \S+ NOT NULL", "NOT NULL", b)
        if (m := re.search(r"CREATE TABLE (\S+) \(", b)) and m[1] in parts
        else b
        for b in blocks
    )


def _mentions(block: str, name: str) -> bool:
    """Tell whether a statement speaks of something that was reported as not managed."""
    return any(
        part in block.split("\n", 1)[0] for part in re.split(r"[.\s]", name)[1:] if len(part) > 3
    )


def others(name: str) -> list[str]:
    """Name the schemas to go to: the next one, or all where it is thorough (minutes)."""
    at = NAMES.index(name)
    found = [*NAMES[at + 1 :], *NAMES[:at]]
    return found if THOROUGH else found[:1]


@pytest.fixture(scope="session")
def products(server: Server, binaries: Binaries) -> Callable[[str], Database]:
    """Give a function that loads a schema once, for others to copy and to look at."""
    found: dict[str, Database] = {}

    def product(name: str) -> Database:
        if name not in found:
            called = f"product_{name}"
            database = Database(called, server.ensure_database(called))
            found[name] = loaded(name, lambda: database, binaries)
        return found[name]

    return product


@pytest.mark.parametrize("name", NAMES)
def test_from_each_to_each_other(
    name: str, products: Callable[[str], Database], clone: CloneDatabase
) -> None:
    """From one product's schema to others that this server can have, each in one plan."""
    source = products(name)
    wrong: dict[str, object] = {}
    for other in others(name):
        try:
            wanted = products(other)
        except pytest.skip.Exception:
            continue
        database = clone(source)
        try:
            laws.run(database, laws.plan_between(database, wanted))
            if left := laws.plan_between(database, wanted).changes:
                wrong[other] = [str(c.identity) for c in left][:10]
        except (psycopg.Error, SchemaDiffError) as error:
            wrong[other] = error
    assert not wrong
