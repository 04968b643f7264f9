"""What values of a regclass and its like name, which may come in the same plan."""

from __future__ import annotations

from typing import Final

from schemadiff.core.kind import Context

_NAMED: Final = (
    "aggregate",
    "base_type",
    "collation",
    "composite",
    "domain",
    "enum",
    "extension",
    "foreign_table",
    "function",
    "index",
    "materialized_view",
    "operator",
    "procedure",
    "range",
    "role",
    "schema",
    "sequence",
    "table",
    "text_search_configuration",
    "text_search_dictionary",
    "view",
)
MADE: Final = "what a value names may be made in the same plan"


def makes_names(context: Context) -> bool:
    """Tell whether the plan makes something that values may name."""
    return any(i not in context.current for i in context.desired.of(*_NAMED))
