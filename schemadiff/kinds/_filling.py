"""How the rows of a table are filled, and whether they may be by the time that it is done.

A plan is applied later than it is made: meanwhile somebody may have published the table without a
key, added a check NOT VALID, or had policies hide rows. It is looked at again where the first step
is taken, so that nothing is begun, and before the first row is written. The surprising fact:
EXPLAIN says what an UPDATE would fail of in a table, and fires no trigger for it.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.online import PREFIX
from schemadiff.core.record import record
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.core.versions import PG18
from schemadiff.kinds._column.around import is_watched, why_unfilled
from schemadiff.kinds._part_not_null import constraint_name
from schemadiff.kinds._table.heirs import below, lineage


@record(frozen=True)
class Filling:
    """`still` looks whether it can be done, `quiet` keeps triggers from firing, or `why_not`."""

    still: str
    quiet: bool = False
    why_not: str = ""


def filling(column: Any, context: Context) -> Filling:
    """Tell how the rows of a column are filled."""
    quiet = context.sizes.quiet and is_watched(column, context)
    still = still_takes_update(column.parent, column.identity.name, context)
    return Filling(still, quiet, why_unfilled(column, context))


def still_takes_update(table: Identity, column: str, context: Context) -> str:
    """Write the block that fails where UPDATE of some row of a table may fail by now."""
    known = {n for side in (context.current, context.desired) for n in _rules(table, side)}
    return _STILL % {
        "parts": PARTS % literal(qualified(*table.path)),
        "enforced": " AND c.conenforced" if context.version >= PG18 else "",
        "ours": literal(f"^{PREFIX}"),
        "known": comma(map(literal, sorted(known))) or "NULL",
        "update": literal(
            f"EXPLAIN UPDATE ONLY %s SET {ident(column).replace('%', '%%')} = DEFAULT"
        ),
    }


def _rules(table: Identity, side: Catalog) -> set[str]:
    """Name the checks, and what NOT NULLs are called, of a table, those above and those below."""
    found = set()
    for path in {*lineage(side, table.path), *below(side, table.path)}:
        for each in side.children.get(Identity("table", path), ()):
            obj: Any = side.objects[each]
            if each.kind == "check":
                found.add(each.name)
            elif each.kind in ("column", "part_not_null"):
                found.add(constraint_name(obj))
                found |= {called.name for _, called in getattr(obj, "not_null_apart", ())}
    return found


# A table with its parts and heirs, those with rows of their own.
PARTS = """
            WITH RECURSIVE parts (oid) AS (
                SELECT %s::pg_catalog.regclass::oid
                UNION SELECT i.inhrelid
                FROM parts p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid)
            SELECT p.oid FROM parts p JOIN pg_catalog.pg_class c ON c.oid = p.oid
            WHERE c.relkind = 'r' ORDER BY 1"""
_STILL = """
    DECLARE
        one pg_catalog.regclass;
        unproven name;
    BEGIN
        FOR one IN%(parts)s
        LOOP
            IF pg_catalog.row_security_active(one::oid) THEN
                RAISE object_not_in_prerequisite_state
                    USING MESSAGE = pg_catalog.format('policies of %%s hide rows', one);
            END IF;
            SELECT c.conname INTO unproven FROM pg_catalog.pg_constraint c
            WHERE c.conrelid = one AND c.contype IN ('c', 'n') AND NOT c.convalidated%(enforced)s
                AND c.conname !~ %(ours)s AND (c.conname IN (%(known)s)) IS NOT TRUE LIMIT 1;
            IF FOUND THEN
                RAISE object_not_in_prerequisite_state
                    USING MESSAGE = pg_catalog.format('%%I of %%s is not valid', unproven, one);
            END IF;
            EXECUTE pg_catalog.format(%(update)s, one);
        END LOOP;
    EXCEPTION WHEN object_not_in_prerequisite_state THEN
        RAISE EXCEPTION 'schemadiff: rows take no UPDATE any more: %%', SQLERRM
            USING HINT = 'make the plan again: schemadiff plan';
    END;"""
