"""What YAML becomes, where its mistakes are found, and that no file does harm."""

from __future__ import annotations

import resource
import textwrap
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schemadiff.spec.reader import YamlMap, YamlSeq, place_of, read_yaml
from tests.extent import every


def read(text: str | bytes) -> YamlMap:
    root, found = read_yaml(textwrap.dedent(text) if isinstance(text, str) else text, "f.yaml")
    assert found == []
    assert root is not None
    return root


def errors(text: str | bytes) -> list[tuple[str, str]]:
    """The code and place of everything that is wrong; each has a message and a hint."""
    _, found = read_yaml(textwrap.dedent(text) if isinstance(text, str) else text, "f.yaml")
    assert all(d.message and d.hint for d in found)
    return [(d.code, str(d.place).removeprefix("f.yaml").removeprefix(":")) for d in found]


def test_brackets_beyond_the_limit_of_the_parser_itself() -> None:
    """Newer versions of libyaml count as well, and look ahead of what they tell."""
    _, [found] = read_yaml("a: " + "[" * 100_000, "f.yaml")
    assert (found.code, found.message) == ("SD004", "the nesting is deeper than 64 levels")


def test_scalars_are_the_text_that_was_written() -> None:
    text = """
        a: [on, no, 12:30, 0123, 1.10, 0x1F, 2024-01-01, true, "null", 'x', "~", .inf]
        b: [null, ~, Null, NULL]
        c:
        d: ""
        e: |
          two
          lines
        f: >-
          one
          line
        on: 1
        12: x
        g: [!!str null, !!int 5, !!null x, !!bool on]
    """
    assert read(text) == {
        "a": ["on", "no", "12:30", "0123", "1.10", "0x1F", "2024-01-01", "true", "null", "x", "~",
              ".inf"],
        "b": [None, None, None, None],
        "c": None,
        "d": "",
        "e": "two\nlines\n",
        "f": "one line",
        "on": "1",
        "12": "x",
        "g": ["null", "5", None, "on"],
    }  # fmt: skip


def test_places() -> None:
    root = read("a: 1\nbb:\n  - x\n  - {c: d, é: [1, 2]}\n'q': !!str v\n")
    assert root.key_places == {"a": (1, 1), "bb": (2, 1), "q": (5, 1)}
    assert root.value_places == {"a": (1, 4), "bb": (3, 3), "q": (5, 6)}
    items = root["bb"]
    assert isinstance(items, YamlSeq)
    assert items.places == [(3, 5), (4, 5)]
    assert place_of(root, ()) == (1, 1)
    assert place_of(root, ("bb",)) == (2, 1)
    assert place_of(root, ("bb", 1, "c")) == (4, 6)
    assert place_of(root, ("bb", 1, "é", 1)) == (4, 19)
    assert place_of(root, ("bb", 1, "nothing", "there")) == (4, 5)
    assert place_of(root, ("bb", 7)) == (2, 1)
    assert place_of(root, ("a", "b")) == (1, 1)
    assert place_of(root, ("missing",)) == (1, 1)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "---\n...\n", "null", "\ufeff"])
def test_a_file_may_be_empty(text: str) -> None:
    assert read(text) == {}


def test_a_byte_order_mark_and_strange_line_ends_do_no_harm() -> None:
    assert read(b"\xef\xbb\xbfa: b\r\nc: d\r\n") == {"a": "b", "c": "d"}


def test_all_errors_of_a_file_are_found_in_one_run() -> None:
    text = """\
        a: 1
        a: 2
        b: &x {c: 1, c: 2}
        d: *x
        e: {<<: *x}
        ? [p, {q: r}]
        : 3
        ~: 4
        f: !!python/object:os.system x
        g: !mine {h: !!set {i}}
        ? *x
        : 5
    """
    assert errors(text) == [
        ("SD002", "2:1"),
        ("SD002", "3:14"),
        ("SD003", "4:4"),
        ("SD003", "5:5"),
        ("SD003", "5:9"),
        ("SD007", "6:3"),
        ("SD007", "8:1"),
        ("SD005", "9:4"),
        ("SD005", "10:4"),
        ("SD005", "10:14"),
        ("SD003", "11:3"),
    ]
    root, _ = read_yaml(textwrap.dedent(text), "f.yaml")
    assert root == {
        "a": "1",
        "b": {"c": "1"},
        "d": None,
        "e": {},
        "f": "x",
        "g": {"h": {"i": None}},
    }


