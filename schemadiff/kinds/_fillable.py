"""Whether the rows of a table can be updated in batches, whatever is written.

The surprising fact: UPDATE looks at all checks of a row (manual, ALTER TABLE, NOT VALID), so rows
that were there before one take none, while a statement that writes the table anew leaves them be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._published import takes_no_update
from schemadiff.kinds._table.heirs import below, lineage


def refuses_update(table: Identity, context: Context) -> Iterator[str]:
    """Say why UPDATE of any row of a table, or of one below it, may fail or pass over rows."""
    if said := takes_no_update(table, context):
        yield said
    for path in (table.path, *below(context.current, table.path)):
        one = Identity("table", path)
        for side in (context.current, context.desired):
            obj: Any = side.get(one)
            if getattr(obj, "force_row_security", False) and not context.sizes.sees_all:
                yield f"policies of {one.sql} hide rows from its owner as well"
    for each in _rules(table, context):
        if _lasts_unproven(each, context):
            yield f"{each} is not valid, and rows that break it take no UPDATE"


def _rules(table: Identity, context: Context) -> Iterator[Identity]:
    """Name what a table says of its rows, what it has from others, and what those below say."""
    current = context.current
    for path in lineage(current, table.path):
        for each in sorted(current.children.get(Identity("table", path), ())):
            obj: Any = current.objects[each]
            alone = getattr(obj, "no_inherit", False) or getattr(obj, "not_null_no_inherit", False)
            if path == table.path or not alone:
                yield each
    for path in below(current, table.path):
        yield from sorted(current.children.get(Identity("table", path), ()))


def _lasts_unproven(identity: Identity, context: Context) -> bool:
    """Tell whether a check, or a NOT NULL, is there and stays without having been proven.

    What the plan is to prove is found broken before.
    """
    sides: list[Any] = [s.get(identity) for s in (context.current, context.desired)]
    if identity.kind == "check":
        return all(c is not None and c.enforced and not c.valid for c in sides)
    if identity.kind in ("column", "part_not_null"):
        return all(c is not None and not getattr(c, "not_null_valid", True) for c in sides)
    return False
