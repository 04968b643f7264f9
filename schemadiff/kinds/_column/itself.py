"""New columns whose values come from a function that reads the column.

The surprising fact: such a function cannot be made before the column, so the rows that are there
would be computed by what stands in for it. Where there are none, there is nothing to compute; and
where the values are a default's, the rows can be filled when the column and the function are there.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._new_value import domains


def refuse_reading_itself(column: Any, context: Context) -> None:
    """Refuse a function that does not exist when the rows need it, which its column does first."""
    if each := reading_itself(column, context):
        name = column.identity.name
        message = f"the rows of {column.parent} would get the values of {name} from {each}, "
        message += f"which reads {name} and can be made only after it"
        hint = f"have {each} not read {name} in this plan, and read it in the next"
        about = (column.identity, each)
        raise PlanError(Diagnostic(code="SD062", message=message, hint=hint, about=about))


def reading_itself(column: Any, context: Context) -> Identity | None:
    """Name a new function that gives rows that are there their values, and reads the column."""
    desired, source = context.desired, _source(column, context)
    if source not in desired or context.sizes.of(column.parent).empty:
        return None
    for each in sorted(desired.depends_on(source)):
        made = each not in context.current or each in context.replaced
        if made and context.registry[each.kind].overloads and _rests(each, column, context):
            return each
    return None


def _source(column: Any, context: Context) -> Identity:
    """Name what has the expression of the values: the column, its default, or its domain."""
    own: Identity = column.identity
    if column.generated:
        return own
    default = Identity("default", own.path)
    if default in context.desired:
        return default
    domain = next(domains(column.type, context.desired), None)
    if own in context.current or domain is None or domain.default is None:
        return default  # the rows of one that is there have their values
    return domain.identity  # type: ignore[no-any-return]


def _rests(routine: Identity, column: Any, context: Context) -> bool:
    queue, seen = [routine], set[Identity]()
    while queue:
        found = context.desired.depends_on(queue.pop()) - seen
        if column.identity in found:
            return True
        seen |= found
        queue += found
    return False
