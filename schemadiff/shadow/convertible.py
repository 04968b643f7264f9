"""Whether values can become what a plan wants them to be: the server is asked before anything runs.

The surprising fact: a cast that does not exist is an error of reading a statement, not of a value,
so a query without rows tells it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from schemadiff.core.change import Alter
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.plan import Plan

if TYPE_CHECKING:
    from psycopg import Connection


def check_conversions(
    plan: Plan,
    connection: Connection[Any],
    registry: Registry,
    place_of: Callable[[Identity], Place | None],
) -> None:
    """Raise PlanError for changes for which PostgreSQL knows no conversion, with all places."""
    speaking = overriding(registry, "castable")
    asked: dict[str, list[Alter]] = {}
    for change in plan.changes:
        if isinstance(change, Alter) and change.identity.kind in speaking and not change.replace:
            kind = registry.of(change.new)
            text = kind.castable(change.old, change.new, change.changed)
            if text:
                asked.setdefault(text, []).append(change)
    refused = {text: said for text in asked if (said := _refused(connection, text))}
    wrong = [
        Diagnostic(
            code="SD077",
            message=f"{change.identity}: PostgreSQL says: {said}",
            hint="say with `using:` how a value becomes one of the new type",
            place=place_of(change.identity),
        )
        for text, said in refused.items()
        for change in asked[text]
    ]
    if wrong:
        raise PlanError(*wrong)


def _refused(connection: Connection[Any], text: str) -> str:
    """Give what the server says of an expression that it cannot convert; types may be new."""
    import psycopg

    from schemadiff.catalog.session import reading

    said = ""
    with reading(connection):
        try:
            connection.execute(f"SELECT {text} LIMIT 0".encode())
        except psycopg.errors.CannotCoerce as error:
            said = error.diag.message_primary or str(error)
        except (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError):
            said = ""  # a type that the plan makes, or one that this role cannot name
    return said
