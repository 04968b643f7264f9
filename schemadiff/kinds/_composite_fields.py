"""Values of a composite type field by field, as their types go from one form to another.

The surprising fact: a row whose fields are all NULL is not NULL itself, and stays so only where
that is asked before it is taken apart (manual, 9.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.kind import Context
from schemadiff.core.sql import ident
from schemadiff.kinds._moving import holders
from schemadiff.kinds._type_change import type_change


def losses(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Say what values lose: attributes that go, and those that take less."""
    fields = tuple(pairs(old, new))
    for name in sorted({a.name for a in old.attributes} - {w.name for _, w in fields if w}):
        yield from losing(old, name, context)
    for each, was in fields:
        if was and was.type != each.type and type_change(was.type, each.type).narrows:
            message = f"Attribute {each.name} of {old.identity.sql} changes from {was.type} to "
            message += f"{each.type}: values may be cut, rounded or refused."
            yield data_loss("narrow-type", old.identity, message)


def pairs(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """Pair each new attribute with what it was, or with None."""
    former, before = dict(renames(old, new)), {a.name: a for a in old.attributes}
    for each in new.attributes:
        yield each, before.get(former.get(each.name, each.name))


def renames(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Give the renames (new, old) that have still to be done."""
    there = {a.name for a in old.attributes}
    wanted = {a.name for a in new.attributes}
    for name, former in new.renamed_attributes:
        if former in there and name not in there and name in wanted:
            yield name, former


def unless_null(value: str, row: str) -> str:
    """Write NULL for a composite value that is NULL, and a row for any other."""
    return f"(CASE WHEN {value} IS NOT DISTINCT FROM NULL THEN NULL ELSE {row} END)"


def losing(old: Any, name: str, context: Context) -> tuple[Hazard, ...]:
    """Say whose values of an attribute are lost as it goes."""
    if not (columns := list(holders(old.identity, context.current))):
        return ()
    users = ", ".join(c.sql for c in columns)
    message = f"The values of attribute {name} in {users} are lost."
    return (data_loss("drop-type", old.identity, message),)


def fields(source: str, attributes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Take rows apart: what is NULL has no fields."""
    for name, type_ in attributes:
        taken = f"SELECT (v).{ident(name)} AS v FROM ({source}) AS s WHERE v IS DISTINCT FROM NULL"
        yield taken, type_
