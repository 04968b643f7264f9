"""The object of NOT NULL that a part of a table has by itself, and what any NOT NULL is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, NamedTuple

from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.core.sql import literal, qualified


class Called(NamedTuple):
    """What a part or heir calls its NOT NULL, and whether it has said it itself besides."""

    name: str
    own: bool


# Parts and heirs that call theirs otherwise than the table does, or have said it themselves.
Apart = tuple[tuple[tuple[str, str], Called], ...]


@record(frozen=True, slots=True)
class PartNotNull(DbObject):
    """NOT NULL of the column of a part, with what PostgreSQL 18 knows of the constraint."""

    not_null_name: str | None = None
    not_null_valid: bool = True
    not_null_no_inherit: bool = False
    not_null_apart: Apart = field(default=(), compare=False)
    inherited: bool = field(default=False, compare=False)  # then no name is that of above
    # An heir has said it besides the table above, under its name.
    own_too: bool = field(default=False, compare=False)
    of: str = field(default="table", compare=False)
    names_not_null: bool = field(default=False, compare=False)

    @property
    def parent(self) -> Identity:
        """The part."""
        return Identity(self.of, self.identity.path[:2])


def constraint_name(column: Any) -> str:
    """Give the name of the constraint, also where it is the usual one."""
    _, table, name = column.identity.path
    return column.not_null_name or make_name(table, name, "not_null")


def own_name(column: Any) -> str | None:
    """Give the name, None for the usual one."""
    _, table, name = column.identity.path
    usual = column.not_null_name == make_name(table, name, "not_null")
    return None if usual else column.not_null_name


def has_not_null(table: Sequence[str], name: str, condition: str = "true") -> str:
    """Give the condition "the table has this constraint, and its row of pg_constraint is so"."""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE "
        f"conrelid = to_regclass({literal(qualified(*table))}) AND contype = 'n' "
        f"AND conname = {literal(name)} AND {condition})"
    )


def otherwise(column: Any) -> dict[tuple[str, str], Called]:
    """Give the parts and heirs that call the NOT NULL of a column otherwise than the table does."""
    name = constraint_name(column)
    return {path: called for path, called in column.not_null_apart if called.name != name}
