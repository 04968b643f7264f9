"""A new column of a table in use whose rows each get a value of their own, in batches.

ADD COLUMN with a volatile default writes the whole table anew while nobody can read it (manual,
ALTER TABLE, Notes). Instead the column comes empty, gets its default, and the rows are filled a
few pages at a time, each batch committed. A check that says nothing marks the column for as long
as that lasts, so that a run that was stopped is known and finished by the next. The surprising
fact: with any default, a constant too, it is refused while other columns hold rows of the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Transaction, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.kinds._column.around import why_unfilled
from schemadiff.kinds._column.itself import reading_itself
from schemadiff.kinds._column.online import not_null_in_steps, settled, there
from schemadiff.kinds._filling import PARTS, Filling
from schemadiff.kinds._moving import row_holders
from schemadiff.kinds._new_value import is_checked, may_be_volatile

Path = tuple[str, ...]

PAGES = 128  # the largest batch: a megabyte of rows
_ROUNDS = 10  # a row that a client moves to a page already passed is found in the next round
_TRIES = 5  # of a batch with a row that others hold


def filled_later(column: Any, context: Context) -> bool:
    """Tell whether a new column's rows are better filled after it is there, or have to be."""
    return (
        _each_its_own(column, context)
        and not is_checked(column, context)
        and not why_unfilled(column, context)
    )


def filled_at_once(column: Any, context: Context) -> str:
    """Say why the rows of a table in use get their own values in one rewrite, if they do."""
    if not _each_its_own(column, context):
        return ""
    why = why_unfilled(column, context)
    return f"not in steps: {why}" if why else ""


def _each_its_own(column: Any, context: Context) -> bool:
    default: Any = context.desired.get(Identity("default", column.identity.path))
    return (
        column.parent in context.current
        and column.generated is None
        and column.identity_options is None
        and default is not None
        and (
            (context.busy(column) or reading_itself(column, context) is not None)
            if may_be_volatile(default.expression)
            else default.expression != "NULL" and any(row_holders(column, context))
        )
    )


def mark_name(path: Path) -> str:
    """Give the name of the check that marks a column which is being filled."""
    return temporary_name("fill", *path)


def is_being_filled(path: Path, context: Context) -> bool:
    """Tell whether a run was stopped before all rows of a column had their values."""
    return Identity("leftover", (*path[:2], mark_name(path))) in context.current


def fill_in_steps(column: Any, plain: Operation, how: Filling) -> Iterator[Operation]:
    """Mark the new column, fill it, and set NOT NULL as far as it is to be."""
    path, target = column.identity.path, column.identity
    default = Identity("default", path)
    # Whatever else happens to the column is done by then.
    yield mark(
        column,
        how,
        guard=Guard(f"NOT {_has_default(path)} AND NOT {there(path, mark_name(path))}"),
        destroys=frozenset({default}),  # to say that the mark comes before the default
    )
    yield from fill(path, target, frozenset({target, default}), how)
    if column.not_null:
        steps = not_null_in_steps([(column, plain)], Stage.CHECK) if plain.scans else (plain,)
        for op in steps:
            yield replace(op, requires=frozenset({filled(path)}), bound=False)


def mark(column: Any, how: Filling, **more: Any) -> Operation:
    """Mark a column whose rows are going to be filled, where that can be done by now."""
    path, name = column.identity.path, ident(column.identity.name)
    block = f"""
BEGIN
    ALTER TABLE {qualified(*path[:2])} ADD CONSTRAINT {mark_name(path)}
        CHECK ({name} IS NULL OR {name} IS NOT NULL) NOT VALID;{how.still}
END
"""
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"DO {dollar(block, 'mark')}",
        provides=frozenset({Identity("leftover", (*path[:2], mark_name(path)))}),
        requires=frozenset({column.identity}),
        why="marks the column, so that a run that is stopped is finished by the next",
        bound=False,
        **more,
    )


def fill(
    path: Path, target: Identity, needed: frozenset[Identity], how: Filling
) -> Iterator[Operation]:
    """Fill a marked column in batches, of which triggers hear nothing, and take the mark away.

    Where batches have become impossible since it was marked, the table is written anew.
    """
    mark, table = mark_name(path), qualified(*path[:2])
    filling = Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"DO {dollar(_batches(path, how), 'fill')}",
        guard=Guard(f"{there(path, mark)} AND {_has_default(path)}"),
        requires=needed,
        provides=frozenset({filled(path)}),
        lock=LockMode.ROW_EXCLUSIVE,
        scans=True,
        scan_for=ScanFor.ROWS,
        transaction=Transaction.OUTSIDE,
        stage=Stage.FILL,
        why=why_filled(quiet=how.quiet),
        bound=False,
    )
    yield _at_once(path, filling, how) if how.why_not else filling
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {mark}",
        guard=Guard(there(path, mark)),
        requires=frozenset({filled(path)}),
        provides=frozenset({settled(path)}),
        stage=Stage.CHECK,
        why="every row has its value",
        bound=False,
    )


def _at_once(path: Path, filling: Operation, how: Filling) -> Operation:
    block = _ANEW % {"table": literal(qualified(*path[:2])), "column": literal(path[2])}
    return replace(
        filling,
        sql=f"DO {dollar(block, 'anew')}",
        lock=LockMode.ACCESS_EXCLUSIVE,
        rewrites=True,
        transaction=Transaction.INSIDE,
        why=f"not in steps: {how.why_not}",
    )


