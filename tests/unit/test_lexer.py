"""The lexer and what stands on it, measured against the server's own lexer."""

from __future__ import annotations

import contextlib
import random
import time

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemadiff.core.expression import (
    check_expression,
    check_name,
    check_query,
    names,
    split_commas,
    strip_query,
)
from schemadiff.core.lexer import Kind, LexError, code, tokens
from tests.plugins.postgres import Database

# What strings, comments and names begin, end, hide and escape with.
PIECES = (
    "'", "''", "'a'", "E'", "e'a\\'", "\\", "\\'", "\\\\", "U&'", "B'0'", "X'", "N'", '"', '""',
    '"a"', 'U&"', "$$", "$a$", "$a", "$1", "a$$", "1$$", "--", "-- x\n", "/*", "*/", "/**/", "*/*",
    "\n", "\r", "\t", " ", "(", ")", "[", "]", ",", ";", ":", "::", "1", ".5", "1.", "1e5", "0x1F",
    "a", "b", "uescape", "uescape '!'", "+", "-", "+-", "*", "/", "@-", "||", "é", "\u00a0", "not",
)  # fmt: skip
ESCAPES = ("); select (1", ");select(1", ")\n; select (1", "); select ('a", "); --", "); /*")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a", [(Kind.IDENT, "a", "a")]),
        ("Straße ÄB", [(Kind.IDENT, "Straße", "straße"), (Kind.IDENT, "ÄB", "Äb")]),
        ("a$1 _b", [(Kind.IDENT, "a$1", "a$1"), (Kind.IDENT, "_b", "_b")]),
        ('"A""b"', [(Kind.QUOTED, '"A""b"', 'A"b')]),
        (r'U&"d\0061t\+000061"', [(Kind.QUOTED, r'U&"d\0061t\+000061"', "data")]),
        (
            "U&\"d!0061t!+000061\" UESCAPE '!' x",
            [
                (Kind.QUOTED, "U&\"d!0061t!+000061\" UESCAPE '!'", "data"),
                (Kind.IDENT, "x", "x"),
            ],
        ),
        ("'a''b'", [(Kind.STRING, "'a''b'", "a'b")]),
        (r"'a\'", [(Kind.STRING, r"'a\'", "a\\")]),
        (r"E'a\'b''\n\x41\101\u0041'", [(Kind.STRING, r"E'a\'b''\n\x41\101\u0041'", "a'b'\nAAA")]),
        (r"E'\uD83D\uDE00'", [(Kind.STRING, r"E'\uD83D\uDE00'", "😀")]),
        (r"U&'\0041\\'", [(Kind.STRING, r"U&'\0041\\'", "A\\")]),
        ("B'01' x'F' n'a'", [
            (Kind.STRING, "B'01'", "01"), (Kind.STRING, "x'F'", "F"), (Kind.STRING, "n'a'", "a"),
        ]),
        ("'a'\n -- c\n 'b'", [(Kind.STRING, "'a'\n -- c\n 'b'", "ab")]),
        ("'a' 'b'", [(Kind.STRING, "'a'", "a"), (Kind.STRING, "'b'", "b")]),
        ("E'a'\n'\\' b'", [(Kind.STRING, "E'a'\n'\\' b'", "a' b")]),
        ("$$a'b$$", [(Kind.DOLLAR, "$$a'b$$", "a'b")]),
        ("$x$ $$ $y$ $x$", [(Kind.DOLLAR, "$x$ $$ $y$ $x$", " $$ $y$ ")]),
        ("$1", [(Kind.PARAM, "$1", "$1")]),
        ("1.5e-3 .5 1. 0xFF 1_000", [
            (Kind.NUMBER, t, t) for t in ("1.5e-3", ".5", "1.", "0xFF", "1_000")
        ]),
        ("1..2", [
            (Kind.NUMBER, "1", "1"), (Kind.PUNCTUATION, "..", ".."), (Kind.NUMBER, "2", "2"),
        ]),
        ("a::b", [
            (Kind.IDENT, "a", "a"), (Kind.PUNCTUATION, "::", "::"), (Kind.IDENT, "b", "b"),
        ]),
        ("*-1", [
            (Kind.OPERATOR, "*", "*"), (Kind.OPERATOR, "-", "-"), (Kind.NUMBER, "1", "1"),
        ]),
        ("@-1", [(Kind.OPERATOR, "@-", "@-"), (Kind.NUMBER, "1", "1")]),
        ("+/* /* */ */+--", [
            (Kind.OPERATOR, "+", "+"),
            (Kind.COMMENT, "/* /* */ */", "/* /* */ */"),
            (Kind.OPERATOR, "+", "+"),
            (Kind.COMMENT, "--", "--"),
        ]),
    ],
)  # fmt: skip
def test_tokens(sql: str, expected: list[tuple[Kind, str, str]]) -> None:
    found = tokens(sql)
    assert [(t.kind, t.text, t.value) for t in found] == expected
    assert all(sql[t.start : t.end] == t.text for t in found)


