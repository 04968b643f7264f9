"""Where to look for what an online change needs for a while, by its names alone.

The catalogs have indexes of the names of relations, constraints and functions, so that this costs
next to nothing; triggers and columns are reached from the table of a function or a constraint.
"""

from __future__ import annotations

from schemadiff.core.online import LAST, PREFIX
from schemadiff.kinds._index.online import INVALID

_END = PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1)


def _between(name: str) -> str:
    return f"{name} >= '{PREFIX}' AND {name} < '{_END}'"


# The index of a part that is attached goes with that of the whole. A function without a trigger
# is what is left of a table that is gone; the columns that it fills are those of its trigger's.
LEFTOVERS = f"""
SELECT c.oid, 'pg_class', 0, n.nspname, t.relname, c.relname,
       CASE WHEN c.relkind <> 'i' THEN 'partitioned index'
            WHEN x.indisvalid THEN 'index' ELSE '{INVALID}' END, NULL
FROM pg_class c
JOIN pg_index x ON x.indexrelid = c.oid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {_between("c.relname")} AND {{namespaces}} AND NOT c.relispartition
UNION ALL
SELECT c.oid, 'pg_class', 0, n.nspname, t.relname, c.relname, 'sequence',
       (SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid)
FROM pg_class c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {_between("c.relname")} AND c.relkind = 'S' AND {{namespaces}}
UNION ALL
SELECT c.oid, 'pg_class', 0, n.nspname, '', c.relname, 'materialized view', NULL
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_between("c.relname")} AND c.relkind = 'm' AND {{namespaces}}
UNION ALL
SELECT con.oid, 'pg_constraint', 0, n.nspname, t.relname, con.conname,
       CASE con.contype WHEN 'c' THEN 'check' ELSE 'foreign key' END,
       CASE con.contype WHEN 'c' THEN
           (SELECT a.attname FROM pg_attribute a
            WHERE a.attrelid = con.conrelid AND a.attnum = con.conkey[1]) END
FROM pg_constraint con
JOIN pg_class t ON t.oid = con.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {_between("con.conname")} AND con.contype IN ('c', 'f') AND con.coninhcount = 0
  AND con.conparentid = 0 AND {{namespaces}}
UNION ALL
SELECT p.oid, 'pg_proc', 0, n.nspname, coalesce(t.relname, ''), p.proname, 'function', NULL
FROM pg_proc p
LEFT JOIN pg_trigger g ON g.tgfoid = p.oid AND g.tgparentid = 0
LEFT JOIN pg_class t ON t.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE {_between("p.proname")} AND p.pronargs = 0 AND {{namespaces}}
UNION ALL
SELECT g.oid, 'pg_trigger', 0, n.nspname, t.relname, g.tgname, 'trigger', NULL
FROM pg_proc p
JOIN pg_trigger g ON g.tgfoid = p.oid AND g.tgname = '{LAST}' || p.proname AND g.tgparentid = 0
JOIN pg_class t ON t.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {_between("p.proname")} AND {{namespaces}}
UNION ALL
SELECT t.oid, 'pg_class', a.attnum, n.nspname, t.relname, a.attname, 'column', NULL
FROM pg_proc p
JOIN pg_trigger g ON g.tgfoid = p.oid AND g.tgname = '{LAST}' || p.proname AND g.tgparentid = 0
JOIN pg_attribute a ON a.attrelid = g.tgrelid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_class t ON t.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {_between("p.proname")} AND {_between("a.attname")} AND {{namespaces}}
"""
