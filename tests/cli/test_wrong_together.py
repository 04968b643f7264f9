"""Mistakes that show only when the files, or files and server, are seen together.

Each is refused with its place before anything runs; PostgreSQL itself would tell most of them half
way through an apply, and some never.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.plugins.postgres import Database

ONE = "tables:\n  t:\n    columns:\n      id: integer primary key\n"

# What the files alone show: text, then place and code, and a part of the message and the hint.
FILES = {
    "heirs of each other": (
        "tables:\n  a: {inherits: [b], columns: {x: int}}\n  b: {inherits: [a], columns: {x: int}}",
        ["2:3 SD029", "3:3 SD029", "an heir of itself"],
    ),
    "an heir of itself": ("tables:\n  a: {inherits: [a], columns: {x: int}}", ["2:3 SD029"]),
    "a part of itself": (
        "tables:\n  a: {partition_of: a, bound: default}",
        ["2:3 SD029", "partition_of:"],
    ),
    "a schema of the server": (
        "schema: information_schema\n" + ONE,
        ["3:3 SD028", "the schema information_schema belongs to the server"],
    ),
    "a schema that the server keeps": ("schemas: {pg_mine: {}}", ["1:11 SD028", "pg_"]),
    "two primary keys": (
        "tables:\n  t:\n    columns:\n      a: int primary key\n      b: int primary key",
        ["5:7 SD022", "t has a primary key already"],
    ),
    "no column to refer to": (
        ONE + "  u:\n    columns: {a: int references t(idd)}",
        ["SD058", "table t has no column 'idd'", "did you mean id?"],
    ),
    "no key to refer to": (
        "tables:\n  t:\n    columns: {a: int}\n  u:\n    columns: {a: int references t(a)}",
        ["SD051", "t(a), which is no key", "unique"],
    ),
    "no primary key to refer to": (
        "tables:\n  t:\n    columns: {a: int unique}\n  u:\n    columns: {a: int references t}",
        ["SD051", "t, which has no primary key", "references: t(…)"],
    ),
    "a zero byte": (ONE + '    comment: "a\\0b"', ["5:14 SD006", "zero byte"]),
    "a text without quotes": (
        "tables:\n  t:\n    columns:\n      a: {type: text, default: hello}",
        ["4:23 SD031", "hello would be a column", "default: \"'hello'\""],
    ),
}

# What the server has to be asked.
SERVER = {
    "no such table": (
        ONE + "      u: int references users(id)",
        ["5:7 SD078", "there is no table public.users"],
    ),
    "a table in capitals": (
        "tables: {Users: {columns: {id: int unique}}, t: {columns: {u: int references Users}}}",
        ["SD078", 'did you mean public."Users"?', "double quotes"],
    ),
    "a view is no table": (
        "views: {v: select 1 as id}\n" + ONE + "      u: int references v(id)",
        ["SD078", "there is no table public.v"],
    ),
    "no such extension": ("extensions: [plpgsq]", ["1:14 SD078", "did you mean plpgsql?"]),
}


@pytest.mark.parametrize("name", FILES)
def test_files_alone(name: str, cli: Cli, bare: Path) -> None:
    text, expected = FILES[name]
    (bare / "schemas").mkdir()
    (bare / "schemas" / "x.yaml").write_text(text + "\n")
    result = cli("validate")
    assert result.code == 1
    assert all(part in result.err for part in expected), result.err


@pytest.mark.parametrize("name", SERVER)
def test_files_and_server(name: str, cli: Cli, live: Database, bare: Path) -> None:
    text, expected = SERVER[name]
    (bare / "schemas").mkdir()
    (bare / "schemas" / "x.yaml").write_text(text + "\n")
    assert cli("validate").code == 0
    result = cli("apply", "--yes")
    assert result.code == 1
    assert all(part in result.err for part in expected), result.err
    assert live.execute("SELECT 1 FROM pg_class WHERE oid >= 16384") == []


def test_what_is_a_value_by_itself_needs_no_quotes(cli: Cli, bare: Path) -> None:
    (bare / "schemas").mkdir()
    (bare / "schemas" / "x.yaml").write_text(
        "tables:\n  t:\n    columns:\n      a: date default current_date\n"
        "      b: {type: boolean, default: true}\n      c: name default CURRENT_USER\n"
        "      d: {type: text, default: null}\n"
    )
    assert cli("validate").code == 0


def test_a_table_out_of_scope_is_there(cli: Cli, live: Database, bare: Path) -> None:
    live.load("CREATE SCHEMA other; CREATE TABLE other.users (id int PRIMARY KEY)")
    (bare / "schemas").mkdir()
    (bare / "schemas" / "x.yaml").write_text(ONE + "      u: int references other.users(id)\n")
    (bare / "schemadiff.yaml").write_text("scope: {schemas: [public]}\n")
    assert cli("apply", "--yes").code == 0
