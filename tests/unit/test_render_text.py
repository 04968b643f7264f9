from __future__ import annotations

import subprocess
import sys

import pytest

from schemadiff.core.change import Create, Drop
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.hazard import data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.plan import Plan, Segment
from schemadiff.render import FORMATS, render
from schemadiff.render.entries import tree
from schemadiff.render.outline import Outline
from schemadiff.render.values import Plain, show
from tests.unit import plans


def tree_of(*changes: object, width: int = 100) -> list[str]:
    """The lines of the tree, two spaces for a level."""
    plan = Plan(tuple(changes), ())  # type: ignore[arg-type]
    lines = [line for node in tree(plan) for line in Outline(plan, width)(node)]
    return [f"{'  ' * line.depth}{line.sign} {line.text}" for line in lines]


def test_what_a_reviewer_needs_first_stands_first() -> None:
    text = render(plans.salons(), "text")
    order = [
        "Plan: 4 to create, 3 to change, 1 to replace, 1 to drop, 1 to rename, 1 rebuilt",
        "allow it with: --allow drop-column:salons.fax",
        "public.salons  blocks reads and writes, rewritten, scanned while in use (statements 3",
        "+ table public.bookings",
        "because of column public.salons.name:",
        "-- Transaction 1 of 3 (5 statements)",
        "-- Outside of a transaction (1 statement)",
        "12 rules: public.r0",
        "and 4 more",
        "hint: it cannot run in a transaction",
    ]
    assert sorted(order, key=text.index) == order


def test_the_tree_of_a_table() -> None:
    text = render(plans.salons(), "text")
    assert (
        """\
  ~ table public.salons
      > column name  (was title)
          ~ type: character varying(80) → text
          ~ not null: no → yes
      - column fax  ! loses data
      -/+ index salons_rating  (dropped and made anew)
          ~ columns: [rating] → [rating, id]
"""
        in text
    )
    assert "      + column made_at: timestamptz, default now()\n" in text


_LONG = tuple(f"label {n}" for n in range(10))


def test_of_a_long_text_only_the_lines_that_differ_are_shown() -> None:
    old = plans.Query(plans.ident_of("view", "v"), query="\n".join(f"line {n}" for n in range(50)))
    new = plans.Query(old.identity, query=old.query.replace("line 25", "other"))
    assert tree_of(plans.altered(old, new)) == [
        "~ view public.v",
        "  ~ query:",
        "    @ line 23",
        "    @ line 24",
        "    - line 25",
        "    + other",
        "    @ line 26",
        "    @ line 27",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("a", "b"), ("a", "x", "b"), ["~ labels: [a, b] → [a, x, b]"]),
        ((), ("a",), ["~ labels: [] → [a]"]),
        (_LONG, (*_LONG[:1], "x", *_LONG[1:]), ["+ labels[1]: x"]),
        (_LONG, _LONG[:-1], ["- labels[9]: label 9"]),
        (_LONG, (*_LONG[:-1], "c"), ["~ labels[9]: label 9 → c"]),
    ],
)
def test_of_a_long_list_only_the_parts_that_differ_are_shown(
    old: tuple[str, ...], new: tuple[str, ...], expected: list[str]
) -> None:
    identity = plans.ident_of("enum", "e")
    change = plans.altered(plans.Labels(identity, labels=old), plans.Labels(identity, labels=new))
    assert tree_of(change)[1:] == [f"  {line}" for line in expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((("a_b", "1"), ("c", "2")), (("c", "3"), ("a_b", "1")), ["~ options c: 2 → 3"]),
        ((("c", "2"),), (("a_b", "1"), ("c", "2")), ["+ options a_b: 1"]),
        ((("a", "1"), ("c", "2")), (), ["- options a: 1", "- options c: 2"]),
    ],
)
def test_options_are_told_by_their_names(
    old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...], expected: list[str]
) -> None:
    identity = plans.ident_of("server", "s")
    change = plans.altered(plans.Server(identity, options=old), plans.Server(identity, options=new))
    assert tree_of(change)[1:] == [f"  {line}" for line in expected]


def test_what_does_not_fit_on_a_line_is_shown_in_full_on_two() -> None:
    identity = plans.ident_of("default", "t", "c")
    old, new = plans.Preset(identity, "a" * 80), plans.Preset(identity, "b" * 80)
    assert tree_of(plans.altered(old, new), width=80)[-3:] == [
        "    ~ expression:",
        f"      - {'a' * 80}",
        f"      + {'b' * 80}",
    ]


def test_a_change_deep_below_stands_under_what_it_belongs_to() -> None:
    default = plans.Preset(plans.ident_of("default", "t", "c"), "1")
    other = plans.Field(plans.ident_of("column", "t", "d"))
    assert tree_of(Create(default), Create(other)) == [
        "~ table public.t",
        "  ~ column c",
        "    + default: 1",
        "  + column d",
    ]


def test_what_has_no_name_of_its_own_is_called_by_what_it_is_on() -> None:
    column = plans.ident_of("column", "t", "table")
    function = plans.Routine(plans.ident_of("function", "f", "integer, text"))
    schema = plans.Note(Identity("comment", ("app", "schema")), "s")
    assert tree_of(
        Create(plans.Member(plans.ident_of("table", "t"))),
        Create(plans.Field(column)),
        Create(plans.Note(Identity("comment", (*column.path, "column")), "c")),
        Create(plans.Note(plans.ident_of("comment", "t", "table"), "t")),
        Create(function),
        Create(plans.Note(Identity("comment", (*function.identity.path, "function")), "f")),
        Create(schema),
    ) == [
        "+ table public.t: comment t",
        "  + column table: comment c",
        "+ function public.f(integer, text): comment f",
        "~ schema app",
        "  + comment: s",
    ]
    target = Operation(verb=Verb.CREATE, target=schema.identity, sql="COMMENT")
    assert "1. + comment on schema app\n" in render(
        Plan((Create(schema),), (Segment((target,)),)), "text"
    )


