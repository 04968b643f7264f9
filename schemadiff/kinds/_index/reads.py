"""Indexes whose functions may read the table that they are indexes of.

The surprising fact: a statement that such a function runs finds the index in the middle of its own
CREATE INDEX, and PostgreSQL reads of it what is not written yet: an error, wherever there is a row.
CONCURRENTLY shows an index to nobody before it is built.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context


def reads_its_table(obj: Any, context: Context) -> Identity | None:
    """Name a function that an index calls and that may read its table.

    What a body that is a string names is known by its words alone: too many rather than too few.
    """
    desired, table = context.desired, obj.parent
    queue, seen = [obj.identity], set[Identity]()
    while queue:
        for each in sorted(desired.depends_on(queue.pop()) - seen):
            seen.add(each)
            kind = context.registry.by_name.get(each.kind)
            if kind is None or not (kind.overloads or kind.compares or kind.unspoken):
                continue
            queue.append(each)
            inside = any(i.path[: len(table.path)] == table.path for i in desired.depends_on(each))
            if inside or _says(desired.get(each), table):
                return each
    return None


def _says(routine: Any, table: Identity) -> bool:
    body = getattr(routine, "body", None)
    return isinstance(body, str) and table.name in names(body)
