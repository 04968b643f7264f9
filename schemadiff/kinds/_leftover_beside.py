"""What is left of columns that stood beside others, when nobody wants them any more.

A trigger without its column makes every writer fail, so they go in one statement: references to
the columns, the trigger, its function, and the columns with their indexes and checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.online import PREFIX
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.sql import dollar, literal, qualified


def drop_beside(old: Any) -> Iterator[Operation]:
    """Drop all of it in the name of the trigger, and a function whose table is gone."""
    schema, table, name = old.identity.path
    if old.what == "trigger":
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DO {dollar(_all(qualified(schema, table), name), 'drop')}",
            guard=Guard(
                "EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = "
                f"to_regclass({literal(qualified(schema, table))}) AND tgname = {literal(name)})"
            ),
            fold=Fold(old.parent, ""),
        )
    elif old.what == "function":
        routine = literal(f"{qualified(schema, name)}()")
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"DROP FUNCTION IF EXISTS {qualified(schema, name)}()",
            guard=Guard(
                f"to_regprocedure({routine}) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
                f"pg_catalog.pg_trigger WHERE tgfoid = to_regprocedure({routine}))"
            ),
            # After the table, where that is dropped: its trigger goes with it.
            provides=frozenset({old.parent}),
            destroys=frozenset({old.identity}),
            bound=False,
        )


def _all(table: str, trigger: str) -> str:
    columns = (
        "a.attrelid = ANY (tables) AND NOT a.attisdropped AND a.attinhcount = 0 "
        f"AND a.attname ~ '^{PREFIX}[0-9a-f]{{12}}$'"
    )
    return f"""
DECLARE
    statement text;
    routine oid := (SELECT tgfoid FROM pg_catalog.pg_trigger
        WHERE tgrelid = {literal(table)}::pg_catalog.regclass AND tgname = {literal(trigger)});
    -- The heirs of a table have the trigger by themselves.
    tables oid[] := ARRAY(SELECT tgrelid FROM pg_catalog.pg_trigger
        WHERE tgfoid = routine AND tgparentid = 0);
BEGIN
    FOR statement IN
        SELECT DISTINCT pg_catalog.format(
            'ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::pg_catalog.regclass, c.conname)
        FROM pg_catalog.pg_constraint c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)
        WHERE c.contype = 'f' AND c.confrelid = ANY (tables) AND NOT a.attisdropped
            AND a.attname ~ '^{PREFIX}[0-9a-f]{{12}}$'
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT pg_catalog.format('DROP TRIGGER %I ON %s', {literal(trigger)},
            each::pg_catalog.regclass)
        FROM pg_catalog.unnest(tables) each
    LOOP
        EXECUTE statement;
    END LOOP;
    EXECUTE pg_catalog.format('DROP FUNCTION %s', routine::pg_catalog.regprocedure);
    FOR statement IN
        SELECT pg_catalog.format('ALTER TABLE %s DROP COLUMN %I',
            a.attrelid::pg_catalog.regclass, a.attname)
        FROM pg_catalog.pg_attribute a
        WHERE {columns}
    LOOP
        EXECUTE statement;
    END LOOP;
END
"""
