"""The steps in which columns change their type beside the old ones: expand and contract.

A trigger keeps both in step from the moment that the new column is there, and a check that the two
agree holds to the end: it is the check that makes sure, not the trigger. Whatever stops a run, the
next finds the column by its name and goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage
from schemadiff.core.operation import Guard, Operation, ScanFor, Transaction, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, dollar, ident, literal, qualified
from schemadiff.kinds._column.alter import attribute, narrowing
from schemadiff.kinds._column.fill import in_batches, why_filled
from schemadiff.kinds._column.online import settled, there
from schemadiff.kinds._column.settings import alter_settings
from schemadiff.kinds._column.sql import definition
from schemadiff.kinds._expand.heirs import heirs_of
from schemadiff.kinds._expand.swap import swap_sql, trigger_name
from schemadiff.kinds._expand.triggers import apart
from schemadiff.kinds._expand.values import Pair, agree, assigned, differ, may_not_fit
from schemadiff.kinds._expand.which import Move
from schemadiff.kinds._filling import Filling, still_takes_update
from schemadiff.kinds._not_null import without_not_null


def expand_and_contract(move: Move) -> Iterator[Operation]:
    """Give all steps; each waits for the one before it."""
    made = frozenset(
        Identity("leftover", (*each.path, name))
        for table in move.tables
        for each in (table, *heirs_of(table, move.context.current))
        for name in _names(table, move)
    )
    needed = frozenset().union(
        *(move.context.desired.depends_on(c) - move.names.keys() for c in move.names)
    )
    # What goes is gone before the first step, which is there in its place.
    made |= frozenset().union(*(apart(table, move.context)[0] for table in move.tables))
    for number, op in enumerate(_steps(move)):
        yield replace(
            op,
            requires=op.requires | _moment(number, move) | (frozenset() if number else needed),
            provides=op.provides | _moment(number + 1, move) | (frozenset() if number else made),
            bound=False,
        )


def _moment(number: int, move: Move) -> frozenset[Identity]:
    return frozenset({Identity("leftover", (*move.leader.path, f"step {number}"))})


def _names(table: Identity, move: Move) -> Iterator[str]:
    """Name what a table has for a while, beside what the successors bring."""
    for _, new in move.of(table):
        yield move.names[new.identity]
    routine = move.name(table, "function")
    yield from (routine, trigger_name(routine), move.name(table, "step"))


def _join(heir: Identity, table: Identity, move: Move) -> Operation:
    """Have the trigger on an heir as well: that of the table does not fire there."""
    name, routine = qualified(*heir.path), move.name(table, "function")
    trigger, function = trigger_name(routine), qualified(table.path[0], routine)
    block = f"""
BEGIN
    {fires_last(trigger, name, function)}
END
"""
    there_is = (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = "
        f"to_regclass({literal(name)}) AND tgname = {literal(trigger)})"
    )
    return Operation(
        verb=Verb.ALTER,
        target=move.of(table)[0][1].identity,
        sql=f"DO {dollar(block, 'heir')}",
        guard=Guard(f"{pending(table, move)} AND NOT {there_is}"),
        touches=(heir,),
        why="the trigger of a table does not fire for those that inherit from it",
    )


def _steps(move: Move) -> Iterator[Operation]:
    for table in move.tables:
        yield _begin(table, move)
        for heir in heirs_of(table, move.context.current):
            yield _join(heir, table, move)
        for _, new in move.of(table):
            beside = _beside(new, move)
            for op in alter_settings(None, beside, move.context.version, retyped=False):
                yield replace(op, target=new.identity)
    for table in move.tables:
        yield _fill(table, move)
    for table in move.tables:
        yield from _prove(table, move)
    successors = [s for s in move.successors if not isinstance(s, str)]
    for found in successors:
        yield from found.steps
    yield _swap(move)
    for found in successors:
        yield from found.later


def _beside(new: Any, move: Move) -> Any:
    """Give the column as it stands beside the old one."""
    schema, table, _ = new.identity.path
    identity = Identity("column", (schema, table, move.names[new.identity]))
    return replace(without_not_null(new), identity=identity, identity_options=None)


def pending(table: Identity, move: Move) -> str:
    """Give the condition "the new columns of a table stand beside the old ones"."""
    return attribute(_beside(move.of(table)[0][1], move), "true")


def _begin(table: Identity, move: Move) -> Operation:
    first = move.of(table)[0][1]
    differs = f"pg_catalog.format_type(atttypid, atttypmod) <> {literal(first.type)}"
    block = _IN_ITS_ZONE if move.timed(table) else _PLAIN
    return Operation(
        verb=Verb.ALTER,
        target=first.identity,
        sql=f"DO {dollar(_begun(table, move).join(block), 'expand')}",
        makes=True,
        guard=Guard(f"{attribute(first, differs)} AND NOT {pending(table, move)}"),
        why=_why_begun(move.of(table), timed=move.timed(table)),
    )


def _begun(table: Identity, move: Move) -> str:
    name, routine = qualified(*table.path), move.name(table, "function")
    pairs, context = move.of(table), move.context
    added = comma(f"ADD COLUMN {definition(_beside(new, move))}" for _, new in pairs)
    values = " ".join(assigned(pair, move.column(pair), context) for pair in pairs)
    function, trigger = qualified(table.path[0], routine), trigger_name(routine)
    # A column may be called like a variable.
    keep = f"#variable_conflict use_column\nBEGIN {values} RETURN NEW; END"
    zone = " SET TimeZone FROM CURRENT" if move.timed(table) else ""
    return f"""
    ALTER TABLE {name} {added};
    CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = ''{zone}
        AS {dollar(keep, "keep")};
    {fires_last(trigger, name, function)}{_still(table, move)}
