"""Columns that are no objects themselves: of views, of parts of tables, attributes of types.

What is attached to such a column (a comment, a grant, a setting) has the relation as its parent;
whether the column is still there has to be asked.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At
from schemadiff.core.object import DbObject
from schemadiff.core.sql import literal


def has_column(relation: Identity, column: str, condition: str = "true") -> str:
    """Give the condition "the relation has this column, and its row of pg_attribute is so"."""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({literal(relation.sql)}) AND attname = {literal(column)} "
        f"AND NOT attisdropped AND {condition})"
    )


def comment_columns(spec: Any, owner: DbObject, at: At) -> None:
    """Have the comments on columns made that `column_comments` gives."""
    for column, text in spec.column_comments.items():
        at.child("comment", owner, column, text, "column_comments", column)
