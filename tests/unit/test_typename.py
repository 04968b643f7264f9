"""The names of types, measured against `format_type()` of a real server."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemadiff.core.typename import TypeNameError, canonical_type, is_type
from tests.plugins.postgres import Database

# Separated by `|`; each is made the type of a column, and read back.
SPELLINGS = """
int|int4|integer|INT|"int4"|pg_catalog.int4|pg_catalog."int8"|int2|smallint|int8|bigint|bool|boolean
|pg_catalog.bool|float|float4|float8|real|double precision|DOUBLE   PRECISION|float(1)|float(24)
|float(25)|float(53)|decimal|dec|numeric|numeric(5)|numeric(5,2)|decimal(5, 2)|dec(3)
|pg_catalog.numeric(7,3)|"numeric"(4)|numeric (6 , 1)|varchar|varchar(10)|character varying
|character varying(10)|char varying(5)|char|char(5)|character|character(7)|nchar|nchar(3)
|nchar varying(3)|national character|national character varying(9)|national char(2)
|national char varying|bpchar|bpchar(4)|"bpchar"|pg_catalog.bpchar|pg_catalog.bpchar(3)|"char"
|pg_catalog."char"|pg_catalog.char|"varchar"(3)|pg_catalog.varchar(3)|bit|bit(3)|bit varying
|bit varying(4)|varbit|varbit(5)|"bit"|"bit"(3)|pg_catalog.bit|pg_catalog.varbit|time|time(2)
|time without time zone|time(3) without time zone|time with time zone|time(3) with time zone|timetz
|timetz(2)|timestamp|timestamp(0)|timestamp(3) without time zone|timestamp with time zone
|TIMESTAMP (4) WITH TIME ZONE|timestamptz|timestamptz(5)|pg_catalog.timestamptz(3)|"timestamp"(2)
|"time"|pg_catalog.time(1)|interval|interval(3)|interval year|interval month|interval day
|interval hour|interval minute|interval second|interval second(2)|interval year to month
|interval day to hour|interval day to minute|interval day to second|interval day to second(3)
|interval hour to minute|interval hour to second|interval hour to second(1)
|interval minute to second|interval minute to second(0)|interval day to second(6)|interval(6)
|pg_catalog.interval|"interval"|int[]|int[3]|int[][]|int[3][4]|int array|int array[4]|_int4
|pg_catalog._text|_varchar|text []|numeric(10,2)[]|timestamp(3) with time zone[]|bit[]
|char[]|char(3)[]|"char"[]|interval day to second(3)[]|text|TEXT|pg_catalog.text|name|uuid|json
|jsonb|pg_catalog.jsonb|xml|bytea|date|inet|cidr|macaddr|macaddr8|money|oid|regclass|regprocedure
|tsvector|tsquery|point|path|line|lseg|box|polygon|circle|int4range|int4multirange|tstzrange
|datemultirange|txid_snapshot|pg_snapshot|pg_lsn|xid|xid8|cid|tid|jsonpath|refcursor|oidvector
|int2vector|aclitem|app.mood|app."mood"|APP.Mood|app.mood[]|mood|"Odd name"|public."Odd name"[]
|app.text|app."Select"|U&"int\\0034"|timestamp(9)|interval(8)|time(7)
|"time"(3)[]|"float8"|"bool"|"text"|"date"|app.pair
""".replace("\n", "").split("|")
# Only where the extension of the wheel is there, and from PostgreSQL 15 on.
VECTORS = ("vector", "vector(3)", "public.vector(3)", "public.vector(3)[]", "VECTOR ( 3 )")
NEGATIVE = ("numeric(3,-2)", "numeric(3, -2)[]")

SETUP = """
create schema app;
create type app.mood as enum ('sad', 'ok');
create type app.pair as (a int, b int);
create domain app.text as int;
create domain app."Select" as int;
create domain public."Odd name" as int;
set search_path = app, public;
"""


class Types:
    """Columns of a type, read back in the server's words."""

    def __init__(self, connection: psycopg.Connection[tuple[str, ...]]) -> None:
        self.connection = connection

    def resolve(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        schemas = ["app", "public"] if len(parts) == 1 else [parts[0]]
        return self.connection.execute(
            """select nspname, typname from pg_type join pg_namespace n on n.oid = typnamespace
               where nspname = any(%s) and typname = %s order by nspname""",
            (schemas, parts[-1]),
        ).fetchone()

    def of_the_server(self, spelling: str) -> str:
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(f"create temp table probe (a {spelling}\n)".encode())
            self.connection.execute("set local search_path = ''")
            row = self.connection.execute(
                """select format_type(atttypid, atttypmod) from pg_attribute
                   where attrelid = 'pg_temp.probe'::regclass and attnum = 1"""
            ).fetchone()
            assert row is not None
            return row[0]


def test_spellings(database: Database, server_major: int) -> None:
    with database.connect() as connection:
        connection.execute(SETUP)
        spellings = [*SPELLINGS]
        if server_major >= 15:
            spellings += NEGATIVE
        row = connection.execute("select from pg_available_extensions where name = 'vector'")
        if row.fetchone() is not None:
            connection.execute("create extension vector schema public")
            spellings += VECTORS
        types = Types(connection)
        expected = {text: types.of_the_server(text) for text in spellings}
        assert {text: canonical_type(text, types.resolve) for text in spellings} == expected
        assert [text for text in spellings if is_type(text) is not None] == []
        # What the server prints is read back as the same.
        printed = set(expected.values())
        assert {canonical_type(text, types.resolve) for text in printed} == printed


def test_every_type_of_the_catalog_is_known(database: Database) -> None:
    """What pg_catalog has is never asked for: no schema of a user can come before it."""
    rows = database.execute(
        """select typname, format_type(oid, -1) from pg_type
           where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'p', 'r', 'm')
             and typname !~ '^_pg_(?!lsn|snapshot)'"""
    )
    asked: list[tuple[str, ...]] = []
    for name, printed in rows:
        assert canonical_type(f'"{name}"', asked.append) == printed
    assert asked == []


def test_unknown_names_are_printed_as_they_are() -> None:
    def nothing(_: tuple[str, ...]) -> None:
        return None

    assert canonical_type("Citext", nothing) == "citext"
    assert canonical_type('App."My Type"[]', nothing) == 'app."My Type"[]'
    assert canonical_type("geometry(Point, 4326)", nothing) == "geometry(Point,4326)"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0), ("int; drop table x", 3), ("int)", 3), ("t.a%TYPE", 3), ("int[", 4),
        ("int not null", 4), ("setof int", 6), ("a.b.c", 0), ("'x'", 0), ("double", 6),
        ("interval month to day", 15), ("int[-1]", 4), ("vector('a); drop", 7), ("bit(1)(2)", 6),
        ("timestamp with zone", 15), ("a..b", 1), ("\0", 0), ("int(3)", 3), ("float(99)", 0),
        ("vector(a.b)", 8), ("vector(f())", 8), ("int, b int", 3), ("int[] check (true)", 6),
        ("int collate x", 4), ("1", 0), ("int array[3][4]", 12),
        ("int -- x", 4), ("int /* x */ []", 4),
    ],
)  # fmt: skip
def test_what_is_no_type(text: str, offset: int) -> None:
    assert is_type(text)
    with pytest.raises(TypeNameError) as caught:
        canonical_type(text, lambda _: None)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "text", ["numeric(1,2,3)", "varchar(max)", "int4(3)", "varbit(1,2)", '"interval"(2)']
)
def test_modifiers_that_no_server_takes(text: str) -> None:
    with pytest.raises(TypeNameError):
        canonical_type(text, lambda _: None)


WORDS = (
    "int a . ( ) [ ] 3 , - array varchar interval to day second with time zone 'x' ; -- \n "
    '"A" char % _int4'
)


@given(st.lists(st.sampled_from(WORDS.split(" "))).map(" ".join))
def test_a_type_is_a_fixpoint_and_opens_nothing(text: str) -> None:
    if is_type(text) is not None:
        return
    assert ";" not in text
    assert text.count("(") == text.count(")")
    try:
        printed = canonical_type(text, lambda _: None)
    except TypeNameError:
        return
    assert canonical_type(printed, lambda _: None) == printed
