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
    "a bound that is half said": (
        "tables: {a: {partition_by: range (x)}, b: {partition_of: a, bound: (1) to (2)}}",
        ["1:61 SD041", "begins with `for values`, or is `default`"],
    ),
    "a value that a comma cuts": (
        "tables:\n  t:\n    columns: {a: {type: numeric(10,2)}}",
        ["3:36 SD011", "is put in quotes"],
    ),
    "a column that a comma cuts": (
        "tables: {t: {columns: {a: numeric(10,2), b: int}}}",
        ["1:24 SD013 a: a bracket is not closed", "1:38 SD013 2)", "is put in quotes"],
    ),
    "an element that a comma cuts": (
        "tables: {t: {columns: {a: int}, exclusions: {e: {elements: [f(a,a) with =]}}}}",
        ["SD057", "a bracket is not closed: (", "text with a comma is put in quotes"],
    ),
    "a body with what is around it": (
        "functions: {f(): {returns: int, language: plpgsql, body: '$$ begin end $$'}}",
        ["1:13 SD092", "begins with $$", "between the two $$"],
    ),
    "a body that is a statement": (
        "functions: {f(): {returns: int, language: plpgsql, body: create function f() as}}",
        ["1:13 SD092", "begins with CREATE"],
    ),
    "a text for a list": (
        "tables: {t: {columns: {a: int}, unique: a}}",
        ["1:33 SD013", "found a single value", "where no name is needed, a list"],
    ),
    "a key that says the opposite": (
        "tables: {t: {columns: {a: {type: int, nullable: false}}}}",
        ["1:39 SD011", "did you mean not_null, which says the opposite?"],
    ),
    "a column of which nothing is said": (
        "tables:\n  t:\n    columns:\n      a:",
        ["4:7 SD013", "found nothing", "add type:"],
    ),
    "a label that YAML takes for nothing": (
        "enums: {e: [a, null]}",
        ["1:9 SD013", 'the text stands in quotes, "null"'],
    ),
    "an action within what is referred to": (
        ONE + "    foreign_keys: {f: {columns: id, references: {table: t, on_delete: cascade}}}",
        ["5:60 SD011", "did you mean on_delete beside references?"],
    ),
    "a version of the files": ("version: 1", ["1:1 SD011", "unknown key 'version'"]),
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
    "a table that a crash empties to refer to": (
        ONE.replace("  t:\n", "  t:\n    unlogged: true\n")
        + "  u:\n    columns: {a: int references t}",
        ["SD051", "of a table that is logged refers to t, which is not", "both unlogged"],
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
    "an identity that is no number": (
        "tables:\n  t:\n    columns:\n      a: text generated always as identity",
        ["4:7 SD044", "an identity cannot be of type text", "bigint"],
    ),
    "a statistics target beyond all": (
        "tables:\n  t:\n    columns:\n      a: {type: int, statistics: 10001}",
        ["SD066", "a statistics target cannot be 10001", "0 to 10000"],
    ),
    "a target of an expression beyond all": (
        ONE + "    indexes: {i: {columns: [(id + 1)], statistics: {1: 10001}}}",
        ["SD066", "a statistics target cannot be 10001"],
    ),
    "extended statistics of one column": (
        ONE + "    statistics: {s: [id]}",
        ["SD098", "fewer than two columns"],
    ),
    "two arguments of one name": (
        "functions:\n  f(a int, a text): {returns: int, language: sql, body: select 1}",
        ["2:3 SD090", "two arguments are called a"],
    ),
    "an argument that comes out twice": (
        "functions:\n  f(out a int, inout a int): {language: sql, body: select 1}",
        ["2:3 SD090", "two arguments are called a"],
    ),
    "a variadic argument that is no array": (
        "functions:\n  f(variadic a int): {returns: int, language: sql, body: select 1}",
        ["2:3 SD090", "is an array", "integer[]"],
    ),
    "a cost below nothing": (
        "functions:\n  f(): {returns: int, language: sql, cost: -1, body: select 1}",
        ["SD094", "cost of f() has to be more than 0"],
    ),
    "rows of what is no set": (
        "functions:\n  f(): {returns: int, language: sql, rows: 5, body: select 1}",
        ["SD094", "f() returns no set"],
    ),
    "a trigger's function that returns a number": (
        ONE + "    triggers: {r: {timing: before, events: [insert], function: f()}}\n"
        "functions:\n  f(): {returns: int, language: sql, body: select 1}",
        ["SD099", "function f() returns integer", "returns: trigger"],
    ),
    "a trigger's function with arguments": (
        ONE + "    triggers: {r: {timing: before, events: [insert], function: f()}}\n"
        "functions:\n  f(a int): {returns: trigger, language: plpgsql, body: begin end}",
        ["SD099", "function f takes arguments", "TG_ARGV"],
    ),
    "an event trigger's function that is a trigger's": (
        (
            "functions:\n  f(): {returns: trigger, language: plpgsql, body: begin end}\n"
            "event_triggers: {e: {event: ddl_command_end, function: f}}"
        ),
        ["SD099", "returns: event_trigger"],
    ),
    "instead of a table": (
        ONE + "    triggers: {r: instead of insert for each row execute function g()}",
        ["SD099", "INSTEAD OF is for views"],
    ),
    "each row of a view": (
        (
            "views: {v: {query: select 1 as a, triggers: "
            "{r: before insert for each row execute function g()}}}"
        ),
        ["SD099", "a trigger for each row of a view is INSTEAD OF"],
    ),
    "instead of a statement": (
        "views: {v: {query: select 1 as a, triggers: {r: instead of insert execute function g()}}}",
        ["SD099", "INSTEAD OF is for each row"],
    ),
    "each row of a truncate": (
        ONE + "    triggers: {r: after truncate for each row execute function g()}",
        ["SD099", "TRUNCATE is for each statement"],
    ),
    "a constraint before": (
        ONE + "    triggers: {r: before insert deferrable for each row execute function g()}",
        ["SD099", "a constraint trigger is AFTER"],
    ),
    "tables of two events": (
        ONE + "    triggers: {r: after insert or update referencing new table as n "
        "execute function g()}",
        ["SD099", "transition tables are for one event"],
    ),
    "old rows of an insert": (
        ONE + "    triggers: {r: after insert referencing old table as o execute function g()}",
        ["SD099", "an INSERT has no old rows"],
    ),
    "no column to own a sequence": (
        ONE + "sequences: {s: {owned_by: t.number}}",
        ["SD058", "table t has no column 'number'"],
    ),
    "a version of what is everywhere": (
        "extensions: {plpgsql: {version: '2.0'}}",
        ["SD045", "plpgsql is part of every database: its version"],
    ),
    "a comment on what is everywhere": (
        "extensions: {plpgsql: {comment: ours}}",
        ["SD045", "plpgsql is part of every database: its comment"],
    ),
    "no column to grant on": (
        ONE + "    grants: {public: [select(id), update(idd)]}",
        ["5:5 SD058", "table t has no column 'idd'", "did you mean id?"],
    ),
    "no index to sort by": (
        ONE + "    cluster_on: t_pkei",
        ["SD058", "t has no index 't_pkei'", "did you mean t_pkey?"],
    ),
    "no index for a replica": (
        ONE + "    replica_identity: {index: by_name}",
        ["SD058", "t has no index 'by_name'"],
    ),
}

