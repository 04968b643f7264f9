"""What becomes of a key when a column below it changes: whether its index can stay meanwhile.

ALTER COLUMN … TYPE that writes the rows builds every index anew, and fails where the new values do
not fit the old key. So such a key goes first, and what takes its place comes in the transaction
that has locked everyone out anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import changed_attributes
from schemadiff.kinds._column.alter import RETYPES, sorts_anew, writes_rows

_KEYS = ("primary_key", "unique", "exclusion")
# What an index on the column does not know.
_BESIDE = frozenset(
    """
    not_null not_null_name not_null_valid not_null_no_inherit
    statistics storage compression options identity_options
    """.split()
)


def columns_below(key: Any) -> Iterator[Identity]:
    """Name the columns of a key or an exclusion, but for those inside of expressions."""
    elements = (e.key for e in getattr(key, "elements", ()))
    plain = (e.text for e in elements if not e.is_expression)
    for name in (*getattr(key, "columns", ()), *plain, *key.include):
        yield Identity("column", (*key.identity.path[:2], name))


def is_rebuilt(column: Identity, context: Context) -> bool:
    """Tell whether a column that stays changes so that an index on it cannot stay as it is."""
    old: Any = context.current.get(column)
    new: Any = context.desired.get(column)
    if old is None or new is None:
        return False
    changed = changed_attributes(old, new) - _BESIDE
    if changed - RETYPES:
        return True
    return bool(changed) and (writes_rows(old, new, context) or sorts_anew(old, new, context))


def goes_first(old: Any, context: Context) -> bool:
    """Tell whether a key that goes cannot stay until another has come: of a part nobody knows."""
    used = {*columns_below(old), *context.current.depends_on(old.identity)}
    columns = [i for i in used if i.kind == "column"]
    return any(i not in context.current or is_rebuilt(i, context) for i in columns)


def comes_at_once(new: Any, context: Context) -> bool:
    """Tell whether a key is made where its column is changed, for the old one is gone by then.

    So no second row of a key comes between.
    """
    mine = set(columns_below(new))
    if new.identity in context.current:
        old = context.current.objects[new.identity]
        return any(is_rebuilt(i, context) for i in mine.union(columns_below(old)))
    return any(
        i.kind in _KEYS
        and i not in context.desired
        and not mine.isdisjoint(columns_below(context.current.objects[i]))
        and goes_first(context.current.objects[i], context)
        for i in context.current.children.get(new.parent, ())
    )
