"""New bounds of a sequence, and where it stands.

PostgreSQL refuses bounds outside of which a sequence stands (manual, ALTER SEQUENCE). The
surprising fact: that holds for one that never gave a number, too, which may start anew instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, PreflightKind, Question
from schemadiff.core.sql import literal
from schemadiff.kinds._column.around import sequence_of


class SequenceQuestions(PreflightKind):
    """The question of sequences."""

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask where it stands when its bounds change."""
        del changed
        if old and new and narrowed(old, new) and not apart(old, new):
            yield stands_outside(new.identity, asking.live(new.identity), old, new)


def narrowed(old: Any, new: Any) -> bool:
    """Tell whether a number that was inside may be outside."""
    return bool(old.minimum < new.minimum or new.maximum < old.maximum)


def apart(old: Any, new: Any) -> bool:
    """Tell whether no number that was inside is inside."""
    return bool(old.maximum < new.minimum or new.maximum < old.minimum)


def may_start_anew(old: Any, new: Any) -> bool:
    """Tell whether one that never gave a number stands outside."""
    return not new.minimum <= old.start <= new.maximum and not apart(old, new)


def is_fresh(sequence: Identity, old: Any, new: Any) -> str:
    """Give the condition that a sequence never gave a number, and cannot begin where it would."""
    return (
        f"EXISTS (SELECT 1 FROM {sequence.sql} WHERE NOT is_called AND last_value = {old.start} "
        f"AND {_outside(new)})"
    )


def beyond(options: Any) -> str:
    """Give the condition that numbers that were given are past the end of others."""
    past = f"> {options.maximum}" if options.increment > 0 else f"< {options.minimum}"
    return f"is_called AND last_value {past}"


def refuse(source: Identity, to: Identity, options: Any) -> str:
    """Write what ends a block where a counter cannot go on from another."""
    message = f"{source.sql} stands past the end of {to.sql}"
    hint = f"give it bounds in which it can go on; {options.minimum} to {options.maximum} ends it"
    return (
        f"IF EXISTS (SELECT 1 FROM {source.sql} WHERE {beyond(options)}) THEN RAISE EXCEPTION "
        f"USING ERRCODE = 'sequence_generator_limit_exceeded', MESSAGE = {literal(message)}, "
        f"HINT = {literal(hint)}; END IF"
    )


def stands_outside(subject: Identity, sequence: Identity, old: Any, new: Any) -> Question:
    """Ask where a sequence stands whose bounds change."""
    where = f"NOT ({_outside(new)} AND NOT is_called AND last_value = {old.start})"
    return _question(subject, sequence, new, f"{_outside(new)} AND {where}")


def counter_questions(
    old: Any, new: Any, before: Identity | None, after: Identity | None, asking: Asking
) -> Iterator[Question]:
    """Ask of the counter of a column that is, becomes or was an identity."""
    context = asking.context
    own = Identity("sequence", sequence_of(old))
    was, is_ = old.identity_options, new.identity_options
    if was is not None and is_ is not None:
        if narrowed(was, is_) and not apart(was, is_):
            yield stands_outside(new.identity, asking.live(own), was, is_)
        return
    source, there = (own, was) if was is not None else (before, context.current.get(before or own))
    wanted = is_ if is_ is not None else context.desired.get(after or own)
    if source is not None and there is not None and wanted is not None and narrowed(there, wanted):
        yield _question(new.identity, asking.live(source), wanted, beyond(wanted))


def _outside(options: Any) -> str:
    return f"last_value NOT BETWEEN {options.minimum} AND {options.maximum}"


def _question(subject: Identity, sequence: Identity, new: Any, where: str) -> Question:
    bounds = f"{new.minimum} to {new.maximum}"
    return Question(
        subject=subject,
        meaning=Meaning.FAILS,
        text=f"sequences that cannot go on within {bounds} ({sequence.sql})",
        count=f"SELECT pg_catalog.count(*) FROM {sequence.sql} WHERE {where}",
        examples=f"SELECT ARRAY['last_value', last_value::text] FROM {sequence.sql} WHERE {where}",
    )


def options_apart(old: Any, new: Any) -> Iterator[str]:
    """Write the options in which two sequences differ."""
    retyped = old.type != new.type
    if retyped:
        yield f"AS {new.type}"
    if old.increment != new.increment:
        yield f"INCREMENT BY {new.increment}"
    # A new type moves bounds that were the old type's own, so both are said again.
    if old.minimum != new.minimum or retyped:
        yield f"MINVALUE {new.minimum}"
    if old.maximum != new.maximum or retyped:
        yield f"MAXVALUE {new.maximum}"
    if old.start != new.start:
        yield f"START WITH {new.start}"
    if old.cache != new.cache:
        yield f"CACHE {new.cache}"
    if old.cycle != new.cycle:
        yield "CYCLE" if new.cycle else "NO CYCLE"


def too_many(new: Any, asking: Asking) -> Iterator[Question]:
    """Ask for the rows that a new column has no number for, which each of them is given."""
    desired = asking.context.desired
    default = Identity("default", new.identity.path)
    fresh = (i for i in desired.depends_on(default) if i not in asking.context.current)
    counters = [desired.objects[i] for i in fresh if i.kind == "sequence"]
    options: Any = new.identity_options or next(iter(counters), None)
    if options is None or (options.cycle and not _is_key(new, asking)):
        return
    last = min(_numbers(options), 2**63 - 1)
    alone = getattr(asking.context.current.get(new.parent), "partition_by", None) is None
    source = f"{'ONLY ' if alone else ''}{asking.live(new.parent).sql}"
    yield Question(
        subject=new.identity,
        meaning=Meaning.FAILS,
        text=f"rows of {new.parent.sql} beyond the last number of the new {new.identity}",
        count=f"SELECT greatest(pg_catalog.count(*) - {last}, 0) FROM {source}",
        tables=(new.parent,),
    )


def _numbers(options: Any) -> int:
    """Count the numbers that a counter gives before it ends, or gives one of them again."""
    up, step = options.increment > 0, abs(options.increment)
    way = options.maximum - options.start if up else options.start - options.minimum
    first, round_ = way // step + 1, (options.maximum - options.minimum) // step + 1
    if not options.cycle:
        return int(first)
    begun = options.start - options.minimum if up else options.maximum - options.start
    return int(round_ if begun % step == 0 else first + round_)


def _is_key(new: Any, asking: Asking) -> bool:
    """Tell whether each number of a new column has to be another one."""
    desired = asking.context.desired
    for identity in desired.dependents.get(new.identity, ()):
        key: Any = desired.objects[identity]
        columns = [getattr(c, "text", c) for c in getattr(key, "columns", ())]
        unique = identity.kind in ("primary_key", "unique") or getattr(key, "unique", False)
        if unique and not getattr(key, "where", None) and len(columns) == 1:
            return True
    return False
