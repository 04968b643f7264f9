"""The sizes of tables: one query, asked only when there are changes, of what they touch.

The surprising fact: pg_relation_size() opens the relation, so it waits behind whoever holds it
exclusively. It waits a second; after that the estimates of pg_class have to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.alike import Alike, read_alike, read_apart
from schemadiff.catalog.formulas import read_formulas
from schemadiff.catalog.session import reading
from schemadiff.core.record import replace
from schemadiff.core.sizes import UNKNOWN, Formula, Measure, Pair, Path, Size, Sizes

if TYPE_CHECKING:
    from psycopg import Connection

_SQL = """
WITH RECURSIVE wanted (oid) AS (
    SELECT c.oid
    FROM unnest(%s::text[], %s::text[]) AS w (schema, name)
    JOIN pg_namespace n ON n.nspname = w.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind IN ('r','p','m')
    UNION
    SELECT i.inhrelid FROM wanted p JOIN pg_inherits i ON i.inhparent = p.oid
), parts (whole, part) AS (
    SELECT oid, oid FROM wanted
    UNION
    SELECT p.whole, i.inhrelid FROM parts p JOIN pg_inherits i ON i.inhparent = p.part
), measured AS (
    SELECT oid, reltuples, relkind, {heap} AS heap, {total} AS total
    FROM pg_class c
    WHERE oid IN (SELECT oid FROM wanted)
)
SELECT n.nspname, c.relname, {empty},
       CASE WHEN bool_and(m.reltuples >= 0 OR m.relkind NOT IN ('r', 'm'))
            THEN sum(greatest(m.reltuples, 0)) FILTER (WHERE m.relkind IN ('r', 'm'))::bigint END,
       sum(m.heap)::bigint, sum(m.total)::bigint, {sees_all}, {quiet}, {zone}
FROM parts p
JOIN measured m ON m.oid = p.part
JOIN pg_class c ON c.oid = p.whole
JOIN pg_namespace n ON n.oid = c.relnamespace
GROUP BY n.nspname, c.relname"""
# Whether the role may set session_replication_role; before 15 only a superuser may (manual).
_QUIET = "has_parameter_privilege(current_user, 'session_replication_role', 'SET')"
_SUPERUSER = "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
_SEES_ALL = "(SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)"
_GRANTS_SETTINGS = 150000
# What RESET gives: an apply converts times as its session would. A name that is an abbreviation
# too is that first in an expression (manual, 8.5.3), where it may mean another offset.
_ZONE = """(SELECT s.reset_val FROM pg_settings s WHERE s.name = 'TimeZone'
    AND (s.reset_val IN ('UTC', 'GMT')
        OR upper(s.reset_val) NOT IN (SELECT abbrev FROM pg_timezone_abbrevs)))"""
_MEASURED = {
    "heap": "CASE WHEN relkind = 'p' THEN 0 ELSE pg_relation_size(c.oid, 'main') END",
    "total": "CASE WHEN relkind = 'p' THEN 0 ELSE pg_total_relation_size(c.oid) END",
    # A relation that is dropped meanwhile has no size; a foreign table's is not ours to know.
    "empty": "bool_and(coalesce(m.heap, 1) = 0 AND m.relkind <> 'f')",
}
_ESTIMATED = {
    "heap": "greatest(relpages, 0)::bigint * current_setting('block_size')::bigint",
    "total": "greatest(relpages, 0)::bigint * current_setting('block_size')::bigint",
    "empty": "false",
}


def measuring(connection: Connection[Any], *, between: bool = False) -> Measure:
    """Give the question that the planner asks when there are changes.

    `between` two databases no file can say how a value becomes one of another type.
    """

    def measure(
        paths: Iterable[Path], formulas: Mapping[Path, Formula], types: Collection[Pair]
    ) -> Sizes:
        with reading(connection):
            sizes = read_sizes(connection, paths)
            alike = read_alike(connection, types) if types else Alike()
        sizes_of = sizes.known
        busy = {
            p: f for p, f in formulas.items() if p[:2] in sizes_of and not sizes_of[p[:2]].empty
        }
        found = knowing(replace(sizes, formulas=read_formulas(connection, busy)), alike)
        return replace(found, apart=read_apart(connection, types)) if between else found

    return measure


def supposing(connection: Connection[Any], *, between: bool = False) -> Measure:
    """Give the same question for tables that were made of files: they may have any rows.

    Nothing is known of the sessions either, in which a script will run.
    """

    def measure(
        paths: Iterable[Path], formulas: Mapping[Path, Formula], types: Collection[Pair]
    ) -> Sizes:
        with reading(connection):
            there = read_sizes(connection, paths).known
            alike = read_alike(connection, types) if types else Alike()
        filled = {p: f for p, f in formulas.items() if p[:2] in there}
        unknown = dict.fromkeys(there, UNKNOWN)
        found = knowing(Sizes(unknown, formulas=read_formulas(connection, filled)), alike)
        return replace(found, apart=read_apart(connection, types)) if between else found

    return measure


def knowing(sizes: Sizes, alike: Alike) -> Sizes:
    """Add what is known of types."""
    plain, refusing = {**sizes.alike, **alike.plain}, {**sizes.refusing, **alike.refusing}
    return replace(sizes, alike=plain, refusing=refusing)


def read_sizes(connection: Connection[Any], paths: Iterable[Path]) -> Sizes:
    """Read the sizes of tables, with those of their partitions and children.

    The connection is in a transaction with an empty search_path.
    """
    import psycopg

    wanted = sorted({p for p in paths if len(p) == 2})  # noqa: PLR2004  schema and name
    if not wanted:
        return Sizes()
    grants = connection.info.server_version >= _GRANTS_SETTINGS
    words = {"quiet": _QUIET if grants else _SUPERUSER, "zone": _ZONE, "sees_all": _SEES_ALL}
    names = [[schema for schema, _ in wanted], [name for _, name in wanted]]
    try:
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '1s'")
            query = _SQL.format(**_MEASURED, **words)
            rows = connection.execute(query.encode(), names).fetchall()
    except psycopg.errors.LockNotAvailable:
        query = _SQL.format(**_ESTIMATED, **words)
        rows = connection.execute(query.encode(), names).fetchall()
    return Sizes(
        {
            (schema, name): Size(bool(empty), rows_, heap or 0, total or 0)
            for schema, name, empty, rows_, heap, total, *_ in rows
        },
        sees_all=any(row[-3] for row in rows),
        quiet=any(row[-2] for row in rows),
        zone=next((row[-1] for row in rows if row[-1]), ""),
    )
