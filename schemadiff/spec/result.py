"""What the files come to, and what is still waiting to be expanded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Place
from schemadiff.core.identity import Identity
from schemadiff.core.kind import ObjectKind
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.spec.at import Where


@record(frozen=True)
class Spec:
    """The raw catalog, who is renamed from what, and where each object was written."""

    catalog: Catalog
    renames: Mapping[Identity, Identity]
    sources: Mapping[Identity, Where]
    spoken: frozenset[tuple[str, Identity]] = frozenset()  # (kind, identity): see Catalog
    questions: Mapping[Identity, DbObject] = field(default_factory=dict)  # of kinds on request
    schemas: Mapping[Identity, str] = field(default_factory=dict)  # of what has no source here
    unclear: frozenset[str] = frozenset()  # types that one of several extensions will bring
    kept: frozenset[str] = frozenset()  # kinds that stay as they are where no file speaks of them

    def place(self, identity: Identity) -> Place | None:
        """Give the place where an object was written."""
        source = self.sources.get(identity)
        return source.place() if source is not None else None

    def schema_of(self, identity: Identity) -> str:
        """Give the schema in which the names of an object's texts are looked up first."""
        source = self.sources.get(identity)
        return source.schema if source is not None else self.schemas.get(identity, identity.path[0])


@dataclass(slots=True)
class Item:
    """One spec waiting to be expanded."""

    kind: ObjectKind
    name: str | None
    spec: Any
    parent: DbObject | None
    where: Where
