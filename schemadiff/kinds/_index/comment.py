"""Comments on the index of a constraint, which are others than those on the constraint.

One of the two has no object of its own: of a constraint that is its index, and of the index that a
partition has from its whole it is the constraint. Its comment is told beside the other's.
"""

from __future__ import annotations

from typing import Any, Final

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._index.online import index_sql, index_where

# Each stands for what has no object, where others name a column.
INDEX: Final = "index"
CONSTRAINT: Final = "constraint"
OF_PART: Final = "part_index"
_KEYS: Final = {INDEX: "index_comment", CONSTRAINT: "constraint_comment"}
_INDEXED: Final = frozenset({"primary_key", "unique", "exclusion"})


def comment_beside(spec: Any, owner: DbObject, at: At, half: str = INDEX) -> None:
    """Have the comment made that `index_comment` or `constraint_comment` gives."""
    text = getattr(spec, _KEYS[half])
    if text:
        at.child("comment", owner, half, text, _KEYS[half])


def comment_beside_yaml(nested: dict[str, dict[str, YamlValue]]) -> dict[str, YamlValue]:
    """Give the key of what has such a comment."""
    found = nested.get("comment", {})
    return {key: found[half] for half, key in _KEYS.items() if found.get(half)}


def half_of(half: str | None, target: Any) -> tuple[str, str] | None:
    """Give the words for what is beside a target, and the condition that it is there, or None."""
    identity: Identity = target.identity
    schema, table = identity.path[0], qualified(*identity.path[:2])
    if half == INDEX and identity.kind in _INDEXED:
        return f"INDEX {index_sql(schema, identity.name)}", index_where(identity)
    if half == CONSTRAINT and identity.kind == OF_PART:
        there = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = "
            f"to_regclass({literal(table)}) AND conname = {literal(target.name)})"
        )
        return f"CONSTRAINT {ident(target.name)} ON {table}", there
    return None