"""


def _still(table: Identity, move: Move) -> str:
    """Write the block that fails where rows of a table cannot be filled any more."""
    return still_takes_update(table, move.of(table)[0][0].identity.name, move.context)


def fires_last(trigger: str, table: str, function: str) -> str:
    """Write the statements that make the trigger."""
    return f"""CREATE TRIGGER {ident(trigger)} BEFORE INSERT OR UPDATE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {function}();
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER {ident(trigger)};"""


# What stands before and behind the statements of a block.
_PLAIN = "\nBEGIN", "END\n"
# It keeps the time zone in which ALTER COLUMN would convert for all who write meanwhile.
_IN_ITS_ZONE = (
    """
DECLARE
    zone text := pg_catalog.current_setting('TimeZone');
BEGIN
    -- As the session's own settings say.
    SET LOCAL TimeZone TO DEFAULT;
    IF pg_catalog.current_setting('TimeZone') NOT IN ('UTC', 'GMT')
        AND pg_catalog.upper(pg_catalog.current_setting('TimeZone'))
            IN (SELECT abbrev FROM pg_catalog.pg_timezone_abbrevs) THEN
        RAISE EXCEPTION 'schemadiff: the time zone % is also an abbreviation of another',
            pg_catalog.current_setting('TimeZone')
            USING HINT = 'set the time zone by the name of a place, or plan it with --offline';
    END IF;""",
    """    PERFORM pg_catalog.set_config('TimeZone', zone, true);
END
""",
)


def _zone_of(table: Identity, move: Move) -> str:
    """Give the expression for the time zone that the trigger's function keeps."""
    routine = literal(f"{qualified(table.path[0], move.name(table, 'function'))}()")
    return (
        "(SELECT pg_catalog.substr(c, 10) FROM pg_catalog.pg_proc p, pg_catalog.unnest(p.proconfig)"
        f" c WHERE p.oid = to_regprocedure({routine}) AND pg_catalog.starts_with(c, 'TimeZone='))"
    )


def _why_begun(pairs: list[Pair], *, timed: bool) -> str:
    said = "the new type stands beside the old one; a trigger keeps both in step"
    if timed:
        said += ", in the time zone of this session"
    if any(may_not_fit(pair) for pair in pairs):
        return f"{said}, and a value that does not fit is refused from now on"
    return said


def _fill(table: Identity, move: Move) -> Operation:
    pairs = move.of(table)
    # The trigger says the values.
    values = comma(f"{move.column(pair)} = DEFAULT" for pair in pairs)
    where = " OR ".join(differ(pair, move.column(pair), move.context) for pair in pairs)
    step, quiet = there(table.path, move.name(table, "step")), move.quiet(table)
    zone = _zone_of(table, move) if move.timed(table) else ""
    block = in_batches(table.path, values, where, Filling(_still(table, move), quiet), zone=zone)
    return Operation(
        verb=Verb.ALTER,
        target=move.of(table)[0][1].identity,
        sql=f"DO {dollar(block, 'fill')}",
        guard=Guard(f"{pending(table, move)} AND NOT {step}"),
        lock=LockMode.ROW_EXCLUSIVE,
        scans=True,
        scan_for=ScanFor.ROWS,
        transaction=Transaction.OUTSIDE,
        stage=Stage.FILL,
        why=why_filled(quiet=quiet),
    )


