"""What default privileges give on new objects of whoever is connected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from schemadiff.core.identity import Identity
from schemadiff.kinds._privileges import GRANTABLE, PUBLIC, Rights, rights

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog


class Defaults(Protocol):
    """Default privileges, as far as they matter here: (class, role, rights) each."""

    @property
    def applies(self) -> bool:
        """Whether they are of whoever is connected."""
        ...

    @property
    def grants(self) -> tuple[tuple[str, str, Rights], ...]:
        """Class of objects, role, rights."""
        ...


@dataclass
class Fresh:
    """What new objects get, by schema ("" for everywhere) and class."""

    version: int
    found: dict[tuple[str, str], dict[str, Rights]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def of(self, target: Identity) -> dict[str, Rights]:
        """Give what roles get on a new object, where that is not PostgreSQL's own choice."""
        allowed = GRANTABLE[target.kind]
        known = allowed.known(self.version)
        everywhere = self.found.get(("", allowed.plural), {})
        inside = self.found.get((target.path[0], allowed.plural), {})
        if target.kind == "schema":
            inside = {}
        given: dict[str, Rights] = {}
        for role in {*everywhere, *inside}:
            usual = Rights(tuple(allowed.public)) if role == PUBLIC else Rights()
            a, a_option = everywhere.get(role, usual).sets(known)
            b, b_option = inside.get(role, Rights()).sets(known)
            given[role] = rights(a | b, a_option | b_option, known)
        return given


def fresh_rights(catalog: Catalog, owner: str | None = None) -> Fresh | None:
    """Collect the default privileges of an owner, or of whoever is connected; None without any."""
    fresh = Fresh(catalog.version)
    for identity in catalog.of("default_privilege"):
        defaults = cast(Defaults, catalog.objects[identity])
        if defaults.applies if owner is None else identity.name == owner:
            schema = identity.path[0] if len(identity.path) > 1 else ""
            for plural, role, given in defaults.grants:
                fresh.found[schema, plural][role] = given
    return fresh if fresh.found else None


def given_on(target: Identity, role: str, catalog: Catalog, owner: str | None) -> Rights | None:
    """Give what the owner's default privileges say of a role on such an object, if anything."""
    fresh = fresh_rights(catalog, owner)
    return fresh.of(target).get(role) if fresh else None


def ungranted(catalog: Catalog, granted: Collection[Identity]) -> Iterator[Identity]:
    """Name what has no grants, and would have some if it were new."""
    fresh = fresh_rights(catalog)
    if fresh:
        for target in catalog.objects:
            if target.kind in GRANTABLE and target not in granted and fresh.of(target):
                yield target
