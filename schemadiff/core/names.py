"""What OIDs are called on the inspected server, read once for all kinds.

Extension members are known here (a foreign key may point at one) though they are never ours.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from schemadiff.core.identity import Identity

ONE_OF_A_TABLE = "primary key"  # a space whose names are those of tables, not of what they have


class Relation(NamedTuple):
    """A row of pg_class by name."""

    schema: str
    name: str
    relkind: str


@dataclass(slots=True)
class Names:
    """Lookups by OID; `members` holds (catalog, OID) of everything that an extension owns."""

    version: int
    namespaces: dict[int, str] = field(default_factory=dict)
    relations: dict[int, Relation] = field(default_factory=dict)
    columns: dict[int, dict[int, str]] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    type_names: tuple[tuple[str, str], ...] = ()
    brought: tuple[tuple[str, str], ...] = ()  # an extension, and a type that it brings
    system_routines: str = ""  # the names of pg_catalog's, with spaces between
    extension_schemas: frozenset[int] = frozenset()
    members: frozenset[tuple[str, int]] = frozenset()
    user: str = ""
    roles: frozenset[str] | None = None  # None where no server is meant whose roles count
    given: MutableMapping[Identity, Any] = field(default_factory=dict)  # what nobody has to say
    addresses: MutableMapping[tuple[str, int, int], Identity] = field(default_factory=dict)

    def ours(self, catalog: str, oid: int) -> bool:
        """Tell whether an object belongs to no extension."""
        return (catalog, oid) not in self.members

    def column_names(self, relation: int, numbers: list[int]) -> tuple[str, ...]:
        """Name the columns of a relation by number."""
        columns = self.columns.get(relation, {})  # there are tables without any
        return tuple(columns[n] for n in numbers)
