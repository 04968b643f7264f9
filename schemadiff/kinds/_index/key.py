"""What a unique index asks the rows: whether two of them share a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.preflight import Asking, Question, unasked
from schemadiff.core.sql import ident
from schemadiff.kinds._preflight import unique, whole


def same_key(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask for rows that share a key, or say why that is not asked."""
    keys = [c.text if c.is_expression else ident(c.text) for c in new.columns]
    keys = [
        f"({k}) COLLATE {c.collation}" if c.collation else k
        for k, c in zip(keys, new.columns, strict=True)
    ]
    nulls = new.nulls_not_distinct
    other = any(c.opclass for c in new.columns)
    why = "its operator class may compare otherwise" if other else ""
    why = why if new.of == "table" else "a materialized view has the rows of its last refresh"
    found = unique(new, keys, whole(new, asking), asking, nulls=nulls, where=new.where)
    yield from (unasked(q, why) if why else q for q in found)
