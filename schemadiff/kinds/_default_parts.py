"""Defaults that a part of a table has otherwise than the table.

ALTER TABLE … SET DEFAULT also sets the default of every part, so what a part says differently is
said again after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.kinds._table.heirs import RELATIONS, parents, relation

PART: Final = "part"
# The text of an expression is asked for only where the trees differ: they also hold positions.
# A part without a default, where its table has one, has no row in pg_attrdef.
PARTS_SQL: Final = """
    SELECT coalesce(d.oid, 0), a.attrelid, a.attnum,
           coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL'), true
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p', 'f')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = i.inhrelid AND a.attnum > 0 AND NOT a.attislocal
    JOIN pg_attribute b ON b.attrelid = i.inhparent AND b.attname = a.attname
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_attrdef e ON e.adrelid = b.attrelid AND e.adnum = b.attnum
    WHERE a.attgenerated = '' AND NOT a.attisdropped AND {namespaces}
      AND (a.attidentity = '' OR c.relispartition)
      AND d.adbin::text IS DISTINCT FROM e.adbin::text
      AND pg_get_expr(d.adbin, d.adrelid) IS DISTINCT FROM pg_get_expr(e.adbin, e.adrelid)"""


def above(catalog: Catalog, identity: Identity) -> DbObject | None:
    """Give the default that a part has when it says nothing itself, or None."""
    return next((o for i in all_above(catalog, identity) if (o := catalog.get(i))), None)


def all_above(catalog: Catalog, identity: Identity) -> Iterator[Identity]:
    """Name what the default of a part would be in every table above, the nearest first."""
    table = relation(catalog, identity.path[:2])
    for parent in parents(table) if table is not None else ():
        path = Identity("default", (*parent, identity.name))
        yield path
        yield from all_above(catalog, path)


def repeats(catalog: Catalog, identity: Identity, expression: str) -> bool:
    """Tell whether each table right above a part says the same default, in the same words."""
    table = relation(catalog, identity.path[:2])
    above_it = parents(table) if table is not None else ()
    said = [catalog.get(Identity("default", (*p, identity.name))) for p in above_it]
    return bool(said) and all(getattr(o, "expression", None) == expression for o in said)


def parts_below(context: Context, identity: Identity) -> Iterator[tuple[Identity, str]]:
    """Give what parts of the table say differently, and who says it, whole tables before parts.

    A column that a part has said itself and gave no default has none.
    """
    queue = [identity.path[:2]]
    while queue:
        path = queue.pop(0)
        tables = (Identity(kind, path) for kind in RELATIONS)
        for each in sorted({d for t in tables for d in context.desired.dependents.get(t, ())}):
            obj: Any = context.desired.objects[each]
            if each.kind not in RELATIONS or path not in parents(obj):
                continue
            queue.append(each.path[:2])
            own: Any = context.desired.get(Identity("default", (*each.path, identity.name)))
            column = Identity("column", (*each.path, identity.name))
            if own is not None:
                yield own.identity, own.expression
            elif column in context.desired:
                yield column, "NULL"


def hides_default(column: Any, context: Context) -> bool:
    """Tell whether a column has no default, but would get one from the table that it is also in."""
    table = context.desired.get(column.parent)
    if not getattr(table, "inherits", ()) or column.generated or column.identity_options:
        return False
    own = Identity("default", column.identity.path)
    return own not in context.desired and above(context.desired, own) is not None