def test_a_value_with_parts_is_said_in_a_few_words() -> None:
    parts: Plain = {"text": "made_at", "collation": None, "descending": True, "options": [], "n": 0}
    assert show(parts) == "made_at (descending, n: 0)"
    assert show({"text": "made_at"}) == "made_at"
    assert show({"start": 1, "cycle": False}) == "{start: 1}"
    assert show({}) == "{}"


def test_what_goes_with_a_dropped_table_is_counted() -> None:
    table = plans.Member(plans.ident_of("table", "t"))
    columns = [plans.Field(plans.ident_of("column", "t", f"c{n}")) for n in range(3)]
    default = plans.Preset(plans.ident_of("default", "t", "c1"), "1")
    assert tree_of(*map(Drop, (table, *columns, default))) == [
        "- table public.t",
        "  - with 3 columns, 1 default",
    ]


def test_colour_only_when_asked_for_and_control_characters_never() -> None:
    assert "\x1b" not in render(plans.salons(), "text")
    assert "\x1b[" in render(plans.salons(), "text", color=True)
    for fmt in ("text", "markdown"):
        shown = render(plans.nasty(), fmt)
        assert {c for c in shown if not c.isprintable()} == {"\n"}


def test_no_changes_still_tells_what_is_not_managed() -> None:
    text = render(plans.nothing(), "text")
    assert "No changes." in text
    assert "1 rule: public.r" in text
    assert "Plan:" not in text


def test_a_warning_comes_before_everything_else() -> None:
    plan = Plan((), (), notes=(Diagnostic(code="SD900", message="look here", hint="there"),))
    assert render(plan, "text").startswith("error: SD900 look here\n  hint: there\n")


def test_a_flag_is_written_as_a_shell_takes_it() -> None:
    target = plans.ident_of("function", "f(integer)")
    hazard = data_loss("drop-object", target, "It is gone.")
    operation = Operation(verb=Verb.DROP, target=target, sql="DROP x", hazards=(hazard,))
    text = render(Plan((), (Segment((operation,)),)), "text")
    assert "--allow 'drop-object:f(integer)'\n" in text


def test_many_hazards_are_counted_and_marked() -> None:
    columns = [plans.ident_of("column", "t", f"c{n}") for n in range(40)]
    drops = tuple(Drop(plans.Field(c)) for c in columns)
    operations = tuple(
        Operation(
            verb=Verb.DROP, target=c, sql="DROP x", hazards=(data_loss("drop-column", c, "Gone."),)
        )
        for c in columns
    )
    text = render(Plan(drops, (Segment(operations),)), "text")
    assert "DANGER: 40 hazards" in text
    assert "… and 10 more (drop-column)" in text
    assert "--allow data-loss" in text
    assert text.count("! loses data") == 40


def test_an_unknown_format_is_a_mistake_of_the_user() -> None:
    with pytest.raises(ConfigError):
        render(plans.nothing(), "yaml")


@pytest.mark.parametrize("fmt", FORMATS)
def test_nothing_slow_is_imported_for_a_plan_without_changes(fmt: str) -> None:
    code = (
        "import sys; from tests.unit import plans; from schemadiff.render import render\n"
        f"render(plans.nothing(), {fmt!r}); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert {"deepdiff", "rich", "psycopg"} & set(run.stdout.split()) == set()


def test_alike_statements_in_a_row_are_one_step() -> None:
    def built(part: str) -> Segment:
        index = Identity("index", ("public", "events", "at"))
        sql = f"CREATE INDEX CONCURRENTLY {part}_at ON {part} (at)"
        return Segment((Operation(verb=Verb.CREATE, target=index, sql=sql, why="built"),), False)  # noqa: FBT003  as it is written everywhere

    plan = Plan((), (built("a"), built("b"), built("c")))
    text = """\
  -- Outside of a transaction (3 statements, each by itself)

  1 to 3. + index public.events.at
     ACCESS EXCLUSIVE lock: blocks reads and writes
     built
       CREATE INDEX CONCURRENTLY a_at ON a (at);
       CREATE INDEX CONCURRENTLY b_at ON b (at);
       CREATE INDEX CONCURRENTLY c_at ON c (at);
"""
    assert text in render(plan, "text")
    assert "-- 1 to 3. + index public.events.at (" in render(plan, "markdown")


def test_the_middle_of_a_long_block_is_left_to_the_script() -> None:
    lines = [f"    PERFORM {number};" for number in range(40)]
    body = "\n".join(("DO $fill$", "BEGIN", *lines, "END", "$fill$"))
    function = body.replace("DO $fill$", "CREATE FUNCTION f() AS $fill$")
    target = Identity("function", ("public", "f"))
    steps = [
        Operation(verb=Verb.ALTER, target=target, sql=body, why="fills the rows"),
        Operation(verb=Verb.CREATE, target=target, sql=function),
    ]
    plan = Plan((), (Segment(tuple(steps), False),))  # noqa: FBT003  as it is written everywhere
    text = render(plan, "text")
    assert "... 29 lines more: plan --format sql" in text
    assert text.count("PERFORM 5;") == 2
    assert text.count("PERFORM 20;") == 1, "what a user wrote is shown in full"
    assert render(plan, "sql").count("PERFORM 20;") == 2
