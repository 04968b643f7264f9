"""NOT NULLs that heirs say besides the tables above, and that stay as they are: they are told.

They show in a dump alone (18): the column is NOT NULL in both cases. One under a name of its own is
said as the heir is made, and to take one back PostgreSQL reads all rows again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.identity import Identity
from schemadiff.core.versions import PG18

_KIND: Final = "part_not_null"


def unsaid(current: Catalog, desired: Catalog) -> Iterator[Diagnostic]:
    """Tell of those that the files do not say and the heirs keep, and of those never said."""
    kept, never = differing(current, desired)
    if kept:
        yield _note(kept, "the files do not say, and which stay")
    if never:
        yield _note(never, "the files say, and which are not said later")


def differing(current: Catalog, desired: Catalog) -> tuple[set[Identity], set[Identity]]:
    """Name those that heirs say and the files do not, and those that the files say alone."""
    if current is desired or current.version < PG18:
        return set(), set()
    had, said = set(current.of(_KIND)), set(desired.of(_KIND))
    besides = {i for i in had if _is_said_besides(current.objects[i])}
    kept = {i for i in besides - said if _from_above(i, desired)}
    return kept, {i for i in said - had if _from_above(i, desired) and _from_above(i, current)}


def _is_said_besides(obj: Any) -> bool:
    return bool(obj.own_too)


def _from_above(identity: Identity, side: Catalog) -> bool:
    """Tell whether a table is an heir, and has the NOT NULL from above."""
    from schemadiff.kinds._part_names import says
    from schemadiff.kinds._table.heirs import relation

    table: Any = relation(side, identity.path[:2])
    heir = table is not None and bool(getattr(table, "inherits", ()))
    return heir and says(side, identity) is not None


def _note(found: Iterable[Identity], words: str) -> Diagnostic:
    columns = ", ".join(identity.sql for identity in sorted(found))
    return Diagnostic(
        code="SD234",
        message=f"NOT NULLs that heirs have from above, and say themselves besides, {words}: "
        + columns,
        hint="the columns are NOT NULL either way; `schemadiff pull` writes what is there",
        severity=Severity.INFO,
    )
