"""Changes as every output shows them: an entry for each, and the tree that they form.

A saved plan keeps what is shown of a change and not the objects, so that a plan read from a file
looks as it did when it was made: `SavedObject` stands for an object of any kind.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.plan import Plan, change_verb
from schemadiff.core.record import record, replace
from schemadiff.render.values import Plain, plain

SIGNS = {"create": "+", "change": "~", "drop": "-", "rename": ">", "replace": "-/+"}
_MEMBER = 2  # a path of this length names something in a schema


class Attribute(NamedTuple):
    """An attribute's name with its value before and after."""

    name: str
    old: Plain
    new: Plain


@record(frozen=True, slots=True)
class SavedObject(DbObject):
    """What a saved plan tells about an object."""

    above: Identity | None
    called: str
    values: tuple[tuple[str, Any], ...] = ()

    @property
    def parent(self) -> Identity | None:
        """The object that this one lives and dies with."""
        return self.above


def value_of(obj: DbObject, name: str) -> Any:
    """Give an attribute of any object, None where it has none; of a saved one in JSON's words."""
    if isinstance(obj, SavedObject):
        return dict(obj.values).get(name)
    return getattr(obj, name, None)


def said_of(obj: DbObject, name: str, live: Catalog) -> Any:
    """Give an attribute; a saved plan does not tell those that stay as they are there."""
    there = live.get(obj.identity)
    if there is None or not isinstance(obj, SavedObject) or name in dict(obj.values):
        return value_of(obj, name)
    return value_of(there, name)


@record(frozen=True, slots=True)
class Entry:
    """One change: the verb of the summary, who, and the attributes that say it.

    Of what is created or dropped, the attributes that are not at their default.
    """

    verb: str
    identity: Identity
    parent: Identity | None
    name: str  # what it is called below its parent; empty for what has no name of its own
    before: Identity | None = None
    attributes: tuple[Attribute, ...] = ()
    cause: Identity | None = None

    @property
    def sign(self) -> str:
        """The sign in front of the line."""
        return SIGNS[self.verb]


@dataclass(slots=True, eq=False)
class Node:
    """A line of the tree: an identity, its entries (none where only something below changes)."""

    identity: Identity
    parent: Identity | None
    name: str
    entries: list[Entry] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def verb(self) -> str:
        """The verb that the line shows."""
        verbs = {e.verb for e in self.entries}
        return next((v for v in ("replace", "rename", *SIGNS) if v in verbs), "change")

    def every(self) -> Iterator[Node]:
        """Give the node and all below it."""
        yield self
        for child in self.children:
            yield from child.every()


def entry(change: Change) -> Entry:
    """Give a change as it is shown."""
    verb, identity = change_verb(change), change.identity
    name = own_name(change.old if isinstance(change, Drop) else change.new)
    match change:
        case Create(new):
            attrs = tuple(Attribute(n, None, v) for n, v in _telling(new))
            return Entry(verb, identity, new.parent, name, None, attrs)
        case Drop(old):
            attrs = tuple(Attribute(n, v, None) for n, v in _telling(old))
            return Entry(verb, identity, old.parent, name, None, attrs)
        case Rename(old, new) if old.identity == new.identity:
            attrs = _altered(old, new, changed_attributes(old, new))
            return Entry(verb, identity, new.parent, name, None, attrs)
        case Rename(old, new):
            return Entry(verb, identity, new.parent, name, old.identity)
        case Alter(old, new, changed, _, cause):
            attrs = _altered(old, new, changed)
            return Entry(verb, identity, new.parent, name, None, attrs, cause)


def own_name(obj: DbObject) -> str:
    """Give what an object is called below its parent, and in a schema with its arguments."""
    if isinstance(obj, SavedObject):
        return obj.called
    path, parent = obj.identity.path, obj.parent
    if parent is None or len(parent.path) > len(path):
        return ".".join(path)
    if path == parent.path:
        return ""
    if _is_attached(obj.identity, parent):
        return path[-1]
    rest = path[len(parent.path) :] if path[: len(parent.path)] == parent.path else path[1:]
    if _says_its_parent(obj, parent):
        return ".".join(rest[:-1])
    if len(parent.path) < _MEMBER and len(rest) == _MEMBER:
        return f"{rest[0]}({rest[1]})"
    return ".".join(rest)


