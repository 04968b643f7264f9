"""Which keys hold a part fast that is to come back, with another bound or in another place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._table.heirs import lineage


def referring(old: Any, new: Any, context: Context) -> Iterator[Identity]:
    """Name the keys that refer through a table above to rows of a part, which comes back to it.

    PostgreSQL lets no part go that they refer to (manual, ALTER TABLE, DETACH PARTITION).
    """
    current, desired = context.current, context.desired
    if not (old.partition_of and new.partition_of) or context.sizes.of(old.identity).empty:
        return
    stays = {*lineage(desired, new.partition_of)}
    for path in (p for p in lineage(current, old.partition_of) if p in stays):
        for each in sorted(current.dependents.get(Identity("table", path), ())):
            key: Any = current.objects[each]
            if each.kind == "foreign_key" and each in desired and key.target == path:
                yield each
