"""What a new column holds of the old one's values while both are there, and what proves it.

Without USING a value is assigned, as ALTER COLUMN does: what does not fit is an error, where a cast
in a query would cut it in silence (manual, 8.3). The surprising fact: so a writer meets that error
from the first step on, not only from the last.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.sql import ident
from schemadiff.kinds._type_change import (
    converts_alike,
    converts_always,
    is_said,
    is_words,
    type_change,
)

Pair = tuple[Any, Any]


def why_unlike(old: Any, new: Any, context: Context) -> str:
    """Say why a value may become another one in another session."""
    if new.using is not None:
        return (
            f"what USING says of {new.identity.sql} may depend on the moment, the session or "
            "other rows"
        )
    labels = [_enums(old, context.current), _enums(new, context.desired)]
    if not any(labels):
        alike = converts_alike(old.type, new.type)
    else:
        # The labels are the same in every session, as long as nobody changes them.
        alike = all(
            found or is_words(column.type) for found, column in zip(labels, (old, new), strict=True)
        )
        for each in (*labels[0], *labels[1]):
            before, after = context.current.get(each), context.desired.get(each)
            if before is not None and after is not None and before != after:
                return f"{each} changes in the same plan"
    if not alike:
        return (
            f"what a value of {new.identity.sql} becomes as {new.type} depends on the session, or "
            "is not known to be the same in all, so writers could differ while both columns are "
            "there"
        )
    return ""


def _enums(column: Any, side: Any) -> list[Identity]:
    if column.type.endswith("]"):
        return []
    return [i for i in side.depends_on(column.identity) if i.kind == "enum"]


def may_not_fit(pair: Pair) -> bool:
    """Tell whether some values of the old column have no place in the new one, or are cut."""
    old, new = pair
    return new.using is not None or not converts_always(old.type, new.type)


def _casts(pair: Pair) -> tuple[str, ...]:
    old, new = pair
    return type_change(old.type, new.type).using


def assigned(pair: Pair, column: str) -> str:
    """Write the statement of the trigger that gives the new column its value."""
    name = f"NEW.{ident(pair[1].identity.name)}"
    casts = "".join(f"::{each}" for each in _casts(pair))
    return f"NEW.{column} := {f'({name}){casts}' if casts else name};"


def said(pair: Pair) -> str:
    """Write the value that the new column is to hold, in terms of the old one."""
    casts = "".join(f"::{each}" for each in _casts(pair) or (pair[1].type,))
    return f"({ident(pair[1].identity.name)}){casts}"


def differ(pair: Pair, column: str) -> str:
    """Write the condition "both columns disagree"."""
    return f"{_compared(pair, column)[0]} IS DISTINCT FROM {_compared(pair, column)[1]}"


def agree(pair: Pair, column: str) -> str:
    """Write the condition "both columns agree"."""
    return f"{_compared(pair, column)[0]} IS NOT DISTINCT FROM {_compared(pair, column)[1]}"


def _compared(pair: Pair, column: str) -> tuple[str, str]:
    """Compare texts letter by letter, whatever a collation says of them."""
    if not is_said(pair[1].type):
        return column, said(pair)
    return f'({column})::text COLLATE "C"', f'({said(pair)})::text COLLATE "C"'
