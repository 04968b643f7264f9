"""What YAML may say about a sequence, and what CREATE SEQUENCE fills in.

The limits follow from the type and the direction: a sequence that goes down ends at -1.
"""

from __future__ import annotations

from typing import ClassVar

from schemadiff.core.spec_model import Flag, GrantedSpec, Integer, SpecModel, Text
from schemadiff.core.sql import qualified
from schemadiff.core.sqlname import parse_name

LIMITS = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}


def bounds(type_: str, increment: int) -> tuple[int, int]:
    """Give the limits that CREATE SEQUENCE fills in (manual, CREATE SEQUENCE)."""
    low, high = LIMITS[type_]
    return (1, high) if increment > 0 else (low, -1)


class OwnerSpec(SpecModel):
    """The column that owns a sequence; `table.column` is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    table: Text
    """The table."""
    column: Text
    """The column."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Split `table.column` or `schema.table.column`."""
        if not isinstance(value, str):
            return value
        parts = parse_name(value)
        if len(parts) < 2:  # noqa: PLR2004  a table and a column
            raise ValueError("expected table.column")
        return {"table": qualified(*parts[:-1]), "column": parts[-1]}


class SequenceSpec(GrantedSpec):
    """A sequence; what is left out is what CREATE SEQUENCE fills in."""

    guesses: ClassVar = {"as": "type", "min": "minvalue", "max": "maxvalue"}
    shorthands: ClassVar = ({"type": "null"},)

    type: Text = "bigint"
    """`smallint`, `integer` or `bigint`."""
    start: Integer | None = None
    """The first value; absent is the lowest, or the highest where it descends."""
    increment: Integer = 1
    """What is added for the next value."""
    minvalue: Integer | None = None
    """The lowest value; absent is 1, or that of the type where it descends."""
    maxvalue: Integer | None = None
    """The highest value; absent is that of the type, or -1 where it descends."""
    cache: Integer = 1
    """How many values a session takes at once."""
    cycle: Flag = False
    """Whether it begins anew at the end."""
    owned_by: OwnerSpec | None = None
    """The column with which it is dropped."""
    unlogged: Flag | None = None
    """Whether it is unlogged (PostgreSQL 15); absent is as its owner's table."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept an empty value."""
        return {} if value is None else value
