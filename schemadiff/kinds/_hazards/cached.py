"""Sessions that keep what they have learnt of a column's type."""

from __future__ import annotations

from typing import Any

from schemadiff.core.hazard import Hazard, hazard


def cached_plans(column: Any) -> Hazard:
    """Say that sessions keep plans that rest on the old type of a column."""
    text = (
        f"Sessions that have used {column.identity.sql} may fail until they connect again: at "
        f"prepared statements that give it, and in PL/pgSQL at {column.identity.name} of a row."
    )
    return hazard("cached-plans", column.identity, text)


def parameters(column: Any) -> Hazard:
    """Say that sessions also keep the type itself, which is another one under the same name."""
    text = (
        f"Sessions that have used {column.identity.sql} may fail until they connect again: at "
        f"prepared statements that give or take a value of it, and in PL/pgSQL."
    )
    return hazard("cached-plans", column.identity, text)
