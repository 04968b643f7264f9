"""The object of NOT NULL that a part of a table has by itself."""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record


class Called(NamedTuple):
    """What a part or heir calls its NOT NULL, and whether it has said it itself besides."""

    name: str
    own: bool


# Parts and heirs that call theirs otherwise than the table does.
Apart = tuple[tuple[tuple[str, str], Called], ...]


@record(frozen=True, slots=True)
class PartNotNull(DbObject):
    """NOT NULL of the column of a part, with what PostgreSQL 18 knows of the constraint."""

    not_null_name: str | None = None
    not_null_valid: bool = True
    not_null_no_inherit: bool = False
    not_null_apart: Apart = field(default=(), compare=False)
    of: str = field(default="table", compare=False)
    names_not_null: bool = field(default=False, compare=False)

    @property
    def parent(self) -> Identity:
        """The part."""
        return Identity(self.of, self.identity.path[:2])
