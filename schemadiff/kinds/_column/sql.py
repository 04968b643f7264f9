"""The definition of a column, as it stands in CREATE TABLE, and the query that reads them all."""

from __future__ import annotations

from typing import Any, Final

from schemadiff.core.sql import ident, lines, qualified
from schemadiff.kinds._column.settings import settings_sql
from schemadiff.kinds._foreign.tables import HAVE_COLUMNS
from schemadiff.kinds._identity_options import identity_clause
from schemadiff.kinds._new_value import CHECKED_SQL
from schemadiff.kinds._not_null import NAMES_NOT_NULL, not_null_clause
from schemadiff.kinds._options import clause

# The constraints of the usual form, nearly all of them, give nothing.
_NOT_NULL: Final = """CASE WHEN (a.attislocal OR nn.conislocal OR a.attidentity <> '')
                        AND (nn.conname <> c.relname || '_' || a.attname || '_not_null'
                          OR NOT nn.convalidated OR nn.connoinherit
                          OR apart.parts IS NOT NULL
                          OR a.attidentity <> '' AND nn.coninhcount > 0)
                   THEN ARRAY[nn.conname::text, nn.convalidated::text, nn.connoinherit::text,
                              (a.attidentity <> '' AND nn.coninhcount > 0)::text]
                        || apart.parts END"""
# RENAME CONSTRAINT renames those of all parts and heirs too, which have to be called alike: but
# one that was attached keeps the name of its own. What they have said themselves stays.
_CONSTRAINTS: Final = """LEFT JOIN pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n'
                AND nn.conkey[1] = a.attnum
            LEFT JOIN (
                WITH RECURSIVE apart AS (
                    SELECT h.inhparent AS relid, b.attname, h.inhrelid AS part, k.conname,
                           k.conislocal
                    FROM pg_inherits h
                    JOIN pg_constraint k ON k.conrelid = h.inhrelid AND k.contype = 'n'
                        AND k.coninhcount > 0
                    JOIN pg_attribute b ON b.attrelid = h.inhrelid AND b.attnum = k.conkey[1]
                    WHERE k.conislocal OR NOT EXISTS (
                        SELECT FROM pg_constraint w WHERE w.conrelid = h.inhparent
                            AND w.contype = 'n' AND w.conname = k.conname)
                    UNION
                    SELECT h.inhparent, apart.attname, apart.part, apart.conname,
                           apart.conislocal
                    FROM apart JOIN pg_inherits h ON h.inhrelid = apart.relid)
                SELECT relid, attname, array_agg(s.nspname::text) || array_agg(t.relname::text)
                    || array_agg(conname::text) || array_agg(conislocal::text) AS parts
                FROM apart JOIN pg_class t ON t.oid = part
                JOIN pg_namespace s ON s.oid = t.relnamespace
                GROUP BY relid, attname
            ) apart ON apart.relid = a.attrelid AND apart.attname = a.attname"""
_COLUMNS: Final = """
    SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
           a.attnotnull, a.attgenerated::text, a.attidentity::text,
           CASE WHEN a.attcollation <> t.typcollation THEN
               (SELECT ARRAY[cn.nspname::text, co.collname::text]
                FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                WHERE co.oid = a.attcollation) END,
           CASE WHEN a.attgenerated <> '' THEN
               (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END,
           {settings}, {not_null}, s.*, a.attfdwoptions,
           {checked}
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND {relations}
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    {constraints}
    LEFT JOIN LATERAL (
        SELECT q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle,
               ARRAY[sn.nspname::text, sc.relname::text]
        FROM pg_depend sd
        JOIN pg_sequence q ON q.seqrelid = sd.objid
        JOIN pg_class sc ON sc.oid = q.seqrelid
        JOIN pg_namespace sn ON sn.oid = sc.relnamespace
        WHERE sd.refclassid = 'pg_class'::regclass AND sd.refobjid = a.attrelid
          AND sd.refobjsubid = a.attnum AND sd.deptype = 'i'
          AND sd.classid = 'pg_class'::regclass
    ) s ON a.attidentity <> ''
    WHERE a.attnum > 0 AND NOT a.attisdropped AND {namespaces}
      AND (a.attislocal OR a.attidentity <> '' AND NOT c.relispartition)
    ORDER BY a.attrelid, a.attnum"""


def columns_sql(version: int) -> str:
    """Read the local columns of ordinary, partitioned and foreign tables.

    Those that an heir has from above and numbers itself are read as if it said them.
    """
    named = version >= NAMES_NOT_NULL
    return (
        _COLUMNS.replace("{settings}", settings_sql())
        .replace("{relations}", HAVE_COLUMNS)
        .replace("{not_null}", _NOT_NULL if named else "NULL")
        .replace("{constraints}", _CONSTRAINTS if named else "")
        .replace("{checked}", CHECKED_SQL)
    )


def definition(column: Any, *, probed: bool = False) -> str:
    """Write name, type and what belongs to the column alone; a probe has no identity."""
    generated = None
    if column.generated is not None:
        how = "VIRTUAL" if column.virtual else "STORED"
        generated = f"GENERATED ALWAYS AS ({column.generated}) {how}"
    options = None if probed else column.identity_options
    return lines(
        ident(column.identity.name),
        column.type,
        None if probed else clause(column.foreign_options).strip(),
        f"COLLATE {column.collation}" if column.collation else None,
        generated,
        identity_clause(column) if options else None,
        not_null_clause(column),
        separator=" ",
    )


def printed_collation(parts: list[str]) -> str:
    """Write the name of a collation as format_type() would, from its schema and name."""
    return ident(parts[1]) if parts[0] == "pg_catalog" else qualified(*parts)
