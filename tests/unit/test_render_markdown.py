from __future__ import annotations

import re
from html import unescape

import pytest

from schemadiff.core.change import Create
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.plan import Plan, Segment
from schemadiff.render import render
from schemadiff.render.markdown import LIMIT, escape, fenced
from tests.unit import plans


def outside_of_fences(text: str) -> str:
    """What is left when fenced blocks are taken out as CommonMark finds them."""
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        if fence:
            if re.fullmatch(rf"`{{{len(fence)},}}\s*", line):
                fence = ""
        elif opened := re.match(r"(`{3,})[^`]*$", line):
            fence = opened[1]
        else:
            kept.append(line)
    assert not fence
    return "\n".join(kept)


def test_hazards_stand_before_the_numbers_and_the_numbers_before_the_rest() -> None:
    text = render(plans.salons(), "markdown")
    order = ["### schemadiff: 4 to create", "drop-column", "| create | 4 |", "<details", "```sql"]
    assert sorted(order, key=text.index) == order
    assert text.count("<details") == text.count("</details>")


def test_a_block_of_diff_has_its_signs_in_the_first_column() -> None:
    text = render(plans.salons(), "markdown")
    assert "\n! table public.salons\n!     column name  (was title)\n" in text
    assert "\n-     column fax  ! loses data\n" in text


@pytest.mark.parametrize("inside", ["`", "```", "a\n````\nb", "`" * 40])
def test_a_fence_is_not_closed_by_what_it_holds(inside: str) -> None:
    assert outside_of_fences(f"{fenced(inside, 'sql')}\nafter") == "after"


@pytest.mark.parametrize(
    "text",
    ["<b>", "a|b", "`x`", "[a](b)", "@me", "*a* _b_", "http://x", "#1", "a :b: c", "__a_b__"],
)
def test_an_escaped_text_says_the_same_without_markup(text: str) -> None:
    shown = unescape(escape(text))
    assert shown.replace("\u200b", "") == text
    assert not re.search(r"[@#]\w", shown)  # nobody is called, and no number is a link
    plain = re.sub(r"&#\d+;", " ", escape(text))
    assert not re.search(r"[<>|`\[\]@*~\\]|\b_|_\b|__|:\S", plain)
    assert escape("a_b: c; d") == "a_b: c; d"  # nothing is made of that


def test_names_make_no_markup() -> None:
    text = outside_of_fences(render(plans.nasty(), "markdown"))
    assert set(re.findall(r"</?\w[^>]*>", text)) <= {
        "<details open>",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<code>",
        "</code>",
    }
    assert text.count("<summary>") == text.count("</summary>")
    assert "@a" not in text
    table = [line for line in text.splitlines() if line.startswith("| <code>")]
    assert all(line.count("|") == 4 for line in table)


def test_a_long_plan_stays_below_what_a_comment_may_hold_and_says_what_is_missing() -> None:
    members = [plans.Member(plans.ident_of("table", f"table_{n}")) for n in range(3000)]
    operations = tuple(
        Operation(
            verb=Verb.CREATE,
            target=m.identity,
            sql=f"CREATE TABLE {m.identity.sql} ()",
            lock=LockMode.NONE,
        )
        for m in members
    )
    text = render(Plan(tuple(map(Create, members)), (Segment(operations),)), "markdown")
    assert len(text) < LIMIT
    assert re.search(r"… and [\d,]+ more objects, left out", text)
    assert "SQL (3,000 statements)" in text
    assert "The rest of the SQL is left out for its length" in text


def test_no_changes() -> None:
    text = render(plans.nothing(), "markdown")
    assert text.startswith("### schemadiff: no changes\n")
    assert "| create |" not in text