def _is_attached(identity: Identity, parent: Identity) -> bool:
    """Tell whether a path names the parent, the parent's kind and a name beside it: a grant's."""
    return identity.path[:-1] == (*parent.path, parent.kind)


def _says_its_parent(obj: DbObject, parent: Identity) -> bool:
    """Tell whether a path ends with the parent's kind, as that of a comment does.

    The path alone cannot tell: a column may be called as a kind is. But only where the last part
    is no name does another one mean another parent.
    """
    if obj.identity.path[-1] != parent.kind:
        return False
    elsewhere = obj.identity._replace(path=(*obj.identity.path[:-1], ""))
    return replace(obj, identity=elsewhere).parent != parent


def _telling(obj: DbObject) -> Iterator[tuple[str, Plain]]:
    if isinstance(obj, SavedObject):
        yield from obj.values
        return
    if obj.told is not None:
        yield from ((name, plain(value)) for name, value in obj.told.items())
        return
    for each in dataclasses.fields(obj):
        value = getattr(obj, each.name)
        compared = each.compare and each.name != "identity"
        if compared and value is not None and value != each.default:
            yield each.name, plain(value)


def _altered(old: DbObject, new: DbObject, changed: frozenset[str]) -> tuple[Attribute, ...]:
    if isinstance(old, SavedObject) and isinstance(new, SavedObject):
        before, after = dict(old.values), dict(new.values)
        return tuple(Attribute(n, before[n], after[n]) for n in after if n in changed)
    if old.told is not None and new.told is not None:
        was, said = old.told, new.told
        names = [n for n in {**was, **said} if was.get(n) != said.get(n)]
        return tuple(Attribute(n, plain(was.get(n)), plain(said.get(n))) for n in names)
    names = [f.name for f in dataclasses.fields(new) if f.name in changed]
    return tuple(Attribute(n, plain(getattr(old, n)), plain(getattr(new, n))) for n in names)


def tree(plan: Plan) -> list[Node]:
    """Give the changes as a forest of nodes, in the order of the plan."""
    entries = [entry(c) for c in plan.changes]
    known = _known(entries, (op.target for op in plan.operations()))
    nodes: dict[Identity, Node] = {}
    for each in entries:
        parent = None if stands_alone(each) else each.parent
        node = nodes.setdefault(each.identity, Node(each.identity, parent, each.name))
        node.entries.append(each)
    roots: list[Node] = []
    for node in list(nodes.values()):
        _attach(node, nodes, roots, known)
    return roots


def _attach(
    node: Node,
    nodes: dict[Identity, Node],
    roots: list[Node],
    known: Mapping[tuple[str, ...], Identity],
) -> None:
    """Hang a node under its parent, which is made where nothing about it changes."""
    above = node.parent
    if above is None:
        roots.append(node)
        return
    if above not in nodes:
        nodes[above] = Node(above, _above(above, known), above.name)
        _attach(nodes[above], nodes, roots, known)
    nodes[above].children.append(node)


def stands_alone(each: Entry) -> bool:
    """Tell whether something is shown at the top although it has a parent: it is in a schema."""
    above = each.parent
    in_schema = above is not None and len(above.path) < _MEMBER and each.name != ""
    return in_schema and above is not None and not _is_attached(each.identity, above)


def _above(identity: Identity, known: Mapping[tuple[str, ...], Identity]) -> Identity | None:
    """Give the parent of what does not change itself, if anything in the plan knows it."""
    return known.get(identity.path[:-1]) if len(identity.path) > _MEMBER else None


def _known(
    entries: Iterable[Entry], targets: Iterable[Identity]
) -> dict[tuple[str, ...], Identity]:
    found: dict[tuple[str, ...], Identity] = {}
    for each in entries:
        for identity in (each.parent, each.identity):
            if identity is not None:
                found.setdefault(identity.path, identity)
    for identity in targets:
        found.setdefault(identity.path, identity)
    return found