@pytest.mark.parametrize(
    ("sql", "offset"),
    [
        ("a 'b", 2), ("E'a\\'", 0), ('"a', 0), ('""', 0), ("x $a$ b", 2), ("/* /* */", 0),
        ("a \\ b", 2), ("{", 0), ("\0", 0), ("123abc", 0), ("$", 0), ("0x", 0), ("U&'\\00'", 0),
        ("E'\\U00110000'", 0), ("U&'a' uescape 'ab'", 14), ("'a\n", 0), ('U&"a', 0),
    ],
)  # fmt: skip
def test_what_is_no_sql_says_where(sql: str, offset: int) -> None:
    with pytest.raises(LexError) as caught:
        tokens(sql)
    assert caught.value.offset == offset
    assert caught.value.message


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_tokens_cover_the_text(sql: str) -> None:
    try:
        found = tokens(sql)
    except LexError:
        return
    end = 0
    for token in found:
        assert not sql[end : token.start].strip(" \t\n\r\f\v")
        assert sql[token.start : token.end] == token.text
        end = token.end
    assert not sql[end:].strip(" \t\n\r\f\v")


@pytest.mark.parametrize(
    "piece",
    ["'a'\n", "(", "/*", "*/", "''", "\\'", "$a", "-- a\n", "+-", "\n", '"', "1_", "$a$", "a"],
)
@pytest.mark.parametrize("start", ["", "E'", "/*", "'a'"])
def test_time_is_linear(start: str, piece: str) -> None:
    def taken(size: int) -> float:
        text = start + piece * (size // len(piece))
        before = time.process_time()
        with contextlib.suppress(LexError):
            tokens(text)
        check_expression(text)
        names(text)
        return time.process_time() - before

    # What is quadratic takes 100 times as long; how fast the machine is does not matter, and where
    # it was called away in the middle, it is asked again.
    assert any(taken(60_000) < 40 * taken(6_000) + 1 for _ in range(3))


@pytest.mark.parametrize(
    "text",
    [
        "now()", "a > 0", "';'", "$$;$$", "(a, b)", "a[1:2]", "'a' -- c\n || 'b'", "a /* ; */",
        "select 1", "E'\\';'", '";"', "x between 0 and 5", "U&'\\0027' || ';'",
    ],
)  # fmt: skip
def test_expressions(text: str) -> None:
    assert check_expression(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-- a", "/* a */", "a; b", "a;", "now()); drop table x; --", "a)", "(a", ")(",
        "(a]", "a -- b", "'a", "E'a\\'", "a, b", "$a$", "/* a", "a\0", "(a;b)", "a) + (b",
        "E'a'\n'\\' || ' ); select (''", "'a' --'\n; select 1", "\\! ls", "[a)", "case when a; end",
    ],
)  # fmt: skip
def test_what_is_not_one_expression(text: str) -> None:
    assert check_expression(text)


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("select 1", "select 1"),
        ("\n-- all\nSELECT 1; -- done\n", "-- all\nSELECT 1"),
        ("with a as (select ';') table a ; ;", "with a as (select ';') table a"),
        ("(select 1) union values (2)", "(select 1) union values (2)"),
    ],
)
def test_queries(text: str, stripped: str) -> None:
    assert check_query(text) is None
    assert strip_query(text) == stripped


