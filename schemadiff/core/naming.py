"""What a kind says of the names that its objects take: no two may have one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.object import DbObject


class NamingKind:
    """A kind whose objects may take names that others cannot have then."""

    described: ClassVar[bool] = False  # its name is a description, which may be long
    incidental: ClassVar[frozenset[str]] = frozenset()  # of what may be another's new name, too

    def occupies(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """Name what the object takes up: ("relation" | "constraint", schema, name)."""
        del obj
        return ()

    def names_within(self, obj: DbObject) -> Iterable[tuple[str, str, str]]:
        """Name what something takes up that comes with the object and is none itself."""
        del obj
        return ()

    def spreads(self, obj: DbObject, catalog: Catalog) -> Iterable[tuple[str, ...]]:
        """Name the tables below that have it too, and by the same name."""
        del obj, catalog
        return ()
