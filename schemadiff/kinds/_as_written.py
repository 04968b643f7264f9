"""Statements with a text of the user's own, which the session reads as it reads any other."""

from __future__ import annotations

from schemadiff.core.sql import comma, dollar, ident, literal


def as_written(sql: str, schema: str = "", before: str = "") -> str:
    """Run a statement in which values are read as the session reads them, not as we do.

    A conversion of times depends on TimeZone, DateStyle and IntervalStyle (manual, 8.5): what the
    database or the role says of them is what its times mean. USING is the user's own text, and
    never kept: PostgreSQL prints every other expression back with all its names in full.
    """
    path = literal(comma(ident(name) for name in dict.fromkeys([schema, "public"])))
    names = "\n    PERFORM pg_catalog.set_config('search_path', {}, true);"
    body = f"""
DECLARE
    path text := pg_catalog.current_setting('search_path');
    zone text := pg_catalog.current_setting('TimeZone');
    dates text := pg_catalog.current_setting('DateStyle');
    intervals text := pg_catalog.current_setting('IntervalStyle');
BEGIN
    -- Values are read as the session's own settings say.
    SET LOCAL TimeZone TO DEFAULT;
    SET LOCAL DateStyle TO DEFAULT;
    SET LOCAL IntervalStyle TO DEFAULT;{names.format(path) if schema else ""}{before}
    {sql}
    ;
    PERFORM pg_catalog.set_config('search_path', path, true),
            pg_catalog.set_config('TimeZone', zone, true),
            pg_catalog.set_config('DateStyle', dates, true),
            pg_catalog.set_config('IntervalStyle', intervals, true);
END
"""
    return f"DO {dollar(body, 'using')}"
