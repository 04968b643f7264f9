"""The tree of one top-level object as lines with a sign, a depth and a text.

What has no name of its own beside its parent (a default, a comment) is said on the parent's line
when both are new, as SQL does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.plan import Plan
from schemadiff.render.entries import Attribute, Entry, Node
from schemadiff.render.values import (
    Plain,
    is_nested,
    nested_differences,
    one_line,
    shorten,
    show,
    text_differences,
    words,
)
from schemadiff.render.wording import count, kind_words, name_of, title

# Attributes that need no name where the whole object is said on one line.
_SPEAKING = frozenset({"type", "expression", "text", "definition"})
_MIN_WIDTH = 40


class Line(NamedTuple):
    """A line of the tree: `@` as a sign is a continuation without meaning of its own."""

    depth: int
    sign: str
    text: str
    danger: bool = False


def losing_data(plan: Plan) -> frozenset[Identity]:
    """Give what loses data."""
    return frozenset(h.subject for h in plan.hazards if h.loses_data)


def outline(node: Node, losing: frozenset[Identity], width: int = 100) -> list[Line]:
    """Give the lines of a top-level object and everything below it; mark what is `losing` data."""
    return list(_lines(node, None, 0, losing, max(width, _MIN_WIDTH)))


def _lines(
    node: Node, parent: Node | None, depth: int, losing: frozenset[Identity], width: int
) -> Iterator[Line]:
    sign = node.entries[0].sign if len(node.entries) == 1 else _sign(node)
    head = _label(node, parent)
    room = width - 4 * depth - len(sign) - 1
    inlined: list[Node] = []
    if node.verb == "create":
        head, inlined = _created(node, head, room)
    elif node.verb == "drop":
        said = _attributes(node.entries[0], before=True)
        head = shorten(f"{head}: {said}", room) if said else head
    head += "".join(map(_remark, node.entries))
    yield Line(depth, sign, head, node.identity in losing)
    for each in node.entries:
        if each.verb in ("change", "replace"):
            for attribute in each.attributes:
                yield from _altered(attribute, depth + 1, room - 4)
    rest = [c for c in node.children if c not in inlined]
    if node.verb == "drop":
        yield from _dropped(rest, depth + 1, losing)
        rest = [c for c in rest if c.verb != "drop"]
    for child in rest:
        yield from _lines(child, node, depth + 1, losing, width)


def _sign(node: Node) -> str:
    verb = node.verb
    return next((e.sign for e in node.entries if e.verb == verb), "~")


def _label(node: Node, parent: Node | None) -> str:
    if parent is None:
        return title(node.identity)
    return f"{kind_words(node.identity.kind)} {own_name(node.identity, parent.identity)}".strip()


def own_name(identity: Identity, parent: Identity) -> str:
    """Give a child's name as it is called below its parent; empty if it has none of its own."""
    path, above = identity.path, parent.path
    if path[-len(above) :] == above:
        return ""
    if path[: len(above)] == above:
        return one_line(".".join(path[len(above) :]))
    return one_line(".".join(path[1:])) if path[0] == above[0] and path[1:] else name_of(identity)


def _remark(entry: Entry) -> str:
    if entry.verb == "rename" and entry.before is not None:
        here, there = entry.identity.path, entry.before.path
        was = there[-1] if here[:-1] == there[:-1] else ".".join(there)
        return f"  (was {one_line(was)})"
    if entry.verb == "replace":
        because = f" because of {title(entry.cause)}" if entry.cause else ""
        return f"  (dropped and made anew{because})"
    return ""


def _attributes(entry: Entry, *, before: bool = False) -> str:
    """Say the attributes of a whole object in a few words."""
    parts = []
    for name, old, new in entry.attributes:
        value = old if before else new
        if value is True:
            parts.append(words(name))
        elif isinstance(value, str) and name in _SPEAKING:
            parts.append(_brief(value))
        else:
            parts.append(f"{words(name)} {_brief(value)}")
    return ", ".join(parts)


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
        if not plain_child or own_name(child.identity, node.identity):
            continue
        more = f"{joiner}{kind_words(child.identity.kind)} {_attributes(child.entries[0])}"
        if len(line) + len(more) <= room:
            line, joiner = line + more, ", "
            inlined.append(child)
    return shorten(line, max(room, _MIN_WIDTH)), inlined


def _dropped(children: list[Node], depth: int, losing: frozenset[Identity]) -> Iterator[Line]:
    """Say what goes with a dropped object in one line."""
    gone = [n for c in children if c.verb == "drop" for n in c.every()]
    if gone:
        kinds = Counter(kind_words(n.identity.kind) for n in gone)
        text = ", ".join(count(number, kind) for kind, number in kinds.items())
        yield Line(depth, "-", f"with {text}", any(n.identity in losing for n in gone))


def _altered(attribute: Attribute, depth: int, room: int) -> Iterator[Line]:
    """Say what differs: parts of nested values, lines of long texts, or old → new."""
    name, old, new = attribute
    label = words(name)
    if is_nested(old) and is_nested(new) and type(old) is type(new):
        for sign, place, before, after in nested_differences(old, new):
            values = {"+": after, "-": before}.get(sign, f"{before} → {after}")
            yield Line(depth, sign, f"{label}{place}: {values}")
        return
    line = f"{label}: {show(old)} → {show(new)}"
    many = any(isinstance(v, str) and "\n" in v.strip() for v in (old, new))
    if not many and len(line) <= room:
        yield Line(depth, "~", line)
        return
    yield Line(depth, "~", f"{label}:")
    for sign, text in text_differences(_text(old), _text(new)):
        yield Line(depth + 1, sign, text)


def _text(value: Plain) -> str:
    return value if isinstance(value, str) else "" if value is None else show(value)