def test_the_first_of_two_keys_is_named() -> None:
    _, found = read_yaml("a: 1\nb: 2\na: 3\n", "s/f.yaml")
    assert str(found[0]).startswith(
        "s/f.yaml:3:1 SD002 the key a is here twice; the first is in line 1, column 1\n  hint: "
    )


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a:\n\tb: c\n", "SD001", "2:1"),
        ("a: [1,\n", "SD001", "2:1"),
        ("a: b: c\n", "SD001", "1:5"),
        ("a: 'b\n", "SD001", "2:1"),
        ("a: @b\n", "SD001", "1:4"),
        (" a: b\nc: d\n", "SD001", "2:1"),
        ("a: b\n---\nc: d\n", "SD008", "2:1"),
        ("- a\n", "SD009", "1:1"),
        ("text\n", "SD009", "1:1"),
        ("a: b\nc: \0\n", "SD006", "2:4"),
        ("a: \x07\n", "SD006", "1:4"),
        ("a: \ud800\n", "SD006", "1:4"),
        (b"a: b\nc: \xff\n", "SD006", "2:4"),
        ("a: b".encode("utf-16"), "SD006", ""),
        ("{" * 1000, "SD007", "1:2"),
        ("a: " + "[" * 900, "SD004", "1:67"),
        ("".join(f"{' ' * n}a:\n" for n in range(100)), "SD004", "65:65"),
        ("- " * 100, "SD009", "1:1"),
        ("a: " + "x" * (16 * 1024 * 1024 + 1), "SD004", "1:4"),
        ("a: |\n  " + "x" * (16 * 1024 * 1024 + 1), "SD004", "1:4"),
        ('a: b\n"' + "k" * 1025 + '": a\n', "SD001", "2:1028"),
        ("? " + "k" * 1025 + "\n: a\n", "SD004", "1:3"),
    ],
)
def test_what_is_refused(text: str | bytes, code: str, place: str) -> None:
    assert errors(text)[0] == (code, place)


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 200)]
    before = time.process_time()
    found = errors("\n".join(lines))
    assert time.process_time() - before < 2
    assert {code for code, _ in found} == {"SD003"}


def test_a_gigantic_file_is_refused_before_it_is_read() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert errors(b"a" * (64 * 1024 * 1024 + 1)) == [("SD004", "")]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


def test_depth_up_to_the_limit_is_read() -> None:
    text = "".join(f"{' ' * n}a:\n" for n in range(64))
    node: object = read(text)
    for _ in range(64):
        assert isinstance(node, YamlMap)
        node = node["a"]
    assert node is None


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
nodes = st.recursive(
    st.none() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@settings(max_examples=100 // every(4), deadline=None)
@given(st.dictionaries(texts, nodes), st.booleans())
def test_what_is_written_is_read(value: dict[str, object], flow: bool) -> None:  # noqa: FBT001
    text = yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=flow, allow_unicode=True)
    root, found = read_yaml(text, "f.yaml")
    # The parser takes no key of more than 1,024 characters, escapes included.
    assert found == []
    assert root == value


@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@` \n\t#<~\0\ufeff0\\"), max_size=40))
def test_no_text_makes_a_traceback(text: str) -> None:
    root, found = read_yaml(text, "f.yaml")
    assert root is not None or found
    assert all(d.code.startswith("SD00") for d in found)


@given(st.binary(max_size=40))
def test_no_bytes_make_a_traceback(data: bytes) -> None:
    root, found = read_yaml(data, "f.yaml")
    assert root is not None or found
