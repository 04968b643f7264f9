"""The part of the contract of a kind that says when a server cannot have any of it.

The surprising fact: planning a query costs the server more than running it on a catalog without
rows, and most databases have nothing of most kinds. One query asks for all kinds together, each
catalog looked through once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.record import replace

if TYPE_CHECKING:
    from schemadiff.core.kind import Context

# What initdb makes has smaller OIDs (src/include/access/transam.h: FirstNormalObjectId).
FIRST_OF_USERS = 16384
ANY = "true"  # the condition on a row, where any row will do


class PresentKind:
    """What a kind says of the rows of a catalog without any of which there is no object of it."""

    classid: ClassVar[str]
    present: ClassVar[str] = ""  # the condition on such a row; empty for a kind always asked for
    present_in: ClassVar[str] = ""  # the catalog with an OID that has it, if not `classid`

    def unkept(self, obj: Any) -> Any:
        """Give what stays of an object of which the server was told and keeps nothing, or None."""
        return obj

    def shapes(self, obj: Any, made: Identity) -> bool:
        """Tell whether an object decides what another one is like when that is made."""
        del obj, made
        return False

    lasting: ClassVar[frozenset[str]] = frozenset()  # attributes that only the live object tells

    def as_live(self, said: Any, live: Any) -> Any:
        """Add to an object of a scratch database what the live one tells and that one cannot."""
        told = {name: getattr(live, name) for name in self.lasting}
        return replace(said, **told) if told else said

    def afterwards(self, obj: Any, context: Context) -> Any:
        """Add to a desired object what the server will tell of it once all is done."""
        del context
        return obj

    @property
    def whereabouts(self) -> tuple[str, str] | None:
        """The catalog and the condition; None for what always has to be asked for."""
        return (self.present_in or self.classid, self.present) if self.present else None


def presence_sql(asked: Iterable[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """Give the query for an array with a boolean per (catalog, condition), and their order."""
    by_catalog: dict[str, dict[str, None]] = {}
    for catalog, condition in asked:
        by_catalog.setdefault(catalog, {})[condition] = None
    any_row = [catalog for catalog, some in by_catalog.items() if list(some) == [ANY]]
    some = {c: each for c, each in by_catalog.items() if c not in any_row}
    # One array beside the other, for a list in FROM is a join of twenty, whose order the server
    # looks for longer than all of it runs.
    exist = [f"EXISTS (SELECT FROM {_of_users(catalog)})" for catalog in any_row]
    parts = [f"array[{', '.join(exist)}]::boolean[]"]
    for catalog, conditions in some.items():
        found = ", ".join(f"bool_or({c})" for c in conditions)
        parts.append(f"(SELECT array[{found}] FROM {_of_users(catalog)})")
    order = [(catalog, ANY) for catalog in any_row]
    order += [(catalog, c) for catalog, conditions in some.items() for c in conditions]
    return f"SELECT {' || '.join(parts)}", order


def _of_users(catalog: str) -> str:
    return f"pg_catalog.{catalog} WHERE oid >= {FIRST_OF_USERS}"
