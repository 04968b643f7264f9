"""Columns whose values follow a type that is made anew.

Those of heirs follow with the ones above; none may be altered by itself (manual, ALTER TABLE).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.kinds._column.around import is_repeated, repeated_by
from schemadiff.kinds._column.settings import alter_settings
from schemadiff.kinds._column.taken_back import anew, called_again
from schemadiff.kinds._hazards.cached import parameters
from schemadiff.kinds._moving import moved, take_over


def follow_types(moves: Sequence[tuple[Any, Any]], context: Context) -> Iterator[Operation]:
    """Convert the columns of one table; their storage is then the type's own again."""
    if own := [(old, new) for old, new in moves if not is_repeated(new, context)]:
        op = take_over(own, context)
        below = frozenset[Identity]().union(*(repeated_by(new, context) for _, new in own))
        hazards = (*op.hazards, *_remembered(own, context))
        op = replace(
            op, provides=op.provides | below, destroys=op.destroys | below, hazards=hazards
        )
        yield from anew(op, [new for _, new in own], context)
        for _, new in own:
            yield from called_again(new, context)
    for _, new in moves:
        for op in alter_settings(new, new, context.version, retyped=True):
            yield replace(op, requires=frozenset({new.identity}), bound=False)


def _remembered(moves: Sequence[tuple[Any, Any]], context: Context) -> Iterator[Hazard]:
    """Say which sessions go on to use the type that is put away."""
    for old, new in moves:
        if moved(old.type, context) and not context.sizes.of(new.parent).empty:
            yield parameters(new)
