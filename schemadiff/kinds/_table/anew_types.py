"""Columns of a table that is made anew while types below them are: their values wait as texts.

A copy of the rows with the old types would hold these up. So each value is copied as the text that
the new form of its type reads as the same value. The surprising fact: a cast to text keeps the
collation of what is cast, so that has to be said as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import LexError, code
from schemadiff.core.moving import heir, types_below
from schemadiff.core.object import DbObject
from schemadiff.core.sql import ident
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._composite_fields import losing, losses, pairs, unless_null
from schemadiff.kinds._fields_by_name import apart
from schemadiff.kinds._moving import element
from schemadiff.kinds._row.type import (
    ROWS,
    becomes_base,
    becomes_rows,
    left_out,
    row_types,
    rows_below,
    staying_below,
)
from schemadiff.kinds._told_sql import array_told
from schemadiff.kinds._type_change import type_change, unlimited

_CHECK = "domain_check"


def changes_below(identity: Identity, context: Context) -> set[Identity]:
    """Name the types below what is there that go, or are not what they will be.

    Row types are all named, for what they are of may be made anew.
    """
    found = types_below(identity, context.current, context)
    changing = {i for i in found if _is_another(i, context)}
    changing |= staying_below(identity, context)
    return changing | rows_below(identity, context.current, context)


def new_below(identity: Identity, context: Context) -> frozenset[Identity] | None:
    """Name the types below what will be there that are new; None where others change."""
    found = types_below(identity, context.desired, context)
    there = {i for i in found if i.path in types_by_name(context)}
    if any(_is_another(i, context) for i in there):
        return None
    return None if rows_below(identity, context.desired, context) else frozenset(found - there)


def loosely(type_: str, context: Context) -> str:
    """Give a type without its limits, and without those of a domain."""
    domain: Any = context.desired.get(Identity("domain", path_of(type_)))
    return (
        unlimited(type_) if domain is None or element(type_)[1] else loosely(domain.type, context)
    )


def _is_another(type_: Identity, context: Context) -> bool:
    """Tell whether a type changes, or a check of it, which may come anew for another's sake."""
    if context.current.get(type_) != context.desired.get(type_):
        return True
    before, after = (
        {c: side.objects[c] for c in side.children.get(type_, ()) if c.kind == _CHECK}
        for side in (context.current, context.desired)
    )
    return before != after or not context.replaced.isdisjoint(before)


def losses_below(types: set[Identity], context: Context) -> Iterator[Hazard]:
    """Name what values lose as types change that keep their kind."""
    for old in (context.current.objects[i] for i in sorted(types)):
        new = context.desired.get(old.identity)
        if old.identity.kind in ROWS or becomes_rows(old.identity, context):
            if both := row_types(old.identity.path, context):
                yield from losses(*both, context)
                for name in sorted(left_out(both[0], context)):
                    yield from losing(both[0], name, context)
        elif new is not None:
            yield from context.registry.of(new).losses(old, new, context)


def told(value: str, old: str, new: str, context: Context) -> str | None:
    """Give the SQL of the text that type `new` will read as a value of type `old`; None for none.

    The types go by their names: both may be one, whose form is another one afterwards.
    """
    plain = f"{value}::text"
    was = types_by_name(context).get(path_of(old))
    to_rows = was is None or becomes_rows(was.identity, context)
    rows = row_types(path_of(old), context) if to_rows else None
    changes = (was is not None and _changes(was, context)) or _is_of_rows(path_of(old), context)
    if old != new and not changes and _is_built_in(new):
        return "::".join((value, *(type_change(old, new).using or (new,)), "text"))
    if not changes:
        return plain
    inner, many = element(old)
    one = "e" if many else value
    if was is None or to_rows:
        said = told_fields(*rows, one, context) if rows else None
    else:
        will = heir(was.identity, context)
        if will is None and becomes_base(was.identity, context):
            return plain if context.registry.of(was).told_by_text(was) else None
        if will is None:
            return plain if old != new else None
        kinds = context.registry
        if will.identity.kind != was.identity.kind:
            both = kinds.of(was).told_by_text(was) and kinds.of(will).told_by_text(will)
            return plain if both else None
        said = kinds.of(will).told(was, will, one, inner, context)
    if said == f"{one}::text":
        return plain
    if old != new and apart(inner, element(new)[0], (context.current, context.desired)):
        return None  # its text says the fields by their place
    if old != new:
        return plain if type_change(old, new).using[:1] in (("text",), ("text[]",)) else None
    if said is None:
        return None
    return array_told(value, said) if many else said


def told_fields(old: Any, new: Any, value: str, context: Context) -> str | None:
    """Give the text of a row of the texts of its fields, in their new order; None for none."""
    fields = []
    for each, was in pairs(old, new):
        name = f"({value}).{ident(was.name)}" if was else ""
        field = told(name, was.type, each.type, context) if was else "NULL"
        if field is None:
            return None
        fields.append(field)
    if fields == [f"({value}).{ident(a.name)}::text" for a in old.attributes]:
        return f"{value}::text"
    return unless_null(value, f"ROW({', '.join(fields)})::text")


def _changes(obj: DbObject, context: Context) -> bool:
    return (
        obj.identity in context.by_text
        or _is_another(obj.identity, context)
        or bool(changes_below(obj.identity, context))
    )


def _is_of_rows(path: tuple[str, ...], context: Context) -> bool:
    return any(Identity(kind, path) in context.current for kind in ROWS)


def types_by_name(context: Context) -> dict[tuple[str, ...], DbObject]:
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


def path_of(type_: str) -> tuple[str, ...]:
    try:
        return parse_name(element(type_)[0])
    except (ValueError, LexError):
        return ()


def _is_built_in(type_: str) -> bool:
    """Tell whether a type is the server's own, which stands without its schema."""
    return all(token.text != "." for token in code(type_))