def _prove(table: Identity, move: Move) -> Iterator[Operation]:
    """Have both columns agree in every row, and tell the server what is in the new one."""
    alter, step = f"ALTER TABLE {qualified(*table.path)}", move.name(table, "step")
    target = move.of(table)[0][1].identity
    parts = []
    for pair in move.of(table):
        column, new = move.column(pair), pair[1]
        if new.not_null and new.not_null_valid:
            parts.append(f"{column} IS NOT NULL")
        parts.append(agree(pair, column, move.context, _MARK))
    said = " AND ".join(f"({part})" for part in parts)
    check = f"{alter} ADD CONSTRAINT {step} CHECK ({said}) NOT VALID"
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=_with_zone(check, table, move) if move.timed(table) else check,
        guard=Guard(f"{pending(table, move)} AND NOT {there(table.path, step)}"),
        stage=Stage.CHECK,
        why="from now on a row whose columns disagree is refused; reads none",
    )
    validate = Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"{alter} VALIDATE CONSTRAINT {step}",
        guard=Guard(there(table.path, step, "NOT convalidated")),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        scan_for=ScanFor.ROWS,
        stage=Stage.SCAN,
        why="proves that both columns agree while everyone reads and writes",
    )
    columns = comma(ident(move.names[new.identity]) for _, new in move.of(table))
    every = (table, *heirs_of(table, move.context.current))
    analyze = f"ANALYZE {comma(f'{qualified(*each.path)} ({columns})' for each in every)}"
    yield validate
    why = "the planner knows the new column from the first moment"
    yield replace(validate, sql=analyze, guard=Guard(pending(table, move)), why=why)


# Stands for the time zone until that is known; no name holds it (manual, 4.1.1).
_MARK = "\0"


def _with_zone(statement: str, table: Identity, move: Move) -> str:
    """Write the block that says the time zone in a statement: an expression cannot ask for it."""
    words = literal(statement.replace("%", "%%").replace(_MARK, "%1$L"))
    body = f"\nBEGIN\n    EXECUTE pg_catalog.format({words}, {_zone_of(table, move)});\nEND\n"
    return f"DO {dollar(body, 'step')}"


def _ready(move: Move) -> str:
    """Give the condition that all is complete, so that nothing is left to hope for."""
    parts = [pending(move.tables[0], move)]
    parts += [there(t.path, move.name(t, "step"), "convalidated") for t in move.tables]
    parts += [s.ready for s in move.successors if not isinstance(s, str)]
    return " AND ".join(parts)


def _at_the_end(table: Identity, columns: Sequence[Identity]) -> Hazard:
    """Say once for each table where its columns are to be found."""
    names = comma(ident(i.name) for i in columns)
    stand = "stands" if len(columns) == 1 else "stand"
    text = (
        f"{names} {stand} at the end of {table.sql} from now on, where a column under another name "
        "is until then."
    )
    return hazard("column-order", table, text)


def _swap(move: Move) -> Operation:
    columns = frozenset(move.names)
    moved = tuple(_at_the_end(t, [new.identity for _, new in move.of(t)]) for t in move.tables)
    lost = tuple(h for h in (narrowing(*pair, move.context) for pair in move.columns) if h)
    # A type that goes is let go of.
    left = frozenset().union(*(move.context.current.depends_on(c) - columns for c in columns))
    return Operation(
        verb=Verb.ALTER,
        target=move.leader,
        sql=swap_sql(move),
        guard=Guard(_ready(move)),
        provides=columns | {settled(c.path) for c in columns},
        destroys=columns,
        releases=left - move.context.desired.objects.keys(),
        hazards=(*lost, *moved),
        awaited_by=frozenset().union(*(apart(t, move.context)[1] for t in move.tables)),
        stage=Stage.SWAP,
        why="both trade places in a moment: no row is read, and nothing is unguarded",
    )
