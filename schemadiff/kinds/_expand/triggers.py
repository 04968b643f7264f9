"""Which triggers leave a table fit for a type that changes beside the old one.

A trigger must neither see that a row is filled, nor go by the order or the number of columns. An
UPDATE of the new column alone does not fire what is on INSERT, DELETE or UPDATE OF other columns
(manual, CREATE TRIGGER); the rest is kept silent by session_replication_role where the role may
set that. What a function does with its row only its text says: each word NEW and OLD in it has to
be that of one column, or what it returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import LexError, code
from schemadiff.core.object import DbObject
from schemadiff.core.online import LAST, PREFIX
from schemadiff.kinds._table.heirs import below

_ROWS = frozenset({"new", "old"})


def fires(trigger: Any) -> bool:
    """Tell whether filling the rows would fire a trigger."""
    fired = "update" in trigger.events and not trigger.update_of
    return fired and states(trigger) != {"disabled"}


def states(trigger: Any) -> set[str]:
    """Say when it fires, in its table and in the parts of that which have it otherwise."""
    return {trigger.enabled, *(state for *_, state in trigger.enabled_on)}


def triggers(table: Identity, side: Catalog) -> Iterator[Identity]:
    """Name the triggers of a table and of its parts or heirs."""
    for path in (table.path, *below(side, table.path)):
        inside = side.children.get(Identity("table", path), ())
        yield from (i for i in inside if i.kind == "trigger")


def apart(table: Identity, context: Context) -> tuple[frozenset[Identity], frozenset[Identity]]:
    """Name the triggers that go before the first step, and those that come after the last.

    Where some go and some come nothing would be done in between, so that both stay as they are.
    """
    here, there = (set(triggers(table, side)) for side in (context.current, context.desired))
    gone, made = here - there, there - here
    return (frozenset(), frozenset()) if gone and made else (frozenset(gone), frozenset(made))


def unfit_triggers(table: Identity, context: Context) -> Iterator[str]:
    """Say which triggers keep a table from changing in steps, and why."""
    aside = frozenset().union(*apart(table, context))
    for side in (context.current, context.desired):
        for each in sorted(triggers(table, side)):
            if each not in aside:
                yield why_unfit(side.objects[each], side, quiet=context.sizes.quiet)


def why_unfit(trigger: Any, side: Catalog, *, quiet: bool) -> str:
    """Say why a trigger keeps its table from changing in steps."""
    identity: Identity = trigger.identity
    if fires(trigger) and not (quiet and states(trigger) <= {"origin", "disabled"}):
        return f"{identity} would see each row filled"
    if trigger.old_table or trigger.new_table:
        return f"{identity} sees whole rows, and may go by the order of columns"
    if trigger.for_each != "row":
        return ""
    if trigger.timing == "before" and identity.name.encode() > (LAST + PREFIX).encode():
        return f"{identity} fires after what keeps both columns in step"
    function = side.get(Identity("function", (*trigger.function, "")))
    if _by_column(trigger.when or "") and function is not None and _reads_columns(function):
        return ""
    return f"{identity} may go by the order of columns"


def _reads_columns(function: DbObject) -> bool:
    language, body = getattr(function, "language", ""), getattr(function, "body", None)
    return language == "plpgsql" and body is not None and _by_column(body)


def _by_column(text: str) -> bool:
    """Tell whether a text speaks of NEW and OLD only to name a column, or to return the row."""
    try:
        tokens = code(text)
    except LexError:
        return False
    for before, token, after, column in zip(
        [None, *tokens], tokens, [*tokens[1:], None], [*tokens[2:], None, None], strict=False
    ):
        if token.value not in _ROWS:
            continue
        returned = before is not None and before.value == "return" and _is(after, ";")
        named = _is(after, ".") and column is not None and column.text != "*"
        if not (returned or named):
            return False
    return True


def _is(token: Any, text: str) -> bool:
    return token is not None and token.text == text