# What the server has to be asked.
SERVER = {
    "no such language": (
        "functions:\n  f(): {returns: int, language: plpsql, body: begin end}",
        ["2:3 SD078", "there is no language plpsql", "did you mean plpgsql?"],
    ),
    "a key of what has no order": (
        "tables:\n  t:\n    columns:\n      a: json primary key",
        ["SD074", "could not identify an ordering operator for type json"],
    ),
    "a reference to what cannot be compared": (
        ONE + "  u:\n    columns: {a: text references t}",
        ["6:15 SD074", "cannot be implemented", "incompatible types: text and integer"],
    ),
    "types of other databases": (
        "tables:\n  t:\n    columns: {a: datetime, b: interger}\n  u:\n    columns: {a: number}",
        ["3:15 SD074", "mean timestamptz?", "3:28 SD074", "mean integer?", "5:15", "mean numeric?"],
    ),
    "arguments the other way round": (
        "functions:\n  f(int a): {returns: int, language: sql, body: select 1}",
        ["2:3 SD074 function public.f(a)", "an argument is written `name type`"],
    ),
    "views that need each other": (
        "views:\n  a: select x from b\n  b: select x from c\n  c: select x from a",
        ["each needs the next: view public.a → view public.b → view public.c → view public.a"],
    ),
    "a column in the place of a table": (
        ONE + "      u: int references t.id",
        ["5:7 SD078", "there is no table t.id", "did you mean t(id)?"],
    ),
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
    "different things that are nowhere": (
        ONE + "      u: int references users(id)\nextensions: [plpgsq]\n"
        "functions:\n  f(): {returns: int, language: plpsql, body: select 1}",
        ["5:7 SD078", "6:14 SD078", "2 errors"],
    ),
    "what lacks only what is wrong itself": (
        "tables: {t: {columns: {a: nope}}}\nviews: {v: select a from t, w: select b from nowhere}",
        ["1:24 SD074", "2:29 SD074", "2 errors"],
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