@pytest.mark.parametrize(
    "text",
    ["", ";", "drop table x", "select 1; select 2", "select (1", "select 1)", '"select" 1', "--"],
)
def test_what_is_not_one_query(text: str) -> None:
    assert check_query(text)


@pytest.mark.parametrize("text", ["a", 'App."My T"', " a . b ", "a.b.c", 'U&"a"'])
def test_one_name(text: str) -> None:
    assert check_name(text) is None


@pytest.mark.parametrize(
    "text", ["", "a b", "a.", ".a", "a..b", "a(b)", "a; b", "'a'", "a -- b", '"a', "1", "a,b", "*"]
)
def test_what_is_not_one_name(text: str) -> None:
    assert check_name(text)


def test_names() -> None:
    text = (
        """App."T".c || f('x y') + nextval('app."My Ids"'::REGCLASS) + to_regprocedure('g(int)')"""
    )
    assert names(text) == {
        "app", "T", "c", "f", "nextval", "My Ids", "regclass", "to_regprocedure", "g", "int",
        "||", "+",  # an operator can be the user's own, too
    }  # fmt: skip
    assert {"it", "isn", "t", "sql", "a"} <= names("it isn't sql {a}")


def test_split_commas() -> None:
    assert split_commas("a, f(b, c), 'd,e', array[1, 2] /* , */") == [
        "a", "f(b, c)", "'d,e'", "array[1, 2] /* , */",
    ]  # fmt: skip
    assert split_commas("") == [""]


def test_what_is_accepted_stays_inside(database: Database) -> None:
    """A server that is given `select (<text>)` never sees a second statement in it."""
    rng = random.Random(5)
    seen = 0
    with database.connect() as connection:
        for _ in range(6000):
            half = [rng.choice(PIECES) for _ in range(rng.randrange(1, 6))]
            rest = [rng.choice(PIECES) for _ in range(rng.randrange(5))]
            text = "".join([*half, rng.choice(ESCAPES), *rest])
            if check_expression(text) is not None:
                continue
            seen += 1
            assert _statements(connection, f"select ({text})") <= 1, text
    assert seen > 50  # enough of them to mean something


def test_the_server_reads_the_same_values(database: Database) -> None:
    rng = random.Random(7)
    pieces = ("\\", "''", "\\'", "\\n", "a", "\\u0041", "\\101", "\\x41", "'\n'", "' --'\n  '", "é")
    seen = 0
    with database.connect() as connection:
        for _ in range(1500):
            body = "".join(rng.choice(pieces) for _ in range(rng.randrange(5)))
            text = f"{rng.choice(('', 'E', 'e', 'N'))}'{body}'"
            try:
                found = code(text)
            except LexError:
                continue
            if len(found) != 1:
                continue
            try:
                row = connection.execute(f"select {text}".encode()).fetchone()
            except psycopg.Error:
                continue
            seen += 1
            assert row == (found[0].value,), text
    assert seen > 100  # enough of them to mean something


def _statements(connection: psycopg.Connection[object], sql: str) -> int:
    """Count the statements that the server sees in a text, without running what follows one."""
    try:
        # With the extended protocol a second statement is an error of its own.
        connection.execute(sql.encode(), prepare=True)
    except psycopg.errors.SyntaxError as error:
        return 2 if "multiple commands" in str(error) else 0
    except psycopg.Error:
        return 1
    return 1
