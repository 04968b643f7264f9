"""The object of an expression that a part of a table generates a column from, not the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace
from schemadiff.core.versions import PG17

PART_GENERATED = "part_generated"


@record(frozen=True, slots=True)
class PartGenerated(DbObject):
    """An expression of a column that a part or heir has from another table.

    `whole` is that table's column, as far as it is known.
    """

    generated: str
    of: str = field(default="table", compare=False)
    virtual: bool = field(default=False, compare=False)
    whole: Identity = field(default=Identity("column", ()), compare=False)

    @property
    def parent(self) -> Identity:
        """The part."""
        return Identity(self.of, self.identity.path[:2])

    @property
    def refers(self) -> Iterator[Identity]:
        """The column of the table, with which it goes."""
        if self.whole.path:
            yield self.whole

    @property
    def not_null(self) -> bool:
        """Nothing of that is the part's own to say here."""
        return False


def given_back(objects: dict[Identity, DbObject]) -> None:
    """Give what parts generate columns from to columns that are their own, as they stand alone."""
    for identity in [i for i in objects if i.kind == PART_GENERATED]:
        part: Any = objects[identity]
        column: Any = objects.get(Identity("column", identity.path))
        if column is not None:
            objects[column.identity] = replace(column, generated=part.generated)
            del objects[identity]


def keeps_generated(after: dict[Identity, DbObject], said: Any, above: Any, version: int) -> None:
    """Have what a column is generated from that is said again, where it is not that above."""
    if None not in (said.generated, above.generated) and said.generated != above.generated:
        _check(said, version)
        identity = Identity(PART_GENERATED, said.identity.path)
        part = PartGenerated(identity, said.generated, said.of, said.virtual, above.identity)
        after.setdefault(identity, part)


def generated_here(after: dict[Identity, DbObject], own: Any, above: Any, version: int) -> Any:
    """Give a column that stays a part's own with what the files generate it from."""
    if None in (own.generated, above.generated):
        return own
    part: Any = after.pop(Identity(PART_GENERATED, own.identity.path), above)
    if own.generated != part.generated:
        _check(own, version)
    return replace(own, generated=part.generated)


def _check(column: Any, version: int) -> None:
    """Refuse another expression of what is inherited, which cannot be dropped and made anew."""
    if version < PG17:
        message = (
            f"{column.identity} comes from a table above as well, and what it is generated from "
            f"cannot be changed before PostgreSQL {PG17 // 10000}"
        )
        hint = "say in the heir what it is generated from now, or end that it inherits"
        about = (column.identity,)
        raise PlanError(Diagnostic(code="SD079", message=message, hint=hint, about=about))
