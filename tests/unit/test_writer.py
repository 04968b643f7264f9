from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemadiff.spec.emit import mapping, scalar
from schemadiff.spec.layout import safe_name, same_file
from schemadiff.spec.outline import Outline, Sections
from schemadiff.spec.reader import read_yaml
from tests.extent import every

# But for a zero byte, which is in no text of PostgreSQL.
_ODD = list(" \n\t\r:#-'\"{}[],&*!|>%@`?\\~<=.0123eEx_abnulltrue\x85\u2028\ufeff")
_TEXT = st.text(
    st.one_of(
        st.sampled_from(_ODD), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    ),
    max_size=12,
)
_VALUE: st.SearchStrategy[Any] = st.recursive(
    _TEXT,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=8,
)


@settings(max_examples=600 // every(4), deadline=None)
@given(st.dictionaries(_TEXT, _VALUE, max_size=4))
def test_whatever_is_written_is_read_back(value: dict[str, Any]) -> None:
    text = "\n".join(mapping(value)) + "\n"
    found, wrong = read_yaml(text, "x.yaml")
    assert not wrong, text
    assert found == value, text


@settings(max_examples=300 // every(4), deadline=None)
@given(_TEXT, _TEXT)
def test_empty_lines_between_entries_do_not_change_their_texts(first: str, second: str) -> None:
    lines = [*mapping({"a": first}), "", "", *mapping({"b": second}), "", ""]
    assert read_yaml("\n".join(lines) + "\n", "x.yaml") == ({"a": first, "b": second}, [])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("text not null default ''", "text not null default ''"),
        ("now()", "now()"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("null", '"null"'),
        ("1.10", '"1.10"'),
        ("true", '"true"'),
        ("'a'::text", "\"'a'::text\""),
        ('"Name"', "'\"Name\"'"),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("", '""'),
    ],
)
def test_quotes_stand_only_where_they_must(text: str, written: str) -> None:
    assert scalar(text) == written


def test_long_texts_are_blocks() -> None:
    body = "\nbegin\n\treturn 1;  \nend\n"
    assert mapping({"body": body}) == ["body: |", "", "  begin", "  \treturn 1;  ", "  end"]
    assert mapping({"query": "select 1\nunion"})[0] == "query: |-"
    assert mapping({"body": "  a\nb"})[0] == "body: |2-"


def test_specs_of_one_line_are_flow_and_sections_are_not() -> None:
    table = {"columns": {"id": "int"}, "indexes": {"i": {"using": "gin", "columns": ["a"]}}}
    assert mapping({"t": table}) == [
        "t:",
        "  columns:",
        "    id: int",
        "  indexes:",
        "    i: {using: gin, columns: [a]}",
    ]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("salons", "salons"),
        ("größe", "größe"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("a/b\\c", "a%2Fb%5Cc"),
        ("a.b", "a.b"),
        ("con", "%63on"),
        ("LPT1", "%4CPT1"),
        ("100%", "100%25"),
        ("a b", "a%20b"),
    ],
)
def test_any_identifier_is_a_safe_name_of_a_file(name: str, file: str) -> None:
    assert safe_name(name) == file


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=63))
def test_names_of_files_stay_in_their_folder(name: str) -> None:
    path = PurePosixPath("folder") / f"{safe_name(name)}.yaml"
    assert path.parent == PurePosixPath("folder")
    assert not path.name.startswith(".")
    assert "\\" not in path.name


def test_files_are_compared_without_case() -> None:
    assert same_file(PurePosixPath("Users.yaml")) == same_file(PurePosixPath("users.yaml"))


def test_the_outline_knows_comments_from_text() -> None:
    text = (
        "# top\n\n# of tables\ntables:\n  # of a\n  a:\n    body: |\n      # text\n\n"
        "  # of b\n  b: {x: y}\n\n# of views\nviews: {v: q}\n"
    )
    root, _ = read_yaml(text, "x.yaml")
    assert root is not None
    known = frozenset({"tables", "views"})
    outline = Outline(text, root, "public", Sections(known, known, "schemas"))
    assert outline.box is not None
    tables = outline.box.parts["tables"]
    assert tables.slots is not None
    assert [(s.lead, s.start, s.end) for s in tables.slots] == [(4, 5, 8), (9, 10, 11)]
    assert (tables.lead, tables.start, tables.end) == (2, 3, 11)
    assert outline.box.parts["views"].slots is None
