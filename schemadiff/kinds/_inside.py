"""Values of a domain inside of other types, of which PostgreSQL proves nothing.

The surprising fact: while one column holds values of a domain in an array, a composite or a range,
the domain gets no NOT NULL and no check that is valid at all, whatever the values are (manual,
ALTER DOMAIN, Notes). So such a column goes, or has another type, before, and comes after.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import LexError
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import gives_way, holders

_CHECK = "domain_check"


def refuse_inside(domain: Identity, what: str, hint: str, context: Context) -> frozenset[Identity]:
    """Refuse where a column has values of the domain inside, and goes on having them.

    Gives the columns that have another type before the domain gets what it gets.
    """
    if domain in context.put_away or domain not in context.current:
        return frozenset()
    before, after = (_inside(domain, side) for side in (context.current, context.desired))
    for each in sorted(before.keys() & after.keys()):
        if gives_way(each, context):
            continue  # its values wait elsewhere, and are proven as they come back
        message = (
            f"{domain} cannot get {what} in place: {each} has its values inside of "
            f"{before[each]}, where PostgreSQL does not look for them"
        )
        about = (domain, each)
        raise PlanError(Diagnostic(code="SD064", message=message, hint=hint, about=about))
    return frozenset(before.keys() & context.desired.objects.keys() - _waiting(before, context))


def without_inside(changed: Identity, domain: Identity, context: Context) -> frozenset[Identity]:
    """Name what has to go before a domain is changed: itself, where tables are made anew for it."""
    if domain in context.current and _waiting(_inside(domain, context.current), context):
        return frozenset({changed, values_inside(domain)})
    return frozenset()


def values_inside(domain: Identity) -> Identity:
    """Name the values of a domain inside of others, for the order of operations alone."""
    return Identity("values inside", domain.path)


def columns_inside(domain: Identity, context: Context) -> list[Identity]:
    """Name the columns that have values of a domain inside of others, before and after."""
    if domain not in context.current:
        return []
    before, after = (_inside(domain, side) for side in (context.current, context.desired))
    return sorted(before.keys() & after.keys())


def _waiting(columns: Iterable[Identity], context: Context) -> frozenset[Identity]:
    """Name the columns whose values wait elsewhere, or as texts."""
    return frozenset(i for i in columns if gives_way(i, context))


def proven_first(column: Any, context: Context) -> frozenset[Identity]:
    """Name the checks that domains get before a column has their values inside."""
    found = context.memo.get("proven first")
    if found is None:
        found = context.memo["proven first"] = _proven(context)
    return found.get(column.identity, frozenset())


def _proven(context: Context) -> dict[Identity, frozenset[Identity]]:
    found: dict[Identity, frozenset[Identity]] = {}
    for identity in context.desired.of(_CHECK):
        check: Any = context.desired.objects[identity]
        domain = check.parent
        same = check == context.current.get(identity) and identity not in context.replaced
        if check.not_valid or same:
            continue
        if domain in context.current and domain not in context.put_away:
            for each in _inside(domain, context.desired):
                found[each] = found.get(each, frozenset()) | {identity}
    return found


def _inside(domain: Identity, catalog: Catalog) -> dict[Identity, str]:
    """Give the columns that have values of a domain inside of others, with their types."""
    columns: dict[Identity, Any] = {i: catalog.objects[i] for i in holders(domain, catalog)}
    return {
        identity: column.type
        for identity, column in columns.items()
        if column.of != FOREIGN and not _is_of(column.type, domain, catalog)
    }


def _is_of(type_: str, domain: Identity, catalog: Catalog) -> bool:
    """Tell whether values of a type are a domain's own, or those of a domain over it."""
    seen: set[Identity] = set()
    while True:
        try:
            found = Identity(domain.kind, parse_name(type_))
        except (ValueError, LexError):
            return False
        if found == domain:
            return True
        over: Any = catalog.get(found)
        if over is None or found in seen:
            return False
        seen.add(found)
        type_ = over.type
