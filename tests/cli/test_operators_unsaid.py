"""IS DISTINCT FROM, NULLIF and CASE compare by an operator that PostgreSQL prints without its name.

So it is with citext, whose operators are where the extension is. The enum here has one of its own.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database, MakeDatabase

BEFORE = """
CREATE TYPE word AS ENUM ('a', 'A', 'b');
CREATE FUNCTION alike(word, word) RETURNS boolean IMMUTABLE LANGUAGE sql
    AS 'SELECT pg_catalog.lower($1::text) OPERATOR(pg_catalog.=) pg_catalog.lower($2::text)';
CREATE OPERATOR = (FUNCTION = alike, LEFTARG = word, RIGHTARG = word);
CREATE TABLE t (x word, y word, CONSTRAINT others CHECK (x IS DISTINCT FROM y));
CREATE VIEW v AS SELECT NULLIF(x, 'A'::word) AS n, CASE x WHEN 'A'::word THEN 1 END AS c FROM t;
"""


@pytest.mark.parametrize("script", [False, True])
def test_they_are_found_again(
    bare: Path, live: Database, make_database: MakeDatabase, cli: Cli, *, script: bool
) -> None:
    live.load(BEFORE)
    found = cli("pull", "--schemas", "s")
    assert found.code == 0, found.err
    made = make_database()
    if script:
        found = cli("plan", "--schemas", "s", "--db", made.url, "--format", "sql")
        for _ in range(2):
            made.load(found.out)
    else:
        found = cli("apply", "--schemas", "s", "--db", made.url, "--yes")
    assert found.code == 0, found.err
    with pytest.raises(psycopg.errors.CheckViolation):
        made.execute("INSERT INTO t VALUES ('a', 'A')")
    made.execute("INSERT INTO t VALUES ('a', 'b')")
    assert made.execute("SELECT n, c FROM v") == [(None, 1)]
    found = cli("plan", "--schemas", "s", "--db", made.url, "--detailed-exitcode")
    assert found.code == 0, found.out
