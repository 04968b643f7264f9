"""Columns of a table that is made anew while types below them are: their values wait as texts.

A copy of the rows with the old types would hold these up. So each value is copied as the text that
the new form of its type reads as the same value. The surprising fact: a cast to text keeps the
collation of what is cast, so that has to be said as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import LexError, code
from schemadiff.core.moving import heir, types_below
from schemadiff.core.object import DbObject
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._moving import element
from schemadiff.kinds._type_change import type_change


def changes_below(identity: Identity, context: Context) -> set[Identity]:
    """Name the types below what is there that go, or are not what they will be."""
    found = types_below(identity, context.current, context)
    return {i for i in found if context.current.get(i) != context.desired.get(i)}


def losses_below(types: set[Identity], context: Context) -> Iterator[Hazard]:
    """Name what values lose as types change that keep their kind."""
    for old in (context.current.objects[i] for i in sorted(types)):
        new = context.desired.get(old.identity)
        if new is not None:
            yield from context.registry.of(new).losses(old, new, context)


def told(value: str, old: str, new: str, context: Context) -> str | None:
    """Give the SQL of the text that type `new` will read as a value of type `old`; None for none.

    The types go by their names: both may be one, whose form is another one afterwards.
    """
    plain = f"{value}::text"
    was = _types(context).get(_path(old))
    changes = was is not None and _changes(was, context)
    if old != new and not changes and _is_built_in(new):
        return "::".join((value, *(type_change(old, new).using or (new,)), "text"))
    if was is None or not changes:
        return plain
    will = heir(was.identity, context)
    if will is None:
        return plain if old != new else None
    kinds = context.registry
    if will.identity.kind != was.identity.kind:
        both = kinds.of(was).told_by_text(was) and kinds.of(will).told_by_text(will)
        return plain if both else None
    said = kinds.of(will).told(was, will, value, old, context)
    return said if said == plain or old == new else None


def _changes(obj: DbObject, context: Context) -> bool:
    changed = obj != context.desired.get(obj.identity)
    return changed or bool(changes_below(obj.identity, context))


def _types(context: Context) -> dict[tuple[str, ...], DbObject]:
    """Give the types that are there and may be made anew, by each of their names."""
    if "types by name" not in context.memo:
        kinds, objects = context.registry, context.current.objects
        found = (i for kind in kinds if kind.moves_over for i in context.current.of(kind.name))
        context.memo["types by name"] = {
            name[1:]: objects[i]
            for i in found
            for name in kinds[i.kind].occupies(objects[i])
            if name[0] == "type"
        }
    known: dict[tuple[str, ...], DbObject] = context.memo["types by name"]
    return known


def _path(type_: str) -> tuple[str, ...]:
    try:
        return parse_name(element(type_)[0])
    except (ValueError, LexError):
        return ()


def _is_built_in(type_: str) -> bool:
    """Tell whether a type is the server's own, which stands without its schema."""
    return all(token.text != "." for token in code(type_))
