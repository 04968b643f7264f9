"""What is renamed with a column of a table: what its parts and heirs have of that column.

PostgreSQL renames it in all of them; what they say of it themselves (a default, NOT NULL, settings,
a comment, rights, or the column once more) is of a column that is called otherwise then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.record import replace
from schemadiff.kinds._table.heirs import RELATIONS, below

_OF_COLUMN: Final = ("column", "default", "part_not_null", "column_setting")
_ON_COLUMN: Final = ("comment", "grant")
_KIND: Final = 3  # where the kind of the table stands in the path of what is said of its column


class Along:
    """A column, which those of parts and heirs go along with."""

    __slots__ = ()

    def takes_along(self, new: Identity, catalog: Catalog) -> dict[Identity, Identity]:
        """Name what is called otherwise then, and how."""
        this: Any = self
        old: Identity = this.identity
        if new.path[:2] != old.path[:2]:
            return {}
        return {
            i: Identity(i.kind, (*i.path[:2], new.name, *i.path[3:]))
            for path in below(catalog, old.path[:2])
            for i in _said_of(path, old.name, catalog)
        }


class OnColumn:
    """A comment or a grant, which is told by name what column of a table it is on."""

    __slots__ = ()

    def beside_renamed(self, old: Identity, new: Identity) -> Self:
        """Take the new name with the path."""
        this: Any = self
        path = this.identity.path
        here = old.kind == "column" and this.column == old.name and path[2:3] == (new.name,)
        return replace(this, column=new.name) if here else self


def _said_of(path: tuple[str, ...], name: str, catalog: Catalog) -> Iterator[Identity]:
    for kind in _OF_COLUMN:
        identity = Identity(kind, (*path, name))
        if identity in catalog:
            yield from (identity, *catalog.descendants(identity))
    for table in (Identity(kind, path) for kind in RELATIONS):
        for each in catalog.children.get(table, ()):
            on = each.kind in _ON_COLUMN and each.path[: _KIND + 1] == (*path, name, table.kind)
            if on:
                yield each
