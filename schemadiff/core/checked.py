"""Kinds whose objects can be wrong together: what shows only when all files have been read.

`expand` sees one spec. That two of them exclude each other, or that what one refers to is not like
that, is said here, still without a server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.kind import ObjectKind
from schemadiff.core.record import record


@record(frozen=True, slots=True)
class Fault:
    """A mistake; its place is that of the object."""

    code: str
    message: str
    hint: str


class Checked(ObjectKind):
    """A kind that looks at what the files say as a whole."""

    def faults(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Say what is wrong with a raw object in its raw catalog."""
        del obj, catalog
        return ()

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Say what is missing, where the catalog holds all there is, also out of scope."""
        del obj, catalog
        return ()
