"""A plan as Markdown for comments of pull requests.

Names are a user's: every one is escaped or stands in a fence longer than any run of backticks in
it. Hosts refuse comments beyond 65,536 characters, so what does not fit is counted instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate

from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.hazard import Hazard
from schemadiff.core.plan import Plan
from schemadiff.render.entries import tree
from schemadiff.render.outline import Line, Outline
from schemadiff.render.passages import passages
from schemadiff.render.values import one_line, printable
from schemadiff.render.wording import (
    VERBS,
    Titles,
    allowed,
    answers,
    breakdown,
    burdens,
    count,
    hazard_flag,
    hazards,
    hazards_text,
    impact,
    is_allowed,
    listed,
    no_changes,
    rebuilt,
    summary,
    time_text,
    title,
    unmanaged,
    warnings,
    where,
)

LIMIT = 60_000
_OF_A_CLASS = 8
_OPEN, _SHORT = 5, 30  # so few objects, of so few lines, are shown at once
_ANSWERS = 40
_RESERVE = 4_000  # for what stands at the end

# GitHub's highlighting of diffs knows three signs, in the first column.
_DIFF_SIGNS = {"+": "+", "-": "-", "~": "!", ">": "!", "-/+": "!"}
_SHOWN = 20  # of a list, whose rest is counted
_CALLS = re.compile("&#(?:64|35);")  # @ and #
# A comment is also read where nothing is made of it (in a mail, a log): what is harmless stays. An
# underscore inside of a word is no emphasis, and a colon makes emoji and links of what follows it.
_MARKUP = r"[^\w .,()'/=+%–→…:;-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
_IN_TEXT = re.compile(rf"{_MARKUP}|:(?=\S)", re.ASCII)
_IN_CODE = re.compile(rf"{_MARKUP}|:(?=//)", re.ASCII)


def render_markdown(plan: Plan, *, generated: datetime | None = None) -> str:
    """Write a plan for a pull request; the result ends with a line end."""
    plan = plan.shown
    parts = [*_head(plan, generated), *_notes(plan, quiet=False)]
    if plan.empty and not plan.changes:
        parts.append(no_changes(plan))
    else:
        parts += _dangers(plan)
        parts += _warnings(plan)
        parts += _preflight(plan)
        parts += _effects(plan)
        parts += _objects(plan, LIMIT // 2 - sum(map(len, parts)))
        parts += _rebuilt(plan)
        parts += _statements(plan, LIMIT - _RESERVE - sum(map(len, parts)))
    parts += _rest(plan)
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Write a text so that neither Markdown nor HTML finds anything in it.

    Hosts look for @people and #numbers in what is shown; a space of no width ends those.
    """
    return _CALLS.sub(lambda m: f"{m[0]}&#8203;", _encoded(text, _IN_TEXT))


def mono(text: str) -> str:
    """Write a text in the type of code; backticks could not hold every name inside HTML."""
    return f"<code>{_encoded(text, _IN_CODE)}</code>"


def _encoded(text: str, special: re.Pattern[str]) -> str:
    return special.sub(lambda m: f"&#{ord(m[0])};" if m[0].isascii() else m[0], text)


def fenced(text: str, language: str) -> str:
    """Put a text in a fence that it cannot close."""
    text = printable(text)
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def folded(heading: str, body: str, *, opened: bool = False) -> str:
    """Put a body under a heading that opens and closes it; the heading is HTML."""
    begin = "<details open>" if opened else "<details>"
    return f"{begin}<summary>{heading}</summary>\n\n{body}\n\n</details>"


def _head(plan: Plan, generated: datetime | None) -> Iterator[str]:
    idle = plan.empty and not plan.changes
    parts = summary(plan).removeprefix("Plan: ").split(", ")
    some = ", ".join(p for p in parts if not p.startswith("0 "))
    yield f"### schemadiff: {'no changes' if idle else some or 'nothing that is counted'}"
    about = [escape(where(plan))] if where(plan) else []
    about += [time_text(generated)] if generated else []
    if about:
        yield ", ".join(about)


def _dangers(plan: Plan) -> Iterator[str]:
    found = hazards(plan)
    if found:
        yield f"**:warning: {hazards_text(plan)}**"
        room = LIMIT // 4
        rows: list[str] = []
        told = 0
        for code, group in _by_code(found).items():
            advice = next((h.advice for h in group if not is_allowed(h, plan)), "")
            safer = f"; safer: {escape(advice)}" if advice else ""
            head = f"- **{escape(group[0].cls)}** ({code})"
            if len(group) > 1:
                rows.append(f"{head}, {len(group)} times{safer}")
            for hazard in group:
                text = _danger(hazard, plan)
                room -= len(text)
                if room < 0:
                    break
                rows.append(f"  - {text}" if len(group) > 1 else f"{head} {text}{safer}")
                told += 1
        if told < len(found):
            rows.append(f"- … and {count(len(found) - told, 'more hazard')}")
        yield "\n".join(rows)
    counts, kinds = plan.counts(), dict(breakdown(plan))
    verbs = [verb for verb in VERBS if counts[verb]]
    rows = [f"| {verb} | {counts[verb]} | {escape(kinds.get(verb, ''))} |" for verb in verbs]
    if rows:
        yield "\n".join(["| | number | what |", "|---|---:|---|", *rows])


def _by_code(found: Iterable[Hazard]) -> dict[str, list[Hazard]]:
    groups: dict[str, list[Hazard]] = {}
    for hazard in found:
        groups.setdefault(hazard.code, []).append(hazard)
    return groups


