"""What a generated column is made of, and how it becomes another expression in place.

The surprising fact: SET EXPRESSION writes the rows of a stored one anew, which PostgreSQL does in
no table whose rows other columns hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.core.sql import literal
from schemadiff.kinds._column.alter import EXPRESSION, attribute, step
from schemadiff.kinds._column.around import repeated_by, repeats_changed
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import row_type_left
from schemadiff.kinds._part_generated import PART_GENERATED
from schemadiff.kinds._table.heirs import below, parents, relation

_WHY = "gets another value in each row"


def regenerate(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """Change or drop the expression of a generated column.

    Heirs get the new one too (manual, ALTER TABLE), and after it that of their own again.
    """
    path = new.identity.path[:2]
    if repeats_changed(new, context, "generated"):
        return
    if new.generated is None:
        _refuse_below_heirs(new, context)
        # With heirs below an heir it is an error even where there is none any more.
        deep = [*below(context.desired, path)]
        there = attribute(new, "attgenerated <> ''") if deep else None
        yield step(new, "DROP EXPRESSION IF EXISTS", there)
    elif old.generated is not None:
        anew = computes_anew(old, new)
        yield _set_under(new, row_type_left(new, _WHY, context) if anew else frozenset())
        for each in sorted(repeated_by(new, context)):
            heir: Any = context.desired.objects[each]
            if heir.generated is not None:
                yield replace(_set(heir), requires=frozenset({new.identity}))
        yield from said_again(new, context)


def _refuse_below_heirs(column: Any, context: Context) -> None:
    """PostgreSQL looks for heirs of each heir as if ONLY had been said, and drops none there."""
    path = column.identity.path[:2]
    heirs = {*below(context.current, path)}
    for heir in sorted(heirs):
        above = {*parents(relation(context.current, heir))} & heirs
        if any(heir in below(context.desired, each) for each in above):
            parted, table = ".".join(heir), column.parent
            message = f"{column.identity} would keep its values without its expression, which "
            message += f"PostgreSQL drops in a table and those right below it: {parted} is below "
            message += f"one that is below {table}"
            hint = f"take {parted} out of what it is in (DETACH PARTITION, NO INHERIT), DROP "
            hint += "EXPRESSION of both, and put it back; or give the column another name"
            about = (column.identity,)
            raise PlanError(Diagnostic(code="SD060", message=message, hint=hint, about=about))


def said_again(said: Any, context: Context) -> Iterator[Operation]:
    """Say again what parts of a table generate a column from, which is set along with the table."""
    for path in below(context.desired, said.identity.path[:2]):
        each = Identity(PART_GENERATED, (*path, said.identity.name))
        part: Any = context.desired.get(each) if each in context.current else None
        if part is not None:
            op = _set(replace(part, virtual=said.virtual))
            yield replace(op, requires=frozenset({said.identity}))


def set_in_part(part: Any, context: Context) -> Operation:
    """Change what a part generates a column from."""
    anew = not part.virtual and part.of != FOREIGN
    return _set_under(part, row_type_left(part, _WHY, context) if anew else frozenset())


def computes_anew(old: Any, new: Any) -> bool:
    """Tell whether another expression writes each row of the table anew."""
    stored = new.generated is not None and not new.virtual and new.of != FOREIGN
    return stored and old.generated not in (None, new.generated)


def _set_under(new: Any, held: frozenset[Identity]) -> Operation:
    return replace(_set(new), destroys=held | {new.identity} if held else held)


def _set(new: Any) -> Operation:
    action, looks = f"SET EXPRESSION AS ({new.generated})", new.virtual and new.not_null
    differs = f"{EXPRESSION} IS DISTINCT FROM {literal(new.generated or '')}"
    return replace(
        step(new, action, attribute(new, differs), scans=looks),
        provides=frozenset({new.identity}),
        rewrites=not new.virtual,
    )
