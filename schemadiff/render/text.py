"""A plan for a person at a terminal: the dangers, what changes, then the SQL.

Colour is the terminal's sixteen and only when asked for, so piped output is plain text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation
from schemadiff.core.plan import Plan
from schemadiff.render.entries import tree
from schemadiff.render.outline import Line, Outline
from schemadiff.render.passages import passages
from schemadiff.render.values import one_line, printable
from schemadiff.render.wording import (
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

Paint = Callable[[str, str], str]

_CODES = {
    "+": "32",
    "~": "33",
    "-": "31",
    ">": "36",
    "-/+": "31",
    "danger": "1;31",
    "warning": "33",
    "title": "1",
    "dim": "2",
}
_OF_A_CLASS = 8
_BLOCK = 30  # lines of a block of ours beyond which only its first and last ones are shown
_FIRST, _LAST = 8, 7
_ALL_HAZARDS = 30  # more than these are counted; each is marked in the tree anyway


def render_text(
    plan: Plan, *, color: bool = False, width: int = 100, generated: datetime | None = None
) -> str:
    """Write a plan for a person; the result ends with a line end."""
    plan = plan.shown
    paint = _painted if color else _bare
    loud = [n for n in plan.notes if n.severity is not Severity.INFO]
    quiet = [n for n in plan.notes if n.severity is Severity.INFO]
    blocks = [list(_notes(loud, width, paint)), list(_head(plan, generated, paint))]
    if plan.empty and not plan.changes:
        blocks[-1].append(paint("+", no_changes(plan)))
    else:
        blocks += [
            _summary(plan, paint),
            list(_hazards(plan, width, paint)),
            list(_warnings(plan, width, paint)),
            list(_preflight(plan, width, paint)),
            list(_burdens(plan, paint)),
            list(_changes(plan, width, paint)),
            list(_rebuilt(plan, paint)),
            list(_sql(plan, paint)),
        ]
    notes = list(_notes(quiet, width, paint))
    blocks += [
        list(_unmanaged(plan, width, paint)),
        [paint("title", "Notes"), *notes] if notes else [],
    ]
    return "\n\n".join("\n".join(b) for b in blocks if b) + "\n"


def _painted(style: str, text: str) -> str:
    code = _CODES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def _bare(style: str, text: str) -> str:
    del style
    return text


def _head(plan: Plan, generated: datetime | None, paint: Paint) -> Iterator[str]:
    about = where(plan)
    if generated is not None:
        about = f"{about}, {time_text(generated)}" if about else time_text(generated)
    if about:
        yield paint("dim", about[0].upper() + about[1:])


def _summary(plan: Plan, paint: Paint) -> list[str]:
    rows = [f"  {verb:<9}{kinds}" for verb, kinds in breakdown(plan)]
    return [paint("title", summary(plan)), *rows]


def _hazards(plan: Plan, width: int, paint: Paint) -> Iterator[str]:
    found = hazards(plan)
    if not found:
        return
    yield paint("danger", f"DANGER: {hazards_text(plan)}")
    advised = set[str]()
    for hazard in found[:_ALL_HAZARDS]:
        loses = "  loses data" if hazard.loses_data else ""
        yield f"  {paint('danger', hazard.cls)}  {title(hazard.subject)}  [{hazard.code}]{loses}"
        yield from _wrapped(hazard.message, width, "      ")
        if is_allowed(hazard, plan):
            why = f": {one_line(hazard.allowed)}" if hazard.allowed else ""
            yield from _wrapped(f"allowed{why}", width, "      ")
            continue
        yield f"      allow it with: {paint('title', hazard_flag(hazard))}"
        if hazard.advice and hazard.code not in advised:
            advised.add(hazard.code)
            yield from _wrapped(f"safer: {hazard.advice}", width, "      ", "        ")
    if len(found) > _ALL_HAZARDS:
        classes = sorted({h.cls for h in found[_ALL_HAZARDS:]})
        yield f"  … and {len(found) - _ALL_HAZARDS:,} more ({', '.join(classes)}), marked ! below"
    losing = sum(h.loses_data for h in plan.refused(plan.allowed))
    if losing > 1:
        yield f"  To allow every loss of data: {paint('title', '--allow data-loss')}"


def _warnings(plan: Plan, width: int, paint: Paint) -> Iterator[str]:
    """Give what does not stop `apply`: by class, a line for each, the quiet ones on one line."""
    groups = warnings(plan)
    loud = sum(len(g.members) for g in groups if not g.quiet)
    if loud:
        yield paint("warning", f"WARNING: {count(loud, 'hazard')}, not refused")
    elif groups:
        yield paint("title", "Worth knowing")
    for group in groups:
        head = f"{group.cls} [{group.code}]"
        if group.quiet:
            yield from _wrapped(f"{head}: {group.names}", width, "  ", "      ")
            continue
        yield f"  {paint('warning', group.cls)} [{group.code}]: {group.title}"
        messages = group.messages
        for message in messages[:_OF_A_CLASS]:
            yield from _wrapped(message, width, "    ", "      ")
        if len(messages) > _OF_A_CLASS:
            yield f"    … and {len(messages) - _OF_A_CLASS:,} more"
        if group.advice:
            yield from _wrapped(f"safer: {group.advice}", width, "    ", "      ")
    for hazard in (found := allowed(plan))[:_OF_A_CLASS]:
        why = f" ({hazard.allowed})" if hazard.allowed else ""
        said = f"allowed: {hazard.cls} {title(hazard.subject)}{why}"
        yield from _wrapped(said, width, "  ", "      ")
    if len(found) > _OF_A_CLASS:
        yield f"  … and {len(found) - _OF_A_CLASS:,} more allowed"
    if loud:
        yield "  More about each: schemadiff explain CODE"


def _preflight(plan: Plan, width: int, paint: Paint) -> Iterator[str]:
    found = answers(plan)
    if found:
        yield paint("title", "Preflight: what the rows say")
    for style, text in found:
        yield from (paint(style, row) for row in _wrapped(text, width, "  ", "      "))


def _burdens(plan: Plan, paint: Paint) -> Iterator[str]:
    found = burdens(plan)
    if not found:
        return
    yield paint("title", "While it runs")
    column = min(max(map(len, found)), 40)
    for name, burden in found.items():
        text = burden.text
        if burden.lock is LockMode.ACCESS_EXCLUSIVE:
            text = paint("warning", text)
        yield f"  {name:<{column}}  {text} ({listed(burden.numbers)})"


def _changes(plan: Plan, width: int, paint: Paint) -> Iterator[str]:
    roots = tree(plan)
    if not roots:
        return
    yield paint("title", "Changes")
    outline = Outline(plan, width - 2)
    for number, node in enumerate(roots):
        # Small objects stand close together; those with something below have room around them.
        if number and (node.children or roots[number - 1].children):
            yield ""
        yield from (_line(line, paint) for line in outline(node))


def _line(line: Line, paint: Paint) -> str:
    sign = " " if line.sign == "@" else line.sign
    text = paint(line.sign, f"{sign} {line.text}".rstrip())
    mark = paint("danger", "  ! loses data") if line.danger else ""
    return f"{'  ' + '    ' * line.depth}{text}{mark}"


def _rebuilt(plan: Plan, paint: Paint) -> Iterator[str]:
    groups = rebuilt(plan)
    if not groups:
        return
    titles = Titles(plan)
    yield paint("title", "Rebuilt on the way, unchanged in the end")
    for cause, members in groups.items():
        yield f"  because of {title(cause)}:" if cause else "  because of what they rest on:"
        yield from (f"    {paint(sign, sign)} {titles(m)}" for m, sign in members.items())


def _sql(plan: Plan, paint: Paint) -> Iterator[str]:
    if plan.empty:
        return
    yield paint("title", "SQL, in order")
    titles = Titles(plan)
    digits = len(str(sum(1 for _ in plan.operations())))
    margin = " " * (digits + 4)
    for heading, steps in passages(plan):
        yield ""
        yield paint("dim", f"  -- {heading}")
        for step in steps:
            op = step.what
            sign = paint(op.verb.sign, op.verb.sign)
            yield ""
            yield f"  {step.numbers:>{digits}}. {sign} {titles(op.target)}"
            yield paint("dim", f"{margin}{impact(op)}")
            if op.why:
                yield paint("dim", f"{margin}{one_line(op.why)}")
            yield from (f"{margin}  {row}".rstrip() for row in _rows(printable(step.sql), op))


def _rows(sql: str, op: Operation) -> list[str]:
    """Split a statement into lines; of a long step of ours its reason says what it does."""
    rows = sql.split("\n")
    if not op.why or len(rows) <= _BLOCK:
        return rows
    left = len(rows) - _FIRST - _LAST
    return [*rows[:_FIRST], f"    ... {left} lines more: plan --format sql", *rows[-_LAST:]]


def _unmanaged(plan: Plan, width: int, paint: Paint) -> Iterator[str]:
    groups = list(unmanaged(plan))
    if groups:
        yield paint("title", "Not managed, left as they are")
        for head, names in groups:
            yield from _wrapped(f"{head}: {names}", width, "  ", "    ")


def _notes(notes: Iterable[Diagnostic], width: int, paint: Paint) -> Iterator[str]:
    for note in notes:
        indent = "  " if note.severity is Severity.INFO else ""
        place = f"{note.place} " if note.place else ""
        head = f"{note.severity.value}: {place}{note.code} {note.message}"
        style = "" if note.severity is Severity.INFO else "warning"
        yield from (paint(style, row) for row in _wrapped(head, width, indent, f"{indent}  "))
        if note.hint:
            yield from _wrapped(f"hint: {note.hint}", width, f"{indent}  ")


def _wrapped(text: str, width: int, first: str, other: str | None = None) -> list[str]:
    return textwrap.wrap(
        one_line(text),
        max(width, 40),
        initial_indent=first,
        subsequent_indent=first if other is None else other,
        break_long_words=False,
        break_on_hyphens=False,
    )
