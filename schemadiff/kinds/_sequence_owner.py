"""The column that owns a sequence: it has to be there, where the files hold its table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity


class WithOwner(Checked):
    """A kind whose objects go with a column."""

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look for the column, unless it comes from a table or type above."""
        table: Any = catalog.get(Identity("table", obj.owner[:2])) if obj.owner else None
        if table is None or table.partition_of or table.inherits:
            return
        children = catalog.children.get(table.identity)
        names = [i.name for i in children if i.kind == "column"]
        if obj.owner[2] not in names and not any(i.kind == "of_type" for i in children):
            message = f"{obj.identity}: table {table.identity.name} has no column {obj.owner[2]!r}"
            yield Fault("SD058", message, "owned_by: table.column, or leave it out")
