"""The column that owns a sequence: it has to be there, where the files hold its table.

A serial column has its sequence made, which nobody has named.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.kind import At
from schemadiff.core.sql import literal, qualified


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


def of_serial(spec: Any, at: At) -> str:
    """Choose the name for the sequence of a serial column, and make the column's default."""
    assert at.parent is not None
    table, column = at.parent, spec.owned_by.column
    schema = table.identity.path[0]
    usual = Identity("sequence", (schema, make_name(table.identity.name, column, "seq")))
    declared: Any = at.sibling(usual)
    if declared is not None and declared.owner in (None, (*table.identity.path, column)):
        message = f"{usual} is declared, and serial makes a sequence of its own for {column}"
        instead = f"{spec.type} not null default nextval('{usual.name}')"
        at.fail("SD022", message, f"take it away under sequences, or write {column}: {instead}")
    name = at.choose(table.identity.name, column, "seq", "relation")
    default = f"nextval({literal(qualified(schema, name))}::regclass)"
    at.child("default", table, column, default)
    return name
