"""A row that differs, and the batch of a table's rows that are written together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.plan import Watch
from schemadiff.core.record import record
from schemadiff.kinds._row.circle import Circular
from schemadiff.kinds._row.sql import Cell, Cells, Target

ROWS = "rows"


@record(frozen=True, slots=True, eq=False)
class Batch:
    """All rows of a table that differ; a row is updated in the columns that differ."""

    target: Target
    inserted: Mapping[Identity, Cells] = field(default_factory=dict)
    updated: Mapping[tuple[str, ...], Mapping[Identity, Cells]] = field(default_factory=dict)
    deleted: Mapping[Identity, Cells] = field(default_factory=dict)
    requires: frozenset[Identity] = frozenset()
    counters: tuple[str, ...] = ()  # given columns that the server counts up
    commits: bool = False  # whether checks are left to the end of the transaction
    watch: Watch | None = None  # how the rows are read again
    watched: frozenset[str] = frozenset()  # the columns that can be read again
    circular: tuple[Circular, ...] = ()
    before: Mapping[Identity, Cells] | None = None  # the rows to go back to; None: not known


@record(frozen=True, slots=True)
class TableRow(DbObject):
    """A row; `values` are those that are given, or that go."""

    values: Mapping[str, Cell]
    batch: Batch | None = field(default=None, compare=False, repr=False)

    @property
    def parent(self) -> Identity:
        """The table."""
        return Identity("table", self.identity.path[:2])

    @property
    def told(self) -> Mapping[str, Cell]:
        """Its columns are what is shown of it."""
        return self.values


def batch_of(table: Identity, *sides: Catalog) -> Batch | None:
    """Give the batch of a table of which rows are written, or None."""
    for side in sides:
        for each in side.children.get(table, ()):
            row: Any = side.objects[each]
            if each.kind == "row" and row.batch is not None:
                return row.batch  # type: ignore[no-any-return]
    return None
