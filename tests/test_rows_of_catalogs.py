"""What spares a dump: equal rows in all catalogs, and no change that passes for none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import laws
from tests.cli.test_verify_sees import CHANGES
from tests.plugins.postgres import Database, MakeDatabase
from tests.rows_of_catalogs import rows_of_catalogs

EVERYTHING = "".join(
    f"CREATE SCHEMA c{n}; {there.format(s=f'c{n}')}" for n, (there, _) in enumerate(CHANGES)
)
SYSTEM = (
    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) TO seer",
    "COMMENT ON FUNCTION pg_catalog.pg_sleep(float8) IS 'new'",
    "COMMENT ON EXTENSION plpgsql IS NULL",
    "DROP EXTENSION plpgsql",
    "DROP SCHEMA public",
    "CREATE SEQUENCE c.s; CREATE TABLE c.t (a int DEFAULT nextval('c.s'))",
)


@pytest.fixture
def seer(database: Database) -> Iterator[None]:
    """Make the role that the changes speak of."""
    database.execute("CREATE ROLE seer")
    yield
    database.execute("DROP OWNED BY seer CASCADE; DROP ROLE seer")


@pytest.mark.usefixtures("seer")
def test_each_single_change_is_seen(database: Database) -> None:
    unseen = []
    with database.connect() as connection:
        for number, (there, change) in enumerate([*CHANGES, *(("", each) for each in SYSTEM)]):
            with connection.transaction(force_rollback=True):
                connection.execute(f"CREATE SCHEMA c; {there.format(s='c')}".encode())
                before = rows_of_catalogs(connection)
                connection.execute(change.format(s="c").encode())
                if before is None or before == rows_of_catalogs(connection):
                    unseen.append((number, change))
    assert not unseen


@pytest.mark.usefixtures("seer")
def test_the_same_under_other_numbers_is_equal(
    database: Database, make_database: MakeDatabase
) -> None:
    other = make_database()
    other.execute("CREATE TABLE away (a serial); DROP TABLE away")
    default = "CREATE SEQUENCE s; CREATE TABLE t (a int PRIMARY KEY DEFAULT nextval('s'));"
    for each in (database, other):
        each.load(EVERYTHING + default)
    assert laws.rows_of(database) == laws.rows_of(other) is not None
    assert laws.dump(database) == laws.dump(other)
    other.execute("DROP OWNED BY seer CASCADE")
