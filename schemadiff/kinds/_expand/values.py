"""What a new column holds of the old one's values while both are there, and what proves it.

Without USING a value is assigned, as ALTER COLUMN does: what does not fit is an error, where a cast
in a query would cut it in silence (manual, 8.3). The surprising fact: so a writer meets that error
from the first step on, not only from the last.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.sizes import Formula
from schemadiff.core.sql import ident
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._type_change import (
    converts_alike,
    converts_always,
    is_said,
    is_timed,
    is_words,
    type_change,
)

Pair = tuple[Any, Any]


def formula_of(old: Any, new: Any) -> Formula | None:
    """Give what the user says of the values, where it is not what we would say."""
    plain = old.generated is None and new.generated is None and new.of != FOREIGN
    if new.using is None or old.type == new.type or not plain or is_usual(old, new):
        return None
    return Formula(new.using, new.type)


def is_usual(old: Any, new: Any) -> bool:
    """Tell whether USING says the casts that are said without it too, or would mean the same."""
    casts = type_change(old.type, new.type).using
    if is_timed(old.type, new.type) and "(" not in new.type:
        casts = (new.type,)  # of times nothing is cut without a number of digits
    return bool(casts) and new.using == "::".join((ident(new.identity.name), *casts))


def by_formula(old: Any, new: Any) -> bool:
    """Tell whether the user says what the values are, other than we would."""
    return new.using is not None and not is_usual(old, new)


def why_unlike(old: Any, new: Any, context: Context) -> str:
    """Say why a value may become another one in another session."""
    for each in sorted(
        {*context.current.depends_on(old.identity), *context.desired.depends_on(new.identity)}
    ):
        before, after = context.current.get(each), context.desired.get(each)
        if context.registry[each.kind].moves_over and before and after and before != after:
            return f"{each} changes in the same plan"
    if by_formula(old, new):
        return _why_uncertain(new, context)
    if is_timed(old.type, new.type):
        if context.sizes.zone:
            return ""
        return (
            "the session's time zone is unknown, or its name has no such meaning in an expression"
        )
    labels = [_enums(old, context.current), _enums(new, context.desired)]
    if not any(labels):
        alike = converts_alike(old.type, new.type)
    else:
        # The labels are the same in every session.
        alike = all(
            found or is_words(column.type) for found, column in zip(labels, (old, new), strict=True)
        )
    if not alike:
        return (
            f"what a value of {new.identity.sql} becomes as {new.type} depends on the session, or "
            "is not known to be the same in all, so writers could differ while both columns are "
            "there"
        )
    return ""


def _why_uncertain(new: Any, context: Context) -> str:
    """Say why what USING says cannot be said of each row while both columns are there."""
    found = context.sizes.formula(new.identity)
    name = new.identity.sql
    if found is None:
        return (
            f"what USING says of {name} is not known to be the same at any time, in any session "
            "and whatever other rows hold"
        )
    sides = (context.current, context.desired)
    for each in sorted(found.reads - {new.identity.name}):
        column = Identity("column", (*new.identity.path[:2], each))
        if sides[0].get(column) != sides[1].get(column):
            return f"USING of {name} reads {column}, which changes in the same plan"
    for routine in sorted(
        {i for s in sides for i in s.objects if ".".join(i.path[:2]) in found.calls}
    ):
        if sides[0].get(routine) != sides[1].get(routine):
            return f"USING of {name} calls {routine}, which changes in the same plan"
    for side in sides:
        for key in sorted(side.dependents.get(new.identity, ())):
            if key.kind == "foreign_key":
                return f"{key} would compare what USING makes of {name} with values that stay"
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


def assigned(pair: Pair, column: str, context: Context) -> str:
    """Write the statement of the trigger that gives the new column its value."""
    name = f"NEW.{ident(pair[1].identity.name)}"
    if text := _formula(pair, context):
        return f"SELECT {text} INTO NEW.{column} FROM (SELECT NEW.*) AS r;"
    casts = "".join(f"::{each}" for each in _casts(pair))
    return f"NEW.{column} := {f'({name}){casts}' if casts else name};"


def said(pair: Pair, context: Context, zone: str = "") -> str:
    """Write the value that the new column is to hold, in terms of the old one.

    Where it depends on the time zone it is that of the session, or a `zone` that is named.
    """
    old, new = pair
    name = f"({ident(new.identity.name)})"
    if text := _formula(pair, context):
        return f"({text})::{new.type}"
    if zone and is_timed(old.type, new.type):
        # A date is the timestamp of its first moment (manual, 8.5.1).
        first = "::timestamp" if old.type == "date" else ""
        return f"pg_catalog.timezone({zone}, {name}{first})::{new.type}"
    casts = "".join(f"::{each}" for each in _casts(pair) or (new.type,))
    return f"{name}{casts}"


def _formula(pair: Pair, context: Context) -> str:
    found = context.sizes.formula(pair[1].identity) if by_formula(*pair) else None
    return found.text if found else ""


def differ(pair: Pair, column: str, context: Context) -> str:
    """Write the condition "both columns disagree", in the session's time zone."""
    one, other = _compared(pair, column, said(pair, context))
    return f"{one} IS DISTINCT FROM {other}"


def agree(pair: Pair, column: str, context: Context, zone: str = "") -> str:
    """Write the condition "both columns agree"."""
    one, other = _compared(pair, column, said(pair, context, zone))
    return f"{one} IS NOT DISTINCT FROM {other}"


def _compared(pair: Pair, column: str, value: str) -> tuple[str, str]:
    """Compare texts letter by letter, whatever a collation says of them."""
    if not is_said(pair[1].type):
        return column, value
    return f'({column})::text COLLATE "C"', f'({value})::text COLLATE "C"'
