"""What is dropped by others while a database is read: the reading is made again, and ends well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.catalog import unmanaged
from schemadiff.catalog.inspector import Inspection, inspect
from schemadiff.catalog.retry import again
from schemadiff.catalog.session import connect, reading
from schemadiff.catalog.unmanaged import find_unmanaged
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import Vanished
from schemadiff.kinds import KINDS
from tests.cli.conftest import Cli, bare, cli
from tests.plugins.postgres import Database

__all__ = ["bare", "cli"]

MADE = """
CREATE DOMAIN positive AS integer DEFAULT 1 + 1 CHECK (VALUE > 0);
CREATE TABLE salons (
    id integer PRIMARY KEY, name text DEFAULT upper('x'), rating positive, CHECK (id > 1),
    twice integer GENERATED ALWAYS AS (id * 2) STORED,
    EXCLUDE USING btree (lower(name) WITH =) WHERE (id > 2)
);
CREATE INDEX by_name ON salons (lower(name)) WHERE id > 3;
CREATE STATISTICS of_names ON (lower(name)), (id + 1) FROM salons;
CREATE POLICY own ON salons USING (id > 4);
CREATE TABLE days (day date DEFAULT now()) PARTITION BY RANGE (date_part('year', day));
CREATE TABLE days_one PARTITION OF days FOR VALUES FROM (1) TO (2);
CREATE VIEW best AS SELECT id, name FROM salons WHERE id > 5;
CREATE MATERIALIZED VIEW most AS SELECT id FROM salons;
CREATE RULE quiet AS ON INSERT TO best DO INSTEAD UPDATE salons SET name = new.name;
CREATE FUNCTION often(x integer DEFAULT 1 + 2) RETURNS bigint LANGUAGE sql BEGIN ATOMIC
    SELECT count(*) FROM salons WHERE id > x; END;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touched BEFORE UPDATE ON salons FOR EACH ROW WHEN (new.id > 6)
    EXECUTE FUNCTION touch();
CREATE TABLE stays (id integer PRIMARY KEY, rating positive);
"""
DROPS = """
DROP VIEW best
DROP RULE quiet ON best
DROP MATERIALIZED VIEW most
DROP FUNCTION often
DROP TRIGGER touched ON salons
DROP POLICY own ON salons
DROP STATISTICS of_names
DROP INDEX by_name
DROP TABLE days_one
DROP TABLE days
DROP DOMAIN positive CASCADE
ALTER TABLE salons DROP CONSTRAINT salons_check
ALTER TABLE salons DROP CONSTRAINT salons_lower_excl
ALTER TABLE salons DROP COLUMN name CASCADE
ALTER TABLE salons ALTER name DROP DEFAULT
DROP TABLE salons CASCADE
DROP FUNCTION touch CASCADE
"""


def _read(database: Database, meanwhile: Callable[[], None]) -> Inspection:
    """Read all, of which something is dropped when the snapshot of the first try is taken."""
    todo = [meanwhile]
    with connect(database.url) as connection:

        def read() -> Inspection:
            with reading(connection):
                connection.execute("SELECT 1")
                while todo:
                    todo.pop()()
                found = inspect(connection, KINDS)
                find_unmanaged(connection, found, KINDS)
                return found

        return again(read, connection)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("drop", DROPS.strip().splitlines())
def test_it_is_read_again(database: Database, drop: str) -> None:
    database.load(MADE)

    def meanwhile() -> None:
        with psycopg.connect(database.url, autocommit=True) as other:
            other.execute(drop.encode())

    found = _read(database, meanwhile)
    stays = [i for i in found.catalog.objects if i.path[:2] == ("public", "stays")]
    assert {i.kind for i in stays} >= {"table", "column", "primary_key"}


def test_a_plan_speaks_of_what_is_left(
    database: Database, bare: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names by which the files were read are those of the first try, and one is gone."""
    database.load(MADE)
    assert cli("pull", "--db", database.url).code == 0
    drops = ["DROP TABLE stays"]

    def disturbed(*arguments: Any) -> Any:
        while drops:
            database.load(drops.pop())
            raise Vanished(Diagnostic(code="SD403", message="a table was dropped"))
        return find_unmanaged(*arguments)

    monkeypatch.setattr(unmanaged, "find_unmanaged", disturbed)
    planned = cli("plan", "--db", database.url, "--format", "sql")
    assert (planned.code, drops) == (0, []), planned.err
    assert "CREATE TABLE IF NOT EXISTS public.stays" in planned.out
    assert "salons" not in planned.out
    assert (bare / "schemas" / "stays.yaml").exists()
