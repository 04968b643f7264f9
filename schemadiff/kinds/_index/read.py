"""Indexes as pg_index has them, in one query that asks for a text only where it must.

Whether a collation or an operator class is the default one cannot be seen from its OID alone, so
the query names them only for indexes that may have an unusual one; all others cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemadiff.core.names import Names
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._constraint import bare
from schemadiff.kinds._index.column import IndexColumn, keys_of_definition, parse_index_column

# Collation 0 is none, 100 the database's own. The collation that an
# expression has by itself is nowhere in the catalogs; only the definition shows what differs.
CATALOG_SQL = """
    SELECT x.indexrelid, x.indrelid, ic.relname, am.amname, x.indisunique, {nulls},
           x.indisvalid, ic.reloptions,
           CASE WHEN x.indexprs IS NOT NULL
           THEN (SELECT array_agg(ARRAY[i.attnum::int, i.attstattarget::int] ORDER BY i.attnum)
                 FROM pg_attribute i
                 WHERE i.attrelid = x.indexrelid AND i.attnum > 0 AND i.attstattarget >= 0) END,
           CASE WHEN x.indpred IS NOT NULL THEN pg_get_expr(x.indpred, x.indrelid) END,
           x.indkey::int2[], x.indnkeyatts, x.indoption::int2[],
           CASE WHEN x.indexprs IS NULL THEN NULL
                WHEN cardinality(array_positions(x.indkey::int2[], 0::int2)) = 1
                THEN ARRAY[pg_get_expr(x.indexprs, x.indrelid)]
                ELSE (SELECT array_agg(pg_get_indexdef(x.indexrelid, k, false) ORDER BY k)
                      FROM generate_series(1, x.indnatts) k WHERE x.indkey[k - 1] = 0) END,
           CASE WHEN NOT x.indcollation::oid[] <@ ARRAY[0, 100]::oid[]
                  OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.indrelid
                             AND a.attcollation NOT IN (0, 100) AND a.attnum > 0)
           THEN (SELECT array_agg(CASE WHEN k.applied IN (0, a.attcollation)
                                       THEN ARRAY[NULL, NULL]::text[]
                                       ELSE ARRAY[kn.nspname, co.collname]::text[] END
                                  ORDER BY k.position)
                 FROM unnest(x.indcollation::oid[]) WITH ORDINALITY k(applied, position)
                 LEFT JOIN pg_attribute a
                        ON a.attrelid = x.indrelid AND a.attnum = x.indkey[k.position - 1]
                 LEFT JOIN pg_collation co ON co.oid = k.applied
                 LEFT JOIN pg_namespace kn ON kn.oid = co.collnamespace) END,
           CASE WHEN x.indexprs IS NOT NULL
                 AND NOT x.indcollation::oid[] <@ ARRAY[0, 100]::oid[]
           THEN pg_get_indexdef(x.indexrelid) END,
           CASE WHEN am.amname NOT IN ('btree', 'hash')
                  OR x.indclass::oid[] && ARRAY(SELECT o.oid FROM pg_opclass o WHERE
                                                NOT o.opcdefault OR o.opcname = 'bpchar_ops')
           THEN (SELECT array_agg(CASE WHEN o.opcdefault AND i.attoptions IS NULL
                                        AND (o.opcname <> 'bpchar_ops' OR i.atttypid = 1042)
                                       THEN ARRAY[NULL, NULL]::text[]
                                       ELSE ARRAY[kn.nspname, o.opcname]::text[] END
                                  ORDER BY k.position)
                 FROM unnest(x.indclass::oid[]) WITH ORDINALITY k(class, position)
                 JOIN pg_opclass o ON o.oid = k.class
                 JOIN pg_namespace kn ON kn.oid = o.opcnamespace
                 JOIN pg_attribute i ON i.attrelid = x.indexrelid AND i.attnum = k.position) END,
           CASE WHEN am.amname NOT IN ('btree', 'hash')
           THEN (SELECT jsonb_object_agg(i.attnum, i.attoptions) FROM pg_attribute i
                 WHERE i.attrelid = x.indexrelid AND i.attoptions IS NOT NULL) END
    FROM pg_index x
    JOIN pg_class ic ON ic.oid = x.indexrelid AND ic.relkind IN ('i', 'I')
    JOIN pg_am am ON am.oid = ic.relam
    JOIN pg_class c ON c.oid = x.indrelid AND c.relkind IN ('r', 'p', 'm')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_constraint con
                      WHERE con.conindid = x.indexrelid AND con.conrelid = x.indrelid
                        AND con.contype IN ('p', 'u', 'x'))
      AND NOT ic.relispartition AND {namespaces}"""


def read_columns(
    relation: int, keys: Sequence[Any], names: Names
) -> tuple[tuple[IndexColumn, ...], tuple[str, ...]]:
    """Give the keys and the included columns of a row of the query, from its last eight columns."""
    numbers, count, sorting, expressions, collations, definition, opclasses, options = keys
    columns = names.columns.get(relation, {})  # expressions may need none
    include = tuple(columns[n] for n in numbers[count:])
    texts = iter(expressions or ())
    plain = expressions is None and collations is None and opclasses is None
    if plain and not any(sorting):
        return tuple([IndexColumn(columns[n]) for n in numbers[:count]]), include
    said = [parse_index_column(t) for t in keys_of_definition(definition)] if definition else None
    found: list[IndexColumn] = []
    for position, number in enumerate(numbers[:count]):
        if number == 0:
            collation = said[position].collation if said else None
        else:
            collation = _name(collations[position]) if collations else None
        parameters = (options or {}).get(str(position + 1), ())
        pairs = [p.partition("=") for p in parameters]
        found.append(
            IndexColumn(
                columns[number] if number else bare(next(texts)),
                number == 0,
                collation,
                _name(opclasses[position]) if opclasses else None,
                tuple((key, value) for key, _, value in pairs),
                bool(sorting[position] & 1),
                bool(sorting[position] & 2),
            )
        )
    return tuple(found), include


def _name(parts: Sequence[str | None]) -> str | None:
    schema, name = parts
    if schema is None or name is None:
        return None
    return ident(name) if schema == "pg_catalog" else qualified(schema, name)
