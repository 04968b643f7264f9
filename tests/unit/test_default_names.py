"""The names that we choose are those that a real server chooses."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest

from schemadiff.core.default_names import (
    check_column,
    choose,
    distinct_names,
    expression_name,
    has_operator,
    index_name_addition,
)
from schemadiff.core.sql import ident
from schemadiff.kinds._index.column import looks_like_call, parse_index_column
from tests.plugins.postgres import MakeDatabase

COLUMNS = ("a", "b", "c", "Weird", "ts", "n", "arr", "d", "j", "f")
TABLE = (
    'CREATE TABLE t (a int, b int, c text, "Weird" int, ts timestamptz, n numeric, arr int[], '
    "d date, j jsonb, f bool)"
)
KEYS = """
lower(c) | pg_catalog.lower(c) | (a+b) | (a) | (t.a) | (a::text) | ((a+b)::text) | (-a) | (not f)
((a+b)::numeric(10,2)) | (cast(a as bigint)) | (cast(a+b as integer)) | ((a+b)::float(3))
coalesce(a,b) | nullif(a,b) | greatest(a,b) | least(a,b) | (arr[1]) | (array[a,b])
(case when a>0 then 1 end) | (case when a>0 then 1 else b end) | (a is null) | (a in (1,2))
(case when a>0 then 1 else lower(c)::int end) | (ts at time zone 'UTC') | (c like 'a%')
extract(year from d) | (extract(year from d)::int) | ((ts at time zone 'UTC')::date)
(ts at time zone 'UTC' - interval '1 day') | date_trunc('day', ts at time zone 'UTC')
substring(c from 1 for 2) | trim(c) | trim(leading 'x' from c) | trim(trailing from c)
position('a' in c) | overlay(c placing 'x' from 1) | (j->>'a') | ((j->>'a')::int)
(date '2020-01-01') | (c collate "C") | (lower(c) collate "C") | (c::varchar(10)) | (c::char(3))
((c||'x')::double precision) | ((c||'x')::boolean) | (a between 1 and 2) | ((t).a)
(a::text::int) | ((a+1)::text::int) | (1) | (null::int) | (a is distinct from b)
(md5(c)::uuid) | (c::"char") | (a = any (arr)) | ("Weird") | (c is normalized)
"""
CHECKS = """
a>0 | a>b | 1>0 | "Weird">0 | a>0 and a<9 | lower(c)='x' | t.a>0 | date(ts)>d
d > date '2020-01-01' | extract(year from ts)>1 | c collate "C" > 'a' | (t).a>0
ts at time zone 'utc' > d | a::text = c | f | n > 0::numeric | c in ('a','b') | c = 'b and d'
"""


def items(text: str) -> list[str]:
    return [item.strip() for line in text.strip().splitlines() for item in line.split(" | ")]


def names(connection: psycopg.Connection[Any]) -> set[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace"
        " UNION SELECT conname FROM pg_constraint WHERE contype <> 'n' AND conrelid <> 0"
        " AND connamespace = 'public'::regnamespace"
    )
    return {name for (name,) in rows}


def test_keys_of_indexes(make_database: MakeDatabase) -> None:
    with make_database().connect(autocommit=False) as connection:
        connection.execute(TABLE)
        for text in items(KEYS):
            with connection.transaction(force_rollback=True):
                connection.execute(f"CREATE INDEX ON t ({text})".encode())
                wanted = names(connection)
            key = parse_index_column(text)
            name = expression_name(key.text) if key.is_expression else key.text
            assert {choose("t", name, "idx", lambda _: False)} == wanted, text


def test_checks(make_database: MakeDatabase) -> None:
    with make_database().connect(autocommit=False) as connection:
        connection.execute(TABLE)
        for text in items(CHECKS):
            with connection.transaction(force_rollback=True):
                connection.execute(f"ALTER TABLE t ADD CHECK ({text})".encode())
                wanted = names(connection)
            column = check_column(text, COLUMNS) or ""
            assert {choose("t", column, "check", lambda _: False)} == wanted, text


def test_long_names_of_many_bytes(make_database: MakeDatabase) -> None:
    """Cut by bytes, never inside of a character, and numbered where they clash."""
    chance = random.Random(7)

    def word() -> str:
        length = chance.choice([1, 3, 10, 20, 30, 60])
        text = "".join(chance.choice("abxé漢😀") for _ in range(length))
        return text.encode()[:60].decode(errors="ignore") or "x"

    with make_database().connect(autocommit=False) as connection:
        for _ in range(25):
            table = word()
            columns = list(dict.fromkeys(word() for _ in range(chance.choice([1, 2, 3, 5]))))
            with connection.transaction(force_rollback=True):
                made = _make_all(connection, table, columns)
            assert made == _choose_all(table, columns), (table, columns)


def _make_all(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> set[str]:
    t, listed = ident(table), ", ".join(map(ident, columns))
    first = ident(columns[0])
    for statement in (
        f"CREATE TABLE {t} ({', '.join(f'{ident(c)} int' for c in columns)})",
        f"CREATE INDEX ON {t} ({listed})",
        f"CREATE INDEX ON {t} ({listed}, {listed})",
        f"ALTER TABLE {t} ADD UNIQUE ({listed})",
        f"ALTER TABLE {t} ADD FOREIGN KEY ({listed}) REFERENCES {t} ({listed})",
        f"ALTER TABLE {t} ADD PRIMARY KEY ({first})",
        f"ALTER TABLE {t} ADD CHECK ({first} > 0)",
        f"ALTER TABLE {t} ADD CHECK ({first} > 1)",
    ):
        connection.execute(statement.encode())
    return names(connection)


def _choose_all(table: str, columns: list[str]) -> set[str]:
    taken: set[str] = set()
    joined = index_name_addition(columns)
    for second, label in (
        (joined, "idx"),
        (index_name_addition(distinct_names([*columns, *columns])), "idx"),
        (joined, "key"),
        (joined, "fkey"),
        ("", "pkey"),
        (columns[0], "check"),
        (columns[0], "check"),
    ):
        taken.add(choose(table, second, label, taken.__contains__))
    return taken


@pytest.mark.parametrize(
    ("text", "call", "operator"),
    [
        ("lower(a)", True, False),
        ('app."F"(a, (b))', True, False),
        ("lower(a) || b", False, True),
        ("(a)::text", False, False),
        ("CASE WHEN a > 0 THEN b END", False, False),
        ("CASE WHEN a > 0 THEN b END + 1", False, True),
        ("(a) + (b)", False, True),
        ("a IS NULL", False, True),
        ("tags[1]", False, False),
    ],
)
def test_what_the_server_puts_in_brackets(text: str, *, call: bool, operator: bool) -> None:
    assert looks_like_call(text) is call
    assert has_operator(text) is operator
