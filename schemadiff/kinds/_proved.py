"""Rules that the rows are known to keep, so that no row that is there can break them.

What the plan does not have to warn of: that each row gets its own number from a new identity, and
what an older key or foreign key of the same columns has seen to until now.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._column.alter import is_left_null
from schemadiff.kinds._new_value import default_of, is_checked, plain_keys
from schemadiff.kinds._type_change import are_whole

_KEYS = ("primary_key", "unique", "index")


def is_filled(column: Any, context: Context) -> bool:
    """Tell whether a new column has a value in each row that is there."""
    new = column.parent in context.current and column.identity not in context.current
    given = new and column.generated is None and not is_left_null(column, context)
    return given and not is_checked(column, context)


def has_no_twins(key: Any, context: Context) -> bool:
    """Tell whether no two rows are the same in a key: in some of its columns they never are."""
    names = plain_keys(key)
    for name in names:
        column: Any = context.desired.get(_column(key.parent, name))
        new = column is not None and column.identity not in context.current
        if new and column.identity_options is not None and not column.identity_options.cycle:
            return True
    table = key.parent
    there = (context.current.objects[i] for i in context.current.children.get(table, ()))
    olds = (old for old in there if old.identity.kind in _KEYS)
    return any(_tells_apart(old, key, set(names), context) for old in olds)


def are_kept_apart(exclusion: Any, context: Context) -> bool:
    """Tell whether no two rows conflict: another exclusion has seen to it, with less to go by.

    What it rests on stays as it is, for an operator or an expression may come to mean another.
    """
    current, table = context.current, exclusion.parent
    if table in context.replaced:
        return False
    for each in current.children.get(table, ()):
        old: Any = current.objects[each]
        if each.kind != "exclusion" or not old.valid or not excludes_as_much(old, exclusion):
            continue
        used = current.depends_on(each) - {table}
        if not used & context.replaced and all(
            current.get(i) == context.desired.get(i) for i in used
        ):
            return True
    return False


def excludes_as_much(old: Any, new: Any) -> bool:
    """Tell whether an exclusion refuses every row that another one does."""
    whole = old.where is None or old.where == new.where
    return whole and set(old.elements) <= set(new.elements)


def refers_as_before(key: Any, context: Context) -> bool:
    """Tell whether each row refers to one that is there: another foreign key has seen to it.

    Or to none, where a new column is NULL in all of them.
    """
    if not key.full and any(_is_empty(_column(key.parent, n), context) for n in key.columns):
        return True
    ends = zip(key.columns, key.target_columns, strict=True)
    wanted, target = set(ends), Identity("table", key.target)
    for each in context.current.children.get(key.parent, ()):
        old: Any = context.current.objects[each]
        if each.kind != "foreign_key" or old.target != key.target:
            continue
        same = set(zip(old.columns, old.target_columns, strict=True)) == wanted
        seen_to = old.valid and old.enforced and (old.full or not key.full)
        if same and seen_to and old.period == key.period:
            return _stay(key.parent, key.columns, context) and _stay(
                target, key.target_columns, context
            )
    return False


def _tells_apart(old: Any, new: Any, names: set[str], context: Context) -> bool:
    columns = plain_keys(old)
    if not names.issuperset(columns) or not columns or len(columns) != len(old.columns):
        return False
    unique = getattr(old, "unique", True) and getattr(old, "where", None) is None
    if not (unique and old.valid) or getattr(old, "without_overlaps", False):
        return False
    # NULLs, which the old one lets come again, matter to a new one that does not.
    if getattr(new, "nulls_not_distinct", False) and not getattr(old, "nulls_not_distinct", False):
        found = (context.current.get(_column(old.parent, name)) for name in columns)
        if not all(getattr(column, "not_null", False) for column in found):
            return False
    return _stay(old.parent, columns, context)


def _is_empty(identity: Identity, context: Context) -> bool:
    """Tell whether a new column has no value in any row that is there."""
    column: Any = context.desired.get(identity)
    if column is None or identity in context.current or column.parent not in context.current:
        return False
    given = column.generated is not None or column.identity_options is not None
    return not given and default_of(column, context) is None


def _stay(table: Identity, names: Iterable[str], context: Context) -> bool:
    """Tell whether values that were equal stay so, and those that were not."""
    if table in context.replaced or table not in context.current:
        return False
    for name in names:
        old, new = (s.get(_column(table, name)) for s in (context.current, context.desired))
        before, after = (getattr(c, "type", None) for c in (old, new))
        if before is None or after is None or context.replaced & {_column(table, name)}:
            return False
        sorted_alike = getattr(old, "collation", None) == getattr(new, "collation", None)
        if not (before == after and sorted_alike) and not are_whole(before, after):
            return False
    return True


def _column(table: Identity, name: str) -> Identity:
    return Identity("column", (*table.path, name))
