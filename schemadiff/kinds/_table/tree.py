"""A table with parts of its own that becomes a part of one with an identity (17).

The surprising fact: ATTACH gives the identity to the table that it names, and not to the parts
below, which take no rows of their own then and cannot be detached any more. So they leave before,
and come back after it.
"""

from __future__ import annotations

from typing import Any, Final

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, literal, qualified
from schemadiff.core.versions import PG17
from schemadiff.kinds._table.heirs import below, lineage, relation

# `apart` and `again` are what has to be said of the parts further below, none where no table here
# counts; `fire` has all triggers of parts that fire otherwise than those above do.
_DECLARED: Final = """
    fire text[] := ARRAY(
        SELECT pg_catalog.format('ALTER TABLE %s %s TRIGGER %I', part.relid, CASE g.tgenabled
                   WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS'
                   WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END, g.tgname)
        FROM pg_catalog.pg_partition_tree({table}) part
        JOIN pg_catalog.pg_trigger g ON g.tgrelid = part.relid
        JOIN pg_catalog.pg_trigger above ON above.oid = g.tgparentid
        WHERE NOT g.tgisinternal AND g.tgenabled <> above.tgenabled
        ORDER BY part.level, part.relid, g.tgname);
    apart text[] := ARRAY(
        SELECT pg_catalog.format('ALTER TABLE %s DETACH PARTITION %s', parentrelid, relid)
        FROM pg_catalog.pg_partition_tree({tree}) WHERE level > {deep} AND {counts}
        ORDER BY level DESC, relid);
    again text[] := ARRAY(
        SELECT pg_catalog.format('ALTER TABLE %s ATTACH PARTITION %s %s', parentrelid, relid, bound)
        FROM pg_catalog.pg_partition_tree({tree}) JOIN pg_catalog.pg_class c ON c.oid = relid,
        LATERAL (SELECT pg_catalog.pg_get_expr(relpartbound, relid) AS bound) said
        WHERE level > {deep} AND {counts}
        ORDER BY level, bound = 'DEFAULT', relid);"""
_COUNTS: Final = """EXISTS (
            SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = {table}::pg_catalog.regclass AND attidentity <> '')"""
_ATTACHED: Final = """
DECLARE{tree}
    step text;
BEGIN
    FOREACH step IN ARRAY apart || ARRAY[{attach}] || again || fire LOOP
        EXECUTE step;
    END LOOP;
END
"""


def tree_declared(table: str, part: str = "") -> str:
    """Declare what is below the parts of a table, or below one of them; both are literals."""
    counts = _COUNTS.format(table=table)
    return _DECLARED.format(table=table, tree=part or table, deep=0 if part else 1, counts=counts)


def attached_with_parts(join: Operation, new: Any, context: Context) -> Operation:
    """Have the parts of a table that joins one with an identity come after it."""
    if not is_counted(new, context):
        return join
    table = literal(qualified(*new.identity.path))
    tree = _DECLARED.format(table=table, tree=table, deep=0, counts="true")
    body = _ATTACHED.format(tree=tree, attach=literal(join.sql))
    why = "parts of a part get an identity only as they are attached themselves"
    return replace(join, sql=f"DO {dollar(body, 'tree')}", scans=True, why=join.why or why)


def is_counted(new: Any, context: Context) -> bool:
    """Tell whether a table with parts of its own joins one with an identity."""
    here: Any = relation(context.current, new.identity.path)
    if context.version < PG17 or here is None or not getattr(here, "partition_by", None):
        return False
    desired, parts = context.desired, [*below(context.current, new.identity.path)]
    wholes = (Identity("table", path) for path in lineage(desired, new.partition_of))
    inside = (desired.objects[i] for whole in wholes for i in desired.children.get(whole, ()))
    return bool(parts) and any(getattr(each, "identity_options", None) for each in inside)
