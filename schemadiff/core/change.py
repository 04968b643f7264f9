"""What differs between two catalogs: four closed cases."""

from __future__ import annotations

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record


@record(frozen=True, slots=True)
class Create:
    """Desired and not there."""

    new: DbObject

    @property
    def identity(self) -> Identity:
        """The identity that appears."""
        return self.new.identity


@record(frozen=True, slots=True)
class Drop:
    """There and not desired."""

    old: DbObject

    @property
    def identity(self) -> Identity:
        """The identity that disappears."""
        return self.old.identity


@record(frozen=True, slots=True)
class Alter:
    """On both sides, and these attributes differ; `replace` when it has to be made anew."""

    old: DbObject
    new: DbObject
    changed: frozenset[str]
    replace: bool = False
    cause: Identity | None = None

    @property
    def identity(self) -> Identity:
        """The identity on both sides."""
        return self.new.identity


@record(frozen=True, slots=True)
class Rename:
    """The same thing under another name; `old` as it is called now, `new` as it will be.

    `aside` is what goes along to another schema and finds its name taken there, with another one.
    `makes_room` is who gets the name next, and is there until then.
    """

    old: DbObject
    new: DbObject
    aside: tuple[tuple[Identity, Identity], ...] = ()
    makes_room: DbObject | None = None

    @property
    def identity(self) -> Identity:
        """The identity after the rename."""
        return self.new.identity


Change = Create | Drop | Alter | Rename
