"""What is an index in SQL's own words, what is but a key, and what is neither."""

from __future__ import annotations

import pytest

from schemadiff.kinds._clauses import (
    parse_check,
    parse_exclusion,
    parse_foreign_key,
    parse_index,
    parse_policy,
)


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "lower(name) desc",
        "(a + b)",
        "(a + b) desc",
        "(a) nulls first",
        "(f(a, b))",
        "(a, b",
        "(not a)",
        "(a isnull)",
        "(a is null)",
        "(a and b)",
    ],
)
def test_a_key_stays_a_key(text: str) -> None:
    assert parse_index(text) is None


@pytest.mark.parametrize("key", ["name text_pattern_ops", "name desc", "Name asc nulls first"])
def test_a_column_in_brackets_is_no_expression(key: str) -> None:
    assert parse_index(f"({key})") == {"unique": False, "columns": [key]}


@pytest.mark.parametrize("text", ["id > 0", "\"for\" = 'x'", "it's"])
def test_a_condition_stays_a_condition(text: str) -> None:
    assert parse_policy(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(a) o", "expected (column, …) references"),
        ("(a) references t on delete explode", "'explode' does not belong here"),
        ("(a) references t unique", "says more than a reference"),
        ("a references t", "expected ("),
        ("(a, period p) references t (a, p)", "has to be a period too"),
    ],
)
def test_what_is_no_foreign_key_is_told(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("(", r"\(").replace(")", r"\)")):
        parse_foreign_key(text)


def test_what_is_left_over_is_told() -> None:
    with pytest.raises(ValueError, match="'the' does not belong here"):
        parse_policy("for all the people")
    with pytest.raises(ValueError, match="'id' does not belong here"):
        parse_index("unique id")
    with pytest.raises(ValueError, match="'now' does not belong here"):
        parse_check("check (a > 0) now")
    with pytest.raises(ValueError, match="'today' does not belong here"):
        parse_exclusion("exclude using gist (a with &&) today")


@pytest.mark.parametrize("text", ["checked > 0", "a > 0", '"check" > 0', "it's"])
def test_an_expression_stays_an_expression(text: str) -> None:
    assert parse_check(text) is None


def test_a_column_may_be_called_period() -> None:
    found = parse_foreign_key("(a, period) references t (a, period)")
    assert "period" not in found
    assert found["columns"] == found["references"]["columns"] == ["a", "period"]
    found = parse_foreign_key('(a, period period) references t (a, period "of it") not valid')
    assert found["period"]
    assert found["not_valid"]
    assert found["references"]["columns"] == ["a", "of it"]
