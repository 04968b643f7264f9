"""The tree of one top-level object as lines with a sign, a depth and a text.

What has no name of its own beside its parent (a default, a comment) is said on the parent's line
when both are new, as SQL does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemadiff.core.operation import Verb
from schemadiff.core.plan import Plan
from schemadiff.render.entries import Attribute, Entry, Node
from schemadiff.render.values import (
    SPEAKING,
    Plain,
    is_list,
    is_nested,
    nested_differences,
    one_line,
    shorten,
    show,
    text_differences,
    words,
)
from schemadiff.render.wording import Titles, count, kind_words, title

_MIN_WIDTH = 40
_LONG = 30  # characters of a value that may hide those behind it


class Line(NamedTuple):
    """A line of the tree: `@` as a sign is a continuation without meaning of its own."""

    depth: int
    sign: str
    text: str
    danger: bool = False


class Outline:
    """The trees of a plan: what a call needs to know beside the node."""

    def __init__(self, plan: Plan, width: int = 100) -> None:
        """Learn what loses data and how things are called."""
        self._losing = frozenset(h.subject for h in plan.hazards if h.loses_data)
        drops = (op for op in plan.operations() if op.verb is Verb.DROP and op.rewrites)
        self._kept = {op.target: f": {op.why}" for op in drops}  # what goes on all the same
        self._titles = Titles(plan)
        self._width = max(width, _MIN_WIDTH)

    def __call__(self, node: Node) -> list[Line]:
        """Give the lines of a top-level object and everything below it."""
        return list(self._lines(node, None, 0))

    def _lines(self, node: Node, parent: Node | None, depth: int) -> Iterator[Line]:
        sign = node.entries[0].sign if len(node.entries) == 1 else _sign(node)
        head = _label(node, parent, self._titles)
        room = self._width - 4 * depth - len(sign) - 1
        inlined: list[Node] = []
        if node.verb == "create":
            head, inlined = _created(node, head, room)
        elif node.verb == "drop":
            said = _attributes(node.entries[0], before=True)
            head = shorten(f"{head}: {said}", room) if said else head
        head += "".join(_remark(e, self._kept.get(e.identity, "")) for e in node.entries)
        yield Line(depth, sign, head, node.identity in self._losing)
        for each in node.entries:
            if each.verb in ("change", "replace"):
                for attribute in _told(each.attributes):
                    yield from _altered(attribute, depth + 1, room - 4)
        rest = [c for c in node.children if c not in inlined]
        if node.verb == "drop":
            yield from self._dropped(rest, depth + 1)
            rest = [c for c in rest if c.verb != "drop"]
        for child in rest:
            yield from self._lines(child, node, depth + 1)

    def _dropped(self, children: list[Node], depth: int) -> Iterator[Line]:
        """Say what goes with a dropped object in one line."""
        gone = [n for c in children if c.verb == "drop" for n in c.every()]
        if gone:
            kinds = Counter(kind_words(n.identity.kind) for n in gone)
            text = ", ".join(count(number, kind) for kind, number in kinds.items())
            yield Line(depth, "-", f"with {text}", any(n.identity in self._losing for n in gone))


def _sign(node: Node) -> str:
    verb = node.verb
    return next((e.sign for e in node.entries if e.verb == verb), "~")


def _label(node: Node, parent: Node | None, titles: Titles) -> str:
    if parent is None:
        return titles(node.identity)
    return f"{kind_words(node.identity.kind)} {one_line(node.name)}".strip()


def _remark(entry: Entry, kept: str) -> str:
    if entry.verb == "rename" and entry.before is not None:
        here, there = entry.identity, entry.before
        beside = here.path[:-1] == there.path[:-1] and there.called.endswith(there.name)
        return f"  (was {one_line(there.name if beside else there.called)})"
    if entry.verb == "replace":
        because = f" because of {title(entry.cause)}" if entry.cause else ""
        return f"  (dropped and made anew{because}{kept})"
    return ""


def _attributes(entry: Entry, *, before: bool = False) -> str:
    """Say the attributes of a whole object in a few words."""
    parts = []
    # What is long, or has parts of its own, comes last, for it is the first to be cut off.
    inside = [(a.name, a.old if before else a.new) for a in entry.attributes]
    for name, value in sorted(inside, key=lambda each: _bulk(each[1])):
        if value is True:
            parts.append(words(name))
        elif isinstance(value, str) and name in SPEAKING:
            parts.append(_brief(value))
        else:
            parts.append(f"{words(name)} {_brief(value)}")
    return ", ".join(parts)


def _bulk(value: Plain) -> tuple[bool, bool]:
    """Say whether a value has parts, or is long."""
    return isinstance(value, dict), isinstance(value, str) and len(value) > _LONG


def _brief(value: Plain) -> str:
    """Write a value on one line; of a text with many lines, the first and how many there are."""
    if isinstance(value, str) and "\n" in value.strip():
        rows = value.strip().splitlines()
        return f"{one_line(rows[0].strip())} … ({count(len(rows), 'line')})"
    return show(value.strip() if isinstance(value, str) and value.strip() else value)


def _created(node: Node, head: str, room: int) -> tuple[str, list[Node]]:
    """Say a new object and its nameless new parts on one line, as far as there is room."""
    said = _attributes(node.entries[0])
    line = f"{head}: {said}" if said else head
    joiner = ", " if said else ": "
    inlined = []
    for child in node.children:
        plain_child = child.verb == "create" and not child.children and len(child.entries) == 1
        if not plain_child or child.name:
            continue
        more = f"{joiner}{kind_words(child.identity.kind)} {_attributes(child.entries[0])}"
        if len(line) + len(more) <= room:
            line, joiner = line + more, ", "
            inlined.append(child)
    return shorten(line, max(room, _MIN_WIDTH)), inlined


def _told(attributes: Iterable[Attribute]) -> list[Attribute]:
    """Leave out what reads the same, and only follows from the rest (the limits of a type)."""
    every = list(attributes)
    return [a for a in every if a.old != a.new] or every


def _altered(attribute: Attribute, depth: int, room: int) -> Iterator[Line]:
    """Say what differs: parts of nested values, lines of long texts, or old → new."""
    name, old, new = attribute
    label = words(name)
    line = f"{label}: {show(old)} → {show(new)}"
    if is_list(old) and is_list(new) and len(line) <= room:
        yield Line(depth, "~", line)
        return
    if is_nested(old) and is_nested(new) and type(old) is type(new):
        for sign, place, before, after in nested_differences(old, new):
            values = {"+": after, "-": before}.get(sign, f"{before} → {after}")
            yield Line(depth, sign, f"{label}{place}: {values}")
        return
    many = any(isinstance(v, str) and "\n" in v.strip() for v in (old, new))
    if not many and len(line) <= room:
        yield Line(depth, "~", line)
        return
    yield Line(depth, "~", f"{label}:")
    for sign, text in text_differences(_text(old), _text(new)):
        yield Line(depth + 1, sign, text)


def _text(value: Plain) -> str:
    return value if isinstance(value, str) else "" if value is None else show(value)
