"""From one random schema to another and back, with rows, by the commands that a person runs.

`SCHEMADIFF_SEEDS=2000:2100` goes through other pairs than those of the suite.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import psycopg
import pytest

from tests import laws
from tests.cli.conftest import Cli, Result
from tests.extent import every
from tests.plugins.postgres import Database, MakeDatabase
from tests.random_schemas import random_schema

STATEMENTS = 110
SCRIPT = "script"
_SAID = os.environ.get("SCHEMADIFF_SEEDS")
SEEDS = range(*map(int, _SAID.split(":"))) if _SAID else range(0, 60, every(10))
_TABLES = """
SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind::text IN ('r', 'p') AND n.nspname IN ('public', 's1')"""
# What is refused since only a person can know: values that no rule turns into others.
_NEEDS_A_RULE = re.compile(
    r"(?:SD077|`using:` what becomes of the values of) column (\w+)\.(\w+)\.(.+?)(?:: |$)",
    re.MULTILINE,
)
_OF_A_TYPE = re.compile(r"SD077 (?:domain|composite) (\w+\.\w+): ")
# Its key, or the order of its columns, is for good, and its rows have no way into a new one.
_FOR_GOOD = re.compile(r"SD065 column (\w+\.\w+)\.|SD069 table (\w+\.\w+) ")
# Found only when it is done: defaults that their types refuse, NULLs in a part that was none.
_NOT_ASKED = re.compile(r"SD314|\((22001|22007|22P02)\)|alter part not null .*\n.*\(23502\)")
# Nobody asks the rows for a script, which ends where one of them is in the way.
_IN_THE_WAY = re.compile(
    r"psql failed.*(violate|null value|duplicated|conflicting key|invalid input|malformed"
    r"|out of range|too long|no partition|only be called as triggers)",
    re.DOTALL,
)
# A view names the columns of a function's rows that there were when it was made.
_COLUMNS = re.compile(r"(?<=\) )(\w+)\([^()]*\)")
_NAMED = re.compile(r'CONSTRAINT ("[^"]+"|\S+) NOT NULL')  # in parts they stay as they are
# A domain without a default over one that has got one since: no statement makes it so at once.
_NONE = re.compile(r"^(CREATE DOMAIN .*) DEFAULT NULL::.+$", re.MULTILINE)
# What it becomes for the server, though not for pg_dump, when the index that it names is dropped.
_OF_NO_INDEX = re.compile(r"^ALTER TABLE ONLY \S+ REPLICA IDENTITY NOTHING;$", re.MULTILINE)
_HEIR = re.compile(r"^CREATE [A-Z ]*TABLE (\S+) \([^;]*(?:;[^;]*)*^INHERITS \(", re.MULTILINE)
# What is proved stays so, and where a new column is NOT NULL it is proved.
_UNPROVEN = re.compile(r"ALTER TABLE (\S+)\n +ADD (?:CONSTRAINT \S+ )?NOT NULL .+ NOT VALID")


@pytest.mark.parametrize("seed", SEEDS)
def test_from_one_to_the_other_and_back(
    seed: int, cli: Cli, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Each state that is pulled is planned without changes, and reached from the other."""
    first, second = make_database(), make_database()
    for database, number, rows in ((first, 2 * seed, 3), (second, 2 * seed + 1, 0)):
        with database.connect() as connection:
            made = random_schema(connection, number, STATEMENTS, rows=rows)
        script = ";\n".join(made) + ";\n"
        (tmp_path / f"{'ba'[database is first]}.sql").write_text(script)
    for database, name in ((first, "a"), (second, "b")):
        result = cli("pull", "--db", database.url, "--schemas", name)
        assert result.code == 0, result.err
        result = cli("plan", "--db", database.url, "--schemas", name, "--detailed-exitcode")
        assert result.code == 0, result.out + result.err
    before = laws.dump_blocks(first)
    how = (*(("--offline",) if seed % 2 else ()), *((SCRIPT,) if seed % 3 == 0 else ()))
    _move(cli, first, "b", *how)
    assert _differing(laws.dump_blocks(first), laws.dump_blocks(second)) == []
    _move(cli, first, "a", *how)
    assert _differing(laws.dump_blocks(first), before) == []


def _move(cli: Cli, database: Database, schemas: str, *flags: str) -> None:
    """Apply, as somebody who gives values up where nothing else is left."""
    arguments = ("--db", database.url, "--schemas", schemas)
    for _ in range(9):
        result = _applied(cli, database, *arguments, *flags)
        if result.code == 0:
            break
        lost = _NEEDS_A_RULE.findall(result.err)
        types = _OF_A_TYPE.findall(result.err)
        tables = [a or b for a, b in _FOR_GOOD.findall(result.err)]
        if lost or types or tables:
            for schema, table, column in dict.fromkeys(lost):
                _give_up(database, f"{schema}.{table}", f'"{column}"')
            for type_ in dict.fromkeys(types):
                database.execute(f"DROP TYPE {type_} CASCADE")
            for table in dict.fromkeys(tables):
                database.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
        elif any(each.search(result.err) for each in (_NOT_ASKED, _IN_THE_WAY)):
            [(tables,)] = database.execute(_TABLES)
            database.execute(f"TRUNCATE {tables} CASCADE")
        else:
            break
    assert result.code == 0, result.err
    result = cli("plan", *arguments, "--detailed-exitcode")
    assert result.code == 0, result.out + result.err


def _applied(cli: Cli, database: Database, *arguments: str) -> Result:
    """Apply, or have psql run the script twice."""
    flags = [each for each in arguments if each != SCRIPT]
    if SCRIPT not in arguments:
        return cli("apply", *flags, "--yes", "--allow", "all")
    result = cli("plan", *flags, "--format", "sql")
    try:
        for _ in range(0 if result.code else 2):
            database.load(result.out)
    except AssertionError as error:
        return Result(1, result.out, f"error: {error}")
    return result


def _give_up(database: Database, table: str, column: str) -> None:
    """Drop a column, or the table where it is the key of partitions or comes from another."""
    try:
        database.execute(f"ALTER TABLE IF EXISTS {table} DROP COLUMN {column} CASCADE")
    except psycopg.Error:
        database.execute(f"DROP TABLE IF EXISTS {table} CASCADE")


def _differing(here: frozenset[str], there: frozenset[str]) -> list[str]:
    """Give the statements that only one of two dumps has."""
    apart = {m[1] for b in here | there if (m := _HEIR.search(b) or _UNPROVEN.search(b))}
    one, other = _told(here, apart), _told(there, apart)
    return sorted(f"+ {b}" for b in one - other) + sorted(f"- {b}" for b in other - one)


def _plain(block: str) -> str:
    text = _OF_NO_INDEX.sub("", _NONE.sub(r"\1", block))
    return _NAMED.sub("NOT NULL", _COLUMNS.sub(r"\1", text))


def _told(blocks: frozenset[str], apart: set[str]) -> frozenset[str]:
    """Leave out what files do not say: privileges that are nowhere, whose columns an heir's are."""
    return frozenset(
        "\n".join(sorted(filter(None, _plain(b).split("\n"))))
        for b in blocks
        if "; Type: ACL" not in b.split("\n", 1)[0]
        and not _UNPROVEN.search(b)
        and not any(f"TABLE {t} {how}" in b for t in apart for how in ("(", "OF "))
        and not any(f"TABLE ONLY {t} ALTER COLUMN" in b for t in apart)
    )
