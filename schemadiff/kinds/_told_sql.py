"""The text of a value that holds others, made of theirs: what the input of its type reads back.

The surprising fact: the text of an array says bounds and dimensions by brackets alone, so that
those around an element are counted from its place.
"""

from __future__ import annotations

_ARRAY = """(SELECT CASE WHEN pg_catalog.cardinality(v) = 0 THEN '{{}}' ELSE (
        SELECT pg_catalog.string_agg(
            '[' || pg_catalog.array_lower(v, d) || ':' || pg_catalog.array_upper(v, d) || ']',
            '' ORDER BY d)
        FROM pg_catalog.generate_series(1, pg_catalog.array_ndims(v)) AS d
    ) || '=' || (
        WITH RECURSIVE sizes(d, size) AS (
            SELECT pg_catalog.array_ndims(v), pg_catalog.array_length(v, pg_catalog.array_ndims(v))
            UNION ALL
            SELECT d - 1, size * pg_catalog.array_length(v, d - 1) FROM sizes WHERE d > 1)
        SELECT pg_catalog.string_agg(
            (SELECT pg_catalog.repeat('{{', pg_catalog.count(*)::int)
                FROM sizes WHERE (n - 1) % size = 0)
            || coalesce({quoted}, 'NULL')
            || (SELECT pg_catalog.repeat('}}', pg_catalog.count(*)::int)
                FROM sizes WHERE n % size = 0),
            ',' ORDER BY n)
        FROM (SELECT n, {said} AS told
            FROM (SELECT pg_catalog.unnest(v) AS e,
                    pg_catalog.generate_series(1, pg_catalog.cardinality(v)) AS n) AS e) AS e
    ) END
    FROM (SELECT {value} AS v) AS v)"""
_MULTIRANGE = """(CASE WHEN {value} IS NULL THEN NULL ELSE (
        SELECT '{{' || coalesce(pg_catalog.string_agg({said}, ','), '') || '}}'
        FROM (SELECT pg_catalog.unnest({value}) AS e) AS e
    ) END)"""


def array_told(value: str, said: str) -> str:
    """Give the text of an array, where `said` is that of its element `e`."""
    return _ARRAY.format(value=value, said=said, quoted=_quoted("told"))


def multirange_told(value: str, said: str) -> str:
    """Give the text of a multirange, where `said` is that of a range `e` of it."""
    return _MULTIRANGE.format(value=value, said=said)


def range_told(value: str, low: str, high: str) -> str:
    """Give the text of a range, where `low` and `high` are those of its bounds."""
    return (
        f"(CASE WHEN {value} IS NULL THEN NULL "
        f"WHEN pg_catalog.isempty({value}) THEN 'empty' ELSE "
        f"CASE WHEN pg_catalog.lower_inc({value}) THEN '[' ELSE '(' END "
        f"|| coalesce({_quoted(low)}, '') || ',' || coalesce({_quoted(high)}, '') "
        f"|| CASE WHEN pg_catalog.upper_inc({value}) THEN ']' ELSE ')' END END)"
    )


def _quoted(text: str) -> str:
    return f"""'"' || pg_catalog.regexp_replace({text}, '(["\\\\])', '\\\\\\1', 'g') || '"'"""