def filled(path: Path) -> Identity:
    """Name the moment when every row of a column has its value."""
    return Identity("leftover", (*path, "filled"))


def _has_default(path: Path) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
        f"to_regclass({literal(qualified(*path[:2]))}) AND attname = {literal(path[2])} "
        "AND NOT attisdropped AND atthasdef)"
    )


def why_filled(*, quiet: bool) -> str:
    """Say how rows are filled."""
    silent = "; triggers that are there do not fire" if quiet else ""
    return f"fills the rows in short batches, each committed, with pauses{silent}"


def _batches(path: Path, how: Filling) -> str:
    column = ident(path[2])
    return in_batches(path[:2], f"{column} = DEFAULT", f"{column} IS NULL", how, _ROUNDS)


def in_batches(
    table: Path, values: str, where: str, how: Filling, rounds: int = 1, *, zone: str = ""
) -> str:
    """Write the block that updates the rows of a table and of its parts a few pages at a time.

    Where it is `quiet` no triggers fire but those that fire always, as long as a batch lasts;
    `zone` is an expression for the time zone that is meant meanwhile. A batch that cannot have a
    row within the lock timeout is undone, for whoever wants one of its other rows waits for it, and
    tried again.
    """
    update = f"UPDATE ONLY %s SET {values.replace('%', '%%')} WHERE ({where.replace('%', '%%')})"
    return _FILL % {
        "update": literal(f"{update} AND ctid >= %L AND ctid < %L"),
        "rounds": rounds,
        "pages": PAGES,
        "tries": _TRIES,
        "still": how.still,
        "parts": PARTS % literal(qualified(*table)),
        "settings": (_QUIET if how.quiet else "") + (_ZONE % zone if zone else ""),
    }


_ANEW = """
DECLARE
    said text;
BEGIN
    SELECT pg_catalog.format(
        'ALTER TABLE %%1$s ALTER COLUMN %%2$I TYPE %%3$s%%4$s USING coalesce(%%2$I, %%5$s)',
        a.attrelid::pg_catalog.regclass, a.attname,
        pg_catalog.format_type(a.atttypid, a.atttypmod),
        ' COLLATE ' || nullif(a.attcollation, 0)::pg_catalog.regcollation::text,
        pg_catalog.pg_get_expr(d.adbin, d.adrelid)) INTO said
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %(table)s::pg_catalog.regclass AND a.attname = %(column)s;
    EXECUTE said;
END
"""
_QUIET = """
                    PERFORM set_config('session_replication_role', 'replica', true);"""
_ZONE = """
                    PERFORM set_config('TimeZone', %s, true);"""
_FILL = """
DECLARE
    part pg_catalog.regclass;
    pages bigint;
    page bigint;
    batch bigint := %(pages)d;
    changed bigint;
    total bigint;
    denied integer := 0;
    pause double precision;
    begun timestamptz;
    told timestamptz := clock_timestamp();
BEGIN%(still)s
    FOR round IN 1 .. %(rounds)d LOOP
        total := 0;
        FOR part IN%(parts)s
        LOOP
            pages := pg_relation_size(part) / current_setting('block_size')::bigint;
            page := 0;
            WHILE page < pages LOOP
                begun := clock_timestamp();
                BEGIN%(settings)s
                    EXECUTE format(%(update)s,
                        part, '(' || page || ',0)', '(' || page + batch || ',0)');
                    GET DIAGNOSTICS changed = ROW_COUNT;
                    denied := 0;
                EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
                    -- It is undone, so nobody waits for its rows while it waits for one of them.
                    denied := denied + 1;
                    IF denied = %(tries)d THEN
                        RAISE;
                    END IF;
                END;
                COMMIT;
                IF denied > 0 THEN
                    pause := extract(epoch FROM current_setting('lock_timeout')::interval);
                    pause := least(3, greatest(0.1, pause)) * 2 ^ (denied - 1);
                    RAISE INFO 'schemadiff: others hold a row of %%; again in %% s', part, pause;
                    PERFORM pg_sleep(pause);
                    batch := greatest(1, batch / 2);
                    CONTINUE;
                END IF;
                page := page + batch;
                -- Whoever wants a row of a batch waits for its end.
                IF clock_timestamp() - begun > interval '0.1 seconds' THEN
                    batch := greatest(1, batch / 2);
                ELSIF clock_timestamp() - begun < interval '0.04 seconds' THEN
                    batch := least(%(pages)d, batch * 2);
                END IF;
                total := total + changed;
                IF clock_timestamp() - told > interval '5 seconds' THEN
                    RAISE INFO 'schemadiff: %% of %% pages of %% done',
                        least(page, pages), pages, part;
                    told := clock_timestamp();
                END IF;
                IF changed > 0 THEN
                    -- As long as the batch took: half of the time belongs to the others.
                    PERFORM pg_sleep(least(1, extract(epoch FROM clock_timestamp() - begun)));
                END IF;
            END LOOP;
        END LOOP;
        EXIT WHEN total = 0;
    END LOOP;
END
"""
