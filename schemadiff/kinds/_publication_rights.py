"""What a publication asks for beside CREATE on the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from schemadiff.core.identity import Identity
from schemadiff.core.privileged import NOTHING, PrivilegedKind, Said

_ATTEMPT = f"CREATE PUBLICATION {NOTHING} FOR"


class PublicationRights(PrivilegedKind):
    """All tables, of the database or of a schema, are for superusers to publish."""

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Ask with a parameter that there is not, and with a schema that nobody can publish."""
        del identity
        if changed is None and said("all_tables"):
            yield " of all tables", f"{_ATTEMPT} ALL TABLES WITH ({NOTHING} = 1)"
        if said("schemas") and (changed is None or "schemas" in changed):
            yield " of all tables of a schema", f"{_ATTEMPT} TABLES IN SCHEMA pg_catalog"
