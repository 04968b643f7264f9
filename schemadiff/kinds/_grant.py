"""One grant as an object, and the names of what it has to do with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.core.versions import PG15
from schemadiff.kinds._column.along import OnColumn
from schemadiff.kinds._privileges import COLUMN, EVERYBODYS, GRANTABLE, Rights, usual_rights

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.names import Names


@record(frozen=True, slots=True)
class Grant(OnColumn, DbObject):
    """What a role may do; its path is the target's path and kind, and the role.

    `column` is set where the target is a column that is no object itself; `owner` says that the
    role owns the object; `given` is what default privileges give it on a new object; `passed_on`
    holds (grantor, privilege) of what another than the owner gave. Who gave is not compared.
    """

    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()
    column: str | None = field(default=None, compare=False)
    owner: bool = field(default=False, compare=False)
    given: Rights | None = field(default=None, compare=False)
    passed_on: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def parent(self) -> Identity:
        """The target, or the relation whose column is the target."""
        *path, kind, _ = self.identity.path
        return Identity(kind, tuple(path if self.column is None else path[:-1]))

    @property
    def refers(self) -> Iterator[Identity]:
        """The role, where roles are managed."""
        yield Identity("role", (self.role,))

    @property
    def role(self) -> str:
        """The role, `public` for everybody."""
        return self.identity.path[-1]

    @property
    def target(self) -> Identity:
        """The object that has the privileges, also where they are those of a column."""
        above = self.parent
        return above if above.kind != "column" else Identity("table", above.path[:-1])

    @property
    def on_column(self) -> str:
        """The name of the column, or nothing."""
        return self.column or (self.parent.name if self.parent.kind == "column" else "")

    @property
    def rights(self) -> Rights:
        """Both sets."""
        return Rights(self.privileges, self.grantable)

    def known(self, version: int) -> frozenset[str]:
        """Name all privileges that there are on the target."""
        return frozenset(COLUMN) if self.on_column else GRANTABLE[self.target.kind].known(version)

    def usual(self, version: int) -> frozenset[str]:
        """Name the privileges that the role has by PostgreSQL's own choice."""
        if self.on_column:
            return frozenset()
        if self.owner:
            return self.known(version)
        return usual_rights(self.target, self.role, version)


def grant_identity(target: Identity, role: str, column: str | None = None) -> Identity:
    """Name the grant of a role on an object, or on a column that is no object itself."""
    # The kind and the role come last, so that a renamed ancestor is a change of prefix here too.
    path = target.path if column is None else (*target.path, column)
    return Identity("grant", (*path, target.kind, role))


def owner_identity(target: Identity) -> Identity:
    """Name the owner of an object."""
    return Identity("owner", (*target.path, target.kind))


def owner_of(target: Identity, desired: Catalog, current: Catalog, names: Names) -> str:
    """Name the role that owns an object in the end, "" where that is pg_database_owner."""
    identity = owner_identity(target)
    owner = desired.get(identity) or current.get(identity)
    initial = target == EVERYBODYS and names.version >= PG15
    return str(getattr(owner, "role", "" if initial else names.user))