def _danger(hazard: Hazard, plan: Plan) -> str:
    """Say what is dangerous, and how to allow it or who has."""
    why = f" ({escape(one_line(hazard.allowed))})" if hazard.allowed else ""
    way = f"Allow it with {mono(hazard_flag(hazard))}"
    how = f"Allowed{why}." if is_allowed(hazard, plan) else way
    return f"{mono(title(hazard.subject))}: {escape(one_line(hazard.message))} {how}"


def _warnings(plan: Plan) -> Iterator[str]:
    """Give what does not stop `apply`: a line for each class, its hazards below it."""
    rows: list[str] = []
    for group in warnings(plan):
        head = f"{escape(group.cls)} ({group.code})"
        if group.quiet:
            rows.append(f"- {head}: {mono(group.names)}")
            continue
        rows.append(f"- **{head}**: {escape(group.title)}; safer: {escape(group.advice)}")
        found = group.messages
        rows += [f"  - {escape(one_line(message))}" for message in found[:_OF_A_CLASS]]
        if len(found) > _OF_A_CLASS:
            rows.append(f"  - … and {count(len(found) - _OF_A_CLASS, 'more hazard')}")
    for hazard in allowed(plan)[:_OF_A_CLASS]:
        why = f" ({escape(one_line(hazard.allowed))})" if hazard.allowed else ""
        rows.append(f"- allowed: {escape(hazard.cls)} {mono(title(hazard.subject))}{why}")
    if rows:
        yield "\n".join(rows)


def _preflight(plan: Plan) -> Iterator[str]:
    found = answers(plan)
    rows = [f"- {escape(one_line(text))}" for _, text in found[:_ANSWERS]]
    if len(found) > _ANSWERS:
        rows.append(f"- … and {len(found) - _ANSWERS} more")
    if rows:
        yield "\n".join(["**Preflight: what the rows say**", "", *rows])


def _effects(plan: Plan) -> Iterator[str]:
    found = burdens(plan)
    rows = [
        f"| {mono(name)} | {burden.text} | {listed(burden.numbers)} |"
        for name, burden in list(found.items())[:_SHOWN]
    ]
    if rows:
        more = [f"| … and {len(found) - _SHOWN} more | | |"] if len(found) > _SHOWN else []
        yield "\n".join(["| while it runs | | by |", "|---|---|---|", *rows, *more])


def _objects(plan: Plan, room: int) -> Iterator[str]:
    roots = tree(plan)
    outline, titles = Outline(plan, 110), Titles(plan)
    for number, node in enumerate(roots):
        lines, heading = outline(node), f"{node.verb} {mono(titles(node.identity))}"
        short = len(roots) <= _OPEN and len(lines) <= _SHORT
        text = _object(lines, heading, opened=short)
        room -= len(text) + 2
        if room < 0:
            yield f"… and {count(len(roots) - number, 'more object')}, left out for their length."
            return
        yield text


def _object(lines: list[Line], heading: str, *, opened: bool) -> str:
    rows = []
    danger = False
    for line in lines:
        sign = _DIFF_SIGNS.get(line.sign, " ")
        mark = "  ! loses data" if line.danger else ""
        danger |= line.danger
        rows.append(f"{sign} {'    ' * line.depth}{line.text}{mark}".rstrip())
    heading += " :warning:" if danger else ""
    return folded(heading, fenced("\n".join(rows), "diff"), opened=opened)


def _rebuilt(plan: Plan) -> Iterator[str]:
    titles = Titles(plan)
    for cause, members in rebuilt(plan).items():
        because = f" because of {mono(title(cause))}" if cause else ""
        names = ", ".join(mono(titles(m)) for m in list(members)[:_SHOWN])
        more = f" … and {len(members) - _SHOWN} more" if len(members) > _SHOWN else ""
        yield f"Rebuilt on the way{because}: {names}{more}"


def _statements(plan: Plan, room: int) -> Iterator[str]:
    if plan.empty:
        return
    rows: list[str] = []
    titles = Titles(plan)
    for heading, steps in passages(plan):
        rows.append(f"-- {heading}\n")
        for step in steps:
            op = step.what
            why = f"--    {one_line(op.why)}\n" if op.why else ""
            head = f"-- {step.numbers}. {op.verb.sign} {titles(op.target)} ({impact(op)})\n"
            rows.append(f"{head}{why}{step.sql}\n")
    fitting = sum(total <= room for total in accumulate(len(row) + 1 for row in rows))
    heading = f"SQL ({count(sum(1 for _ in plan.operations()), 'statement')})"
    if not fitting:
        yield f"{heading}: left out for its length; see `--format sql`."
        return
    yield folded(heading, fenced("\n".join(rows[:fitting]).rstrip(), "sql"))
    if fitting < len(rows):
        yield "The rest of the SQL is left out for its length; see `--format sql`."


def _rest(plan: Plan) -> Iterator[str]:
    groups = [f"- {escape(head)}: {escape(names)}" for head, names in unmanaged(plan)]
    if groups:
        heading = f"Not managed, left as they are ({len(plan.unmanaged)})"
        yield folded(heading, "\n".join(groups))
    yield from _notes(plan, quiet=True)


def _notes(plan: Plan, *, quiet: bool) -> Iterator[str]:
    """Give the notes: warnings stand at the top, what is only worth knowing at the end."""
    found = [n for n in plan.notes if (n.severity is Severity.INFO) is quiet]
    if found:
        yield "\n".join(f"- {n.severity.value}: {escape(_sentence(n))}" for n in found)


def _sentence(note: Diagnostic) -> str:
    place = f"{note.place} " if note.place else ""
    hint = f" (hint: {note.hint})" if note.hint else ""
    return one_line(f"{place}{note.code} {note.message}{hint}")
