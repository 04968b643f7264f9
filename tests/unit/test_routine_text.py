"""Signatures, settings and bodies of routines as people write them, and triggers in SQL's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import SpecError
from schemadiff.core.identity import Identity
from schemadiff.kinds import KINDS
from schemadiff.kinds._arguments import (
    Argument,
    Written,
    parse_argument,
    parse_signature,
    parse_table,
    print_arguments,
    without_modifier,
)
from schemadiff.kinds._settings import clause, readable, stored
from schemadiff.kinds._trigger.spec import condition_of, parse_call, parse_trigger, written
from schemadiff.spec.folder import build_spec, read_folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", Written("in", "", "int", None)),
        ("a int", Written("in", "a", "int", None)),
        ("double precision", Written("in", "", "double precision", None)),
        ("date time", Written("in", "date", "time", None)),
        ("interval day to second", Written("in", "", "interval day to second", None)),
        ("in out a int", Written("inout", "a", "int", None)),
        ("a out int", Written("out", "a", "int", None)),
        ("variadic xs text[]", Written("variadic", "xs", "text[]", None)),
        (
            '"A b" timestamp(3) with time zone',
            Written("in", "A b", "timestamp(3) with time zone", None),
        ),
        ("a int default 2", Written("in", "a", "int", "2")),
        ("a text = 'x = y'", Written("in", "a", "text", "'x = y'")),
        ("a text := f(1, 2)", Written("in", "a", "text", "f(1, 2)")),
        ("out int", Written("out", "", "int", None)),
    ],
)
def test_an_argument_is_split(text: str, expected: Written) -> None:
    assert parse_argument(text) == expected


@pytest.mark.parametrize("text", ["", "a b c", "int; drop table x", "a int)", "(int"])
def test_what_is_no_argument_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_argument(text)


def test_a_signature_is_split_at_its_own_brackets_only() -> None:
    found = parse_signature("f(a numeric(5,2) default g(1, ')'), b text)")
    assert found.name == "f"
    assert [w.name for w in found.arguments] == ["a", "b"]
    assert found.arguments[0].default == "g(1, ')')"
    assert parse_signature("now").arguments == ()
    with pytest.raises(ValueError, match="name"):
        parse_signature("f(a int) returns int")


def test_a_table_is_no_type() -> None:
    found = parse_table('table(a int, "B" text)')
    assert found is not None
    assert [(w.mode, w.name, w.type) for w in found] == [
        ("table", "a", "int"),
        ("table", "B", "text"),
    ]
    assert parse_table("tables") is None
    with pytest.raises(ValueError, match="name type"):
        parse_table("table(int)")


def test_lengths_are_no_part_of_a_signature() -> None:
    assert without_modifier("numeric(5,2)[]") == "numeric[]"
    assert without_modifier("timestamp(3) without time zone") == "timestamp without time zone"
    assert without_modifier("interval day to second(3)") == "interval"
    assert without_modifier('"odd(3)"') == '"odd(3)"'
    assert without_modifier("bpchar") == "character"


def test_defaults_belong_to_the_last_inputs() -> None:
    arguments = (
        Argument("in", "a", "integer"),
        Argument("out", "b", "text"),
        Argument("in", "c", "text"),
    )
    assert print_arguments(arguments, ("'x'",)) == "a integer, OUT b text, c text DEFAULT 'x'"


@pytest.mark.parametrize(
    ("name", "text", "value", "sql"),
    [
        ("search_path", "''", '""', "SET search_path TO ''"),
        (
            "search_path",
            'public, "$user"',
            'public, "$user"',
            "SET search_path TO 'public', '$user'",
        ),
        ("work_mem", "'64MB'", "64MB", "SET work_mem TO '64MB'"),
        ("DateStyle", "iso, mdy", "iso, mdy", "SET \"DateStyle\" TO 'iso, mdy'"),
        ("app.user", "'a ''b'''", "a 'b'", "SET app.\"user\" TO 'a ''b'''"),
        ("enable_seqscan", "off", "off", "SET enable_seqscan TO 'off'"),
        ("statement_timeout", "-1", "-1", "SET statement_timeout TO '-1'"),
    ],
)
def test_a_setting_is_kept_as_the_server_keeps_it(
    name: str, text: str, value: str, sql: str
) -> None:
    setting = stored(name, text)
    assert setting[1] == value
    assert clause(setting) == sql
    assert stored(setting[0], readable(setting)) == setting


@pytest.mark.parametrize("text", ["", "a b", "1; drop table x", "'open", "(1)"])
def test_what_is_no_value_of_a_setting_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        stored("work_mem", text)


@pytest.mark.parametrize(
    "text",
    [
        "before update for each row execute function touch()",
        "after update of a, \"B b\" for each row when ((new.a = ')')) execute function f('a')",
        "after update referencing old table as o new table as n execute function f()",
        "after insert from a.o deferrable initially deferred for each row execute function f()",
        "instead of delete for each row execute function f()",
    ],
)
def test_a_trigger_in_words_says_the_same_both_ways(text: str) -> None:
    values = parse_trigger(text)
    again = written(values)
    assert isinstance(again, str)
    assert parse_trigger(again) == values


@pytest.mark.parametrize(
    "text",
    [
        "before update",
        "sometimes update execute function f()",
        "before update execute function f(); drop table x",
        "before update when (true) or (false) execute function f()",
        "before update when (true execute function f()",
        "before update execute function f(g(1))",
    ],
)
def test_what_is_no_trigger_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_trigger(text)


def test_arguments_of_a_trigger_are_texts() -> None:
    assert parse_call("f('it''s', 2, Foo)") == ("f", ["it's", "2", "foo"])


def test_the_condition_is_found_behind_odd_names() -> None:
    definition = (
        'CREATE TRIGGER " WHEN (" BEFORE UPDATE ON public.t FOR EACH ROW '
        "WHEN ((new.a = ') EXECUTE FUNCTION '::text)) EXECUTE FUNCTION public.f()"
    )
    assert condition_of(definition) == "(new.a = ') EXECUTE FUNCTION '::text)"


def _expand(folder: Path, body: str) -> str | None:
    quoted = body.replace("\n", "\n      ")
    yaml = f"functions:\n  f():\n    returns: int\n    sql_body: |\n      {quoted}\n"
    (folder / "f.yaml").write_text(yaml)
    spec = build_spec(read_folder(folder, KINDS), KINDS, folder)
    found = spec.catalog.objects[Identity("function", ("public", "f", ""))]
    return getattr(found, "sql_body", None)


@pytest.mark.parametrize(
    "body",
    [
        "return 1 + 1",
        "begin atomic select 1; end",
        "begin atomic select case when true then 1 else 2 end; select 2; end",
        "BEGIN ATOMIC\n  INSERT INTO t VALUES (';');\nEND",
    ],
)
def test_a_body_in_sql_is_taken(tmp_path: Path, body: str) -> None:
    assert _expand(tmp_path, body) == body


@pytest.mark.parametrize(
    "body",
    [
        "return 1; drop table x",
        "return 1, 2",
        "begin atomic select 1; end; drop table x",
        "begin atomic select 1; end drop table x; end",
        "begin atomic select 1 as case; end; drop table x; end",
        "begin atomic select 1 case; end; drop table x; begin atomic select 1; end",
        "begin; drop table x; end",
        "begin atomic select 'open; end",
        "select 1",
    ],
)
def test_a_body_that_brings_a_second_statement_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(SpecError) as caught:
        _expand(tmp_path, body)
    assert caught.value.diagnostics[0].place is not None
