"""What the ways of asking the server share: what was written, what is there, and where to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.catalog.inspector import Inspection
from schemadiff.core.diagnostic import Place
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.record import record
from schemadiff.shadow.server import Scratch, ShadowOptions
from schemadiff.spec.expand import Spec

if TYPE_CHECKING:
    from psycopg import Connection


@record(frozen=True)
class Question:
    """Everything that the ways of asking need."""

    spec: Spec
    inspection: Inspection
    connection: Connection[Any]
    registry: Registry
    options: ShadowOptions
    scratch: Scratch

    def place(self, identity: Identity) -> Place | None:
        """Give the place where an object, or else what it lives in, was written."""
        found = self.spec.place(identity)
        obj = self.spec.catalog.get(identity)
        while found is None and obj is not None and obj.parent is not None:
            found = self.spec.place(obj.parent)
            obj = self.spec.catalog.get(obj.parent)
        return found

    def schema(self, identity: Identity) -> str:
        """Give the schema in which an object's names are looked up first."""
        return self.spec.schema_of(identity)
