"""Whether values can become what a plan wants them to be: asked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.alike import NO_COLUMN, refused
from schemadiff.catalog.session import reading
from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Create
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.plan import Plan
from schemadiff.core.preflight import Cast
from schemadiff.shadow.brought import Coming

if TYPE_CHECKING:
    from psycopg import Connection

# Of a type without a form, whose name waits for one, to_regtype() is an error before 16.
_UNKNOWN = """
SELECT t FROM unnest(%s::text[]) t
WHERE CASE WHEN t IN (SELECT pg_catalog.format_type(s.oid, NULL) FROM pg_catalog.pg_type s
                      WHERE NOT s.typisdefined)
           THEN true ELSE pg_catalog.to_regtype(t) IS NULL END"""
_NAME = "`using:` sees the columns as they are called after the renames"
_COMPARE = "give its columns types that can be compared"


def check_conversions(
    plan: Plan,
    sides: tuple[Catalog, Catalog],
    connection: Connection[Any],
    registry: Registry,
    place_of: Callable[[Identity], Place | None],
    *,
    coming: Coming,
) -> None:
    """Raise PlanError for what PostgreSQL can neither convert nor compare, with all places.

    `sides` are the catalog as it is after the renames, and the desired one.
    """
    casts = _cast(_casts(plan, sides, registry), connection, coming)
    keys = _compared(plan, sides[1], connection, registry, coming)
    names = _asked(_namings(plan, sides, registry), connection, NO_COLUMN)
    said = [
        *(("SD077", _how(told[0], plan, registry), *told) for told in casts),
        *(("SD074", _COMPARE, *told) for told in keys),
        *(("SD074", _NAME, *told) for told in names),
    ]
    wrong = [
        Diagnostic(
            code=code,
            message=f"{identity}: PostgreSQL says: {words}",
            hint=hint,
            place=place_of(identity),
        )
        for code, hint, identity, words in dict.fromkeys(said)
    ]
    if wrong:
        raise PlanError(*wrong)


def _how(identity: Identity, plan: Plan, registry: Registry) -> str:
    """Give the hint, with an example where there is a plain one."""
    kind = registry[identity.kind]
    # As it is told: a column that is or was a table's above is on one side alone.
    told = (c for c in plan.changes if isinstance(c, Alter) and c.identity == identity)
    example = next((kind.conversion(c.old, c.new) for c in told), "")
    return f"{kind.cast_hint}, such as `using: {example}`" if example else kind.cast_hint


def _cast(
    casts: Iterable[tuple[Cast, Identity]], connection: Connection[Any], coming: Coming
) -> Iterator[tuple[Identity, str]]:
    """Ask where the types are as they are meant: the old one now, the new one perhaps later."""
    now, later = list[tuple[str, Identity]](), list[tuple[str, Identity]]()
    casts = list(casts)
    unknown = _unknown({t for c, _ in casts for t in (c.source, c.target)}, connection)
    for cast, identity in casts:
        query = f"SELECT NULL::{cast.source}::{cast.target} LIMIT 0"
        of_server = "." not in f"{cast.source}{cast.target}"  # such as a field of what is new
        renamed = not unknown.isdisjoint((cast.source, cast.target))
        # Through text a value becomes an array where its own type is a text: as it is now.
        by_old = cast.by_itself and cast.target.endswith("[]")
        if not renamed and (of_server or by_old or not coming.is_later(identity, cast.target)):
            now.append((query, identity))
        named = "." in cast.target and coming.is_news(identity, cast.target)
        # In its old form it is not there, but neither form becomes an array of itself.
        stays = cast.through or cast.by_itself or not coming.is_gone(identity, cast.source)
        if (named or renamed) and stays and (renamed or not by_old):
            later.append((query, identity))
    yield from _asked(now, connection)
    said = coming.refused({query for query, _ in later}, {i for _, i in later})
    yield from ((identity, said[query]) for query, identity in later if query in said)


def _unknown(types: Iterable[str], connection: Connection[Any]) -> frozenset[str]:
    """Name the types that are not there under these names: the plan makes or renames them."""
    asked = sorted(t for t in types if "." in t)
    if not asked:
        return frozenset()
    with reading(connection):
        return frozenset(t for (t,) in connection.execute(_UNKNOWN.encode(), [asked]).fetchall())


def _casts(
    plan: Plan, sides: tuple[Catalog, Catalog], registry: Registry
) -> Iterator[tuple[Cast, Identity]]:
    speaking = overriding(registry, "castable")
    every = (*plan.changes, *plan.rebuilt)
    anew = {c.identity for c in every if isinstance(c, Alter) and c.replace}
    gone = (h for h in plan.hazards if h.loses_data and h.cls.startswith("drop-"))
    lost = {h.subject for h in gone if h.cls != "drop-type"}  # of values of its rows elsewhere
    for change in plan.changes:
        if not isinstance(change, Alter) or change.identity.kind not in speaking:
            continue
        # What is made anew keeps its values only in something that is, with what it had.
        holder = change.new.parent
        kept = holder in anew and lost.isdisjoint({change.identity, holder})
        follows = registry[change.identity.kind].moves_over  # its values do
        goes = not kept and not follows if change.replace else change.identity in lost
        if goes:
            continue
        kind = registry.of(change.new)
        for cast in kind.castable(change.old, change.new, change.changed, sides):
            yield cast, change.identity


def _namings(
    plan: Plan, sides: tuple[Catalog, Catalog], registry: Registry
) -> Iterator[tuple[str, Identity]]:
    speaking = overriding(registry, "naming")
    for change in plan.changes:
        if isinstance(change, Alter) and change.identity.kind in speaking and not change.replace:
            for query in registry.of(change.new).naming(change.new, change.changed, sides):
                yield query, change.identity


def _compared(
    plan: Plan,
    desired: Catalog,
    connection: Connection[Any],
    registry: Registry,
    coming: Coming,
) -> Iterator[tuple[Identity, str]]:
    asked = [*_comparisons(plan, desired, registry)]
    later = [each for each in asked if coming.is_later(each[1])]
    yield from _asked([each for each in asked if each not in later], connection)
    if not desired.of(*(k.name for k in registry if k.compares)):  # which scratch would not have
        said = coming.refused({query for query, _ in later}, ())
        yield from ((identity, said[query]) for query, identity in later if query in said)


def _comparisons(
    plan: Plan, desired: Catalog, registry: Registry
) -> Iterator[tuple[str, Identity]]:
    """Give the questions of new keys, unless an operator is new, which may be what they need."""
    speaking = overriding(registry, "comparing")
    made = [c.new for c in plan.changes if isinstance(c, Create)]
    if any(registry.of(new).compares for new in made):
        return
    for new in made:
        if new.identity.kind in speaking:
            for query in registry.of(new).comparing(new, desired):
                yield query, new.identity


def _asked(
    questions: Iterable[tuple[str, Identity]], connection: Connection[Any], *states: Container[str]
) -> Iterator[tuple[Identity, str]]:
    """Ask each question once; gives what the server says to those that it refuses."""
    found: dict[str, list[Identity]] = {}
    for query, identity in questions:
        found.setdefault(query, []).append(identity)
    for query, identities in found.items():
        if said := refused(connection, query, *states):
            yield from ((identity, said) for identity in identities)
