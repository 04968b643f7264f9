"""pg_depend as edges between identities: the only source of truth about dependencies.

What pg_depend knows and we do not address (the rule behind a view, the row type of a table, the
index behind a primary key, an array type) stands for the object it is an internal part of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import UNMANAGED
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address

if TYPE_CHECKING:
    from psycopg import Connection

# OIDs below 16384 are the server's own objects (manual, 52.18: pinned objects are not recorded).
_SQL = """
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype::text
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 12000 AND d.deptype IN ('n', 'a', 'i', 'e', 'P', 'S')"""
_CATALOGS = "SELECT oid, relname FROM pg_class WHERE relnamespace = 11 AND relkind = 'r'"


def _is_part(source: str, target: str) -> bool:
    """Tell whether an automatic dependency makes a part: a member of a class or family, too."""
    if source in ("pg_amop", "pg_amproc"):
        return target in ("pg_opclass", "pg_opfamily")
    return source in ("pg_attrdef", "pg_rewrite")


def read_dependencies(
    connection: Connection[Any],
    addresses: Mapping[Address, Identity],
    only: Iterable[int] | None = None,
) -> dict[Identity, frozenset[Identity]]:
    """Give, for each identity, the identities it depends on; `only` restricts the OIDs asked."""
    catalogs = dict(connection.execute(_CATALOGS).fetchall())
    if only is None:
        found = connection.execute(_SQL)
    else:
        found = connection.execute(_SQL + " AND d.objid = ANY (%s)", (list(only),))
    rows: list[tuple[Address, Address, str]] = [
        ((catalogs[c], o, s), (catalogs[rc], ro, rs), kind)
        for c, o, s, rc, ro, rs, kind in found.fetchall()
    ]
    owners: dict[Address, list[Address]] = defaultdict(list)
    for source, target, kind in rows:
        # An attrdef of a generated column is an automatic part of its column.
        # A member of an extension stands for the extension.
        if kind in ("i", "e") or (kind == "a" and _is_part(source[0], target[0])):
            owners[source].append(target)
    resolved: dict[Address, Identity | None] = {}

    def resolve(address: Address, depth: int = 0) -> Identity | None:
        if address in resolved:
            return resolved[address]
        found = addresses.get(address)
        if found is None and address[2]:
            # A column that is not addressed (of a view, say) stands for its relation.
            found = addresses.get((address[0], address[1], 0))
        if found is None and depth < 8:  # noqa: PLR2004  deeper than any chain of parts
            whole = (address[0], address[1], 0)
            for owner in owners.get(address, owners.get(whole, [])):
                found = resolve(owner, depth + 1)
                if found is not None:
                    break
        resolved[address] = found
        return found

    edges: dict[Identity, set[Identity]] = defaultdict(set)
    for source, target, kind in rows:
        a, b = resolve(source), resolve(target)
        if a is None or b is None or a == b:
            continue
        # Whatever depends automatically goes along; only a normal dependency stands in the way.
        if a.kind != UNMANAGED or kind == "n":
            edges[a].add(b)
    return {k: frozenset(v) for k, v in edges.items()}
