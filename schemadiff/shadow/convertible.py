"""Whether values can become what a plan wants them to be: the server is asked before anything runs.

The surprising fact: a cast that does not exist is an error of reading a statement, not of a value,
so a query without rows tells it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Create
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.plan import Plan

if TYPE_CHECKING:
    from psycopg import Connection

_OPERATORS = frozenset({"operator", "operator_class", "operator_family"})


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
    refused = {
        text: said for text in asked if (said := _refused(connection, f"SELECT {text} LIMIT 0"))
    }
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


def check_comparisons(
    plan: Plan,
    desired: Catalog,
    connection: Connection[Any],
    registry: Registry,
    place_of: Callable[[Identity], Place | None],
) -> None:
    """Raise PlanError for keys of values that PostgreSQL cannot compare, with all places."""
    speaking = overriding(registry, "comparing")
    made = [c.new for c in plan.changes if isinstance(c, Create)]
    if any(not _OPERATORS.isdisjoint(registry.of(o).spaces) for o in made):
        return  # they may be what is missing
    asked: dict[str, list[Identity]] = {}
    for new in made:
        if new.identity.kind in speaking:
            for query in registry.of(new).comparing(new, desired):
                asked.setdefault(query, []).append(new.identity)
    wrong = [
        Diagnostic(
            code="SD074",
            message=f"{identity}: PostgreSQL says: {said}",
            hint="give its columns types that can be compared",
            place=place_of(identity),
        )
        for query, identities in asked.items()
        if (said := _refused(connection, query))
        for identity in identities
    ]
    if wrong:
        raise PlanError(*wrong)


def _refused(connection: Connection[Any], query: str) -> str:
    """Give what the server says of what it has no cast or operator for; types may be new."""
    import psycopg

    from schemadiff.catalog.session import reading

    said = ""
    with reading(connection):
        try:
            connection.execute(query.encode())
        except (psycopg.errors.CannotCoerce, psycopg.errors.UndefinedFunction) as error:
            said = error.diag.message_primary or str(error)
        except (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError):
            said = ""  # a type that the plan makes, or one that this role cannot name
    return said
