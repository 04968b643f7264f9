"""Whether a value comes of its row alike at any time and in any session: the server is asked.

A temporary copy of the table gets the value as a generated column, in which the server takes
nothing else (manual, 5.4), and says it with all names in full. The surprising fact: a function may
be called IMMUTABLE and yet find what it calls along the search_path of whoever writes the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.settings import telling
from schemadiff.catalog.trial import rolled_back
from schemadiff.core.record import replace
from schemadiff.core.sizes import Formula, Path
from schemadiff.core.sql import comma, ident, qualified

if TYPE_CHECKING:
    from psycopg import Connection

_VALUE = "schemadiff_value"
_SAID = """
WITH said AS (
    SELECT d.oid, d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) AS text
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.adrelid = %s::regclass AND a.attname = %s
), used AS (
    SELECT p.refclassid, p.refobjid, p.refobjsubid
    FROM said s JOIN pg_depend p
    ON (p.classid = 'pg_attrdef'::regclass AND p.objid = s.oid)
    OR (p.classid = 'pg_class'::regclass AND p.objid = s.adrelid AND p.objsubid = s.adnum)
), routines AS (
    SELECT refobjid AS oid FROM used WHERE refclassid = 'pg_proc'::regclass
    UNION SELECT o.oprcode::oid FROM used JOIN pg_operator o ON o.oid = refobjid
    WHERE refclassid = 'pg_operator'::regclass
)
SELECT btrim(s.text, E' \\n'),
       ARRAY(SELECT a.attname::text FROM used u JOIN pg_attribute a
             ON a.attrelid = u.refobjid AND a.attnum = u.refobjsubid
             WHERE u.refclassid = 'pg_class'::regclass AND u.refobjid = s.adrelid
             AND u.refobjsubid NOT IN (0, s.adnum)),
       ARRAY(SELECT n.nspname || '.' || p.proname FROM routines r JOIN pg_proc p ON p.oid = r.oid
             JOIN pg_namespace n ON n.oid = p.pronamespace),
       EXISTS (SELECT FROM routines r JOIN pg_proc p ON p.oid = r.oid
               JOIN pg_language l ON l.oid = p.prolang
               WHERE l.lanname NOT IN ('c', 'internal') AND p.prosqlbody IS NULL
               AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%%'))
FROM said s"""


def read_formulas(
    connection: Connection[Any], asked: Mapping[Path, Formula]
) -> dict[Path, Formula]:
    """Give those that come alike always, in the server's words; no lock is kept."""
    if not asked:
        return {}
    with rolled_back(connection) as willing:
        found = {path: _read(connection, path, said) for path, said in asked.items() if willing}
    return {path: formula for path, formula in found.items() if formula is not None}


def _read(connection: Connection[Any], path: Path, asked: Formula) -> Formula | None:
    import psycopg

    schema, table, _ = path
    copy = qualified("pg_temp", table)
    words = comma(ident(name) for name in dict.fromkeys([schema, "public"]))
    try:
        with connection.transaction(force_rollback=True):
            # The words of dates are those of the session that converts.
            for name in ("TimeZone", "DateStyle", "IntervalStyle"):
                connection.execute(f"SET LOCAL {name} TO DEFAULT".encode())
            connection.execute(f"SET LOCAL search_path = {words}, pg_temp".encode())
            like = f"CREATE TEMPORARY TABLE {ident(table)} (LIKE {qualified(schema, table)}"
            connection.execute(f"{like} INCLUDING GENERATED)".encode())
            value = f"{_VALUE} {asked.type} GENERATED ALWAYS AS ({asked.text}) STORED"
            connection.execute(f"ALTER TABLE {copy} ADD COLUMN {value}".encode())
            telling(connection)
            row = connection.execute(_SAID.encode(), (copy, _VALUE)).fetchone()
    except psycopg.Error:
        return None  # not the same at any time, or of names that are not there yet
    if row is None or row[3]:
        return None
    return replace(asked, text=row[0], reads=frozenset(row[1]), calls=frozenset(row[2]))
