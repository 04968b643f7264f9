"""Names that the files give to something new, and that something else on the server has.

Of that the files do not speak: an extension has brought it, or it goes with a partitioned table.
The surprising fact: PostgreSQL would make nothing and say no more than a notice (IF NOT EXISTS),
and a function of an extension it would even replace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from schemadiff.catalog.inspector import is_found_by_name
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import overriding

if TYPE_CHECKING:
    from schemadiff.shadow.question import Question

# The members of extensions, and the indexes of partitions; the sequence of an identity steps aside
# by itself.
_HELD = """
SELECT 'relation', n.nspname::text, c.relname::text, d.deptype::text,
       pg_catalog.pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend d
  ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
WHERE d.deptype IN ('e', 'P') AND c.relname = ANY(%(names)s)
UNION ALL
SELECT 'type', n.nspname, t.typname, 'e',
       pg_catalog.pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_depend d
  ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
WHERE t.typname = ANY(%(names)s)
UNION ALL
SELECT 'routine', n.nspname, p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')',
       'e', pg_catalog.pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_depend d
  ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
WHERE p.proname = ANY(%(names)s)"""


def check_names(ask: Question, raw: Catalog, differing: Sequence[Identity]) -> None:
    """Raise PlanError for what is new and called like something else, with all the places."""
    from psycopg.errors import UntranslatableCharacter

    registry, current = ask.registry, ask.inspection.catalog
    asked = {k for k in overriding(registry, "occupies") if is_found_by_name(registry[k])}
    new = [i for i in differing if i.kind in asked and i not in current]
    wanted = {n: i for i in new for n in registry[i.kind].occupies(raw.objects[i])}
    if not wanted:
        return
    names = [name.partition("(")[0] for _, _, name in wanted]
    found: dict[Identity, tuple[str, str]] = {}
    try:
        held = ask.connection.execute(_HELD, {"names": names}).fetchall()
    except UntranslatableCharacter:
        return  # a name that this database cannot have, as will be told with its place
    for space, schema, name, how, holder in held:
        if (space, schema, name) in wanted:
            found[wanted[space, schema, name]] = (how, holder)
    if found:
        raise PlanError(*(_taken(ask, i, *found[i]) for i in sorted(found)))


def _taken(ask: Question, identity: Identity, how: str, holder: str) -> Diagnostic:
    if how == "e":
        message = f"{identity}: {holder} has brought something of that name"
        hint = "leave it out of the files, for it comes with the extension; or give it another name"
    else:
        message = f"{identity}: an index of a partition has that name, as a part of {holder}"
        hint = "give it another name"
    return Diagnostic(code="SD023", message=message, hint=hint, place=ask.place(identity))
