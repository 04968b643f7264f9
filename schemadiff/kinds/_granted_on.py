"""Who may do what with something that the server or an extension brings, as an object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Final

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace
from schemadiff.core.sql import comma
from schemadiff.kinds._brought import Brought, brought_of
from schemadiff.kinds._privileges import COLUMN, PUBLIC, Rights, gathered_rights, rights

GRANTS_ON: Final = "grants_on"
Key = tuple[str, str]  # a role, and a column or nothing
Granted = tuple[str, str, Rights]


@record(frozen=True, slots=True)
class GrantsOn(DbObject):
    """Who may do what with an object, where that is not as it was given; its path is the key.

    `given` is what initdb or the extension gave, `passed_on` holds (role, column, giver, privilege)
    of what another than the owner gave, who is not compared; `home` is the schema of its extension.
    """

    grants: tuple[Granted, ...] = ()
    extension: str | None = field(default=None, compare=False)
    home: str = field(default="", compare=False)
    given: tuple[Granted, ...] = field(default=(), compare=False)
    passed_on: tuple[tuple[str, str, str, str], ...] = field(default=(), compare=False)

    @property
    def on(self) -> Brought:
        """What the privileges are on."""
        return brought_of(self.identity.name)

    @property
    def told(self) -> dict[str, object]:
        """What each role gets."""
        return {who(r, c): words(each) for r, c, each in self.grants}

    @property
    def refers(self) -> Iterator[Identity]:
        """The roles, where roles are managed."""
        for role, _, _ in self.grants:
            yield Identity("role", (role,))

    def known(self, column: str, version: int) -> frozenset[str]:
        """Name all privileges that there are."""
        return frozenset(COLUMN) if column else self.on.grantable.known(version)

    def ends(self, grants: Iterable[Granted]) -> dict[Key, Rights]:
        """Give what every role has in the end, with what was given."""
        return {(r, c): each for r, c, each in (*self.given, *grants)}


def by_default(obj: GrantsOn, version: int) -> tuple[Granted, ...]:
    """Give what everybody has where nobody ever granted or revoked anything.

    Who is to have nothing at all has something, so it is the owner.
    """
    known = obj.known("", version)
    given = {PUBLIC: obj.on.grantable.public}
    given |= {r: known for r, c, each in obj.grants if each == Rights() and not c and r != PUBLIC}
    return tuple((r, "", rights(tuple(sorted(n)), (), known)) for r, n in given.items() if n)


def beside_given(obj: GrantsOn, version: int) -> GrantsOn | None:
    """Leave out what was given by itself; None where nothing is left."""
    return unusual(replace(obj, grants=spelled_out(obj.grants, obj, version)))


def unusual(obj: GrantsOn) -> GrantsOn | None:
    """Leave out what is as it was given; None where nothing is left."""
    usual = {(r, c): each for r, c, each in obj.given}
    grants = tuple(g for g in obj.grants if g[2] != usual.get(g[:2], Rights()))
    return replace(obj, grants=grants) if grants else None


def exact(obj: GrantsOn) -> GrantsOn:
    """Take from a role the columns that it was given, where it names others, or nothing at all.

    Who names privileges on the whole alone keeps the columns.
    """
    said: dict[str, dict[str, Rights]] = defaultdict(dict)
    for role, column, each in obj.grants:
        said[role][column] = each
    exactly = {r for r, by in said.items() if any(by) or by == {"": Rights()}}
    lost = [(r, c, Rights()) for r, c, _ in obj.given if c and r in exactly and c not in said[r]]
    return replace(obj, grants=in_order((*obj.grants, *lost))) if lost else obj


def spelled_out(grants: Iterable[Granted], obj: GrantsOn, version: int) -> tuple[Granted, ...]:
    """Give grants with `all` where this server knows no more."""
    return in_order((r, c, gathered_rights(g, obj.known(c, version))) for r, c, g in grants)


def on_identity(brought: Brought) -> Identity:
    return Identity(GRANTS_ON, (brought.key,))


def in_order(found: Iterable[Granted]) -> tuple[Granted, ...]:
    return tuple(sorted(found, key=lambda each: each[:2]))


def who(role: str, column: str) -> str:
    return f"{role} on column {column}" if column else role


def words(given: Rights) -> str:
    may = f" (grantable: {comma(given.grantable)})" if given.grantable else ""
    return (comma(given.privileges) or "revoked") + may
