"""Columns that are no objects themselves: of views, of parts of tables, attributes of types.

What is attached to such a column (a comment, a grant, a setting) has the relation as its parent;
whether the column is still there has to be asked.
"""

from __future__ import annotations

import difflib
from typing import Any, Final

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context
from schemadiff.core.object import DbObject
from schemadiff.core.sql import literal

_VIEWS: Final = ("view", "materialized_view")


def has_column(relation: Identity, column: str, condition: str = "true") -> str:
    """Give the condition "the relation has this column, and its row of pg_attribute is so"."""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({literal(relation.sql)}) AND attname = {literal(column)} "
        f"AND NOT attisdropped AND {condition})"
    )


def refuse_unknown(column: str | None, attached: DbObject, context: Context) -> None:
    """Refuse what is attached to a column that a view does not have: its query says them."""
    above = attached.parent
    view: Any = context.desired.get(above) if above is not None and column else None
    known = [each[0] for each in getattr(view, "columns", ())]
    if view is None or above is None or above.kind not in _VIEWS or not known or column in known:
        return
    close = difflib.get_close_matches(column or "", known, 1)
    raise PlanError(
        Diagnostic(
            code="SD058",
            message=f"{above} has no column {column!r}",
            hint=f"did you mean {close[0]}?" if close else f"it has {', '.join(known)}",
            about=(attached.identity,),
        )
    )


def comment_columns(spec: Any, owner: DbObject, at: At) -> None:
    """Have the comments on columns made that `column_comments` gives."""
    for column, text in spec.column_comments.items():
        at.child("comment", owner, column, text, "column_comments", column)
