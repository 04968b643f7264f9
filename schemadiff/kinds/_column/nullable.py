"""NOT NULL that goes while an heir holds its column fast: before 18 that reaches all of them.

The surprising fact: ALTER COLUMN … DROP NOT NULL takes it from heirs that say it themselves, and
fails for the tables above as well where one has the column in its primary key or its replica
identity, or numbers it.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.record import replace
from schemadiff.core.versions import PG18
from schemadiff.kinds._columns_marked import columns_marked
from schemadiff.kinds._table.heirs import RELATIONS, below, parents, relation

Path = tuple[str, ...]


def let_go_one_by_one(column: Any, context: Context) -> list[Any]:
    """Give the column in each table that lets go of its NOT NULL; none where all do together."""
    name = column.identity.name
    heirs = [*below(context.current, column.parent.path)]
    fast = {p for p in heirs if _holds(p, name, context) or _says(p, name, context)}
    if context.version >= PG18 or not fast:
        return []
    free = (p for p in heirs if p not in fast)
    found = (replace(column, identity=Identity("column", (*p, name))) for p in free)
    return [column, *found]


def _holds(path: Path, name: str, context: Context) -> bool:
    current = context.current
    table = relation(current, path)
    if not getattr(table, "inherits", ()):
        return False  # a part has keys with its whole
    own: Any = current.get(Identity("column", (*path, name)))
    if own is not None and own.identity_options is not None:
        return True
    mark: Any = current.get(Identity("replica_identity", path))
    if mark is not None and Identity("column", (*path, name)) in columns_marked(mark, current):
        return True
    inside = (i for k in RELATIONS for i in current.children.get(Identity(k, path), ()))
    keys: list[Any] = [current.objects[i] for i in inside if i.kind == "primary_key"]
    return any(name in key.columns for key in keys)


def _says(path: Path, name: str, context: Context) -> bool:
    """Tell whether an heir is to have one itself, or has it from one that does."""
    table = relation(context.desired, path)
    if table is None or getattr(table, "partition_of", None):
        return False
    own: Any = context.desired.get(Identity("column", (*path, name)))
    if own is not None:
        return bool(own.not_null)
    said = Identity("part_not_null", (*path, name)) in context.desired
    return said or any(_says(p, name, context) for p in parents(table))
