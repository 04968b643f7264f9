"""What a new part calls the NOT NULLs of its whole, where the whole calls them otherwise.

PostgreSQL 18 names them. A part that was made alone and attached keeps its names; as long as it is
a part they cannot be renamed, so one that is made as a part is let go for that, while it is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import comma, dollar, ident, lines, qualified
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._part_not_null import Called, has_not_null
from schemadiff.kinds._table.heirs import RELATIONS, below, joined, lineage


def as_part(table: Any, catalog: Catalog) -> str | None:
    """Write that a table is made as a part, with the NOT NULLs that it says itself besides (18)."""
    if not table.partition_of:
        return None
    said = comma(
        f"{ident(column)} CONSTRAINT {ident(called.name)} NOT NULL"
        for column, _, called, _ in _called(table, catalog)
        if called.own
    )
    return f"PARTITION OF {qualified(*table.partition_of)}" + (f" ({said})" if said else "")


def as_attached(table: Any, context: Context) -> Iterator[Operation]:
    """Have a new part call them as one that was made alone does."""
    path, desired = table.identity.path, context.desired
    found = [each for each in _called(table, desired) if not each[2].own]
    if not found:
        return
    part, whole = table.identity.sql, qualified(*table.partition_of)
    body = lines(
        "BEGIN",
        f"    ALTER TABLE {whole} DETACH PARTITION {part};",
        *(
            f"    ALTER TABLE {part} RENAME CONSTRAINT {ident(before)} TO {ident(called.name)};"
            for _, before, called, _ in found
        ),
        f"    ALTER TABLE {whole} ATTACH PARTITION {part} {table.bound};",
        "END",
    )
    yield Operation(
        verb=Verb.ALTER,
        target=table.identity,
        sql=f"DO {dollar(body, 'apart')}",
        guard=Guard(has_not_null(path, found[0][1])),
        requires=frozenset({table.identity}).union(
            *({column, settled(column.path)} for *_, column in found)
        ),
        # Its own parts are made with the names that it has by then.
        awaited_by=frozenset(Identity(k, p) for p in below(desired, path) for k in RELATIONS),
        # Rows that come back to a part that is made anew come afterwards: none is read for this.
        provides=frozenset({joined(path)}),
        bound=False,
    )


def _called(table: Any, catalog: Catalog) -> list[tuple[str, str, Called, Identity]]:
    """Give the columns of a part with what the whole and the part call their NOT NULLs.

    The last is whose NOT NULL it is.
    """
    if not table.partition_of:
        return []
    path = table.identity.path
    found = {}
    wholes = [*lineage(catalog, table.partition_of)]
    for above in wholes:
        for identity in (i for k in RELATIONS for i in catalog.children.get(Identity(k, above))):
            column: Any = catalog.objects[identity]
            apart = dict(getattr(column, "not_null_apart", ()))
            if (called := apart.get(path)) is not None:
                # What it is a part of may be a part itself that calls it otherwise.
                nearest = next((apart[p].name for p in wholes if p in apart), None)
                usual = make_name(above[1], identity.name, "not_null")
                found[identity.name] = (nearest or column.not_null_name or usual, called, identity)
    return [(name, *found[name]) for name in sorted(found)]
