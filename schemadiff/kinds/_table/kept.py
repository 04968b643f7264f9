"""What goes on of the rows of a table that is made anew: which columns, and as what.

The surprising fact: USING is read while the rows are copied aside where what its column is of
changes, and as they come back where that is not known before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.record import record
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._column.alter import has_no_way, is_left_null, values_lost
from schemadiff.kinds._column.around import sequence_of
from schemadiff.kinds._fields_by_name import with_functions
from schemadiff.kinds._identity import counter, counts_anew
from schemadiff.kinds._moving import another_kind, names
from schemadiff.kinds._row.type import rows_below
from schemadiff.kinds._table.anew_types import (
    changes_below,
    loosely,
    losses_below,
    new_below,
    told,
)
from schemadiff.kinds._table.for_good import columns_of
from schemadiff.kinds._table.heirs import Path, below
from schemadiff.kinds._type_change import casts_of, reads_session


@record(frozen=True)
class Kept:
    """The rows of a table: its parts before and after, its columns, and what of them is lost."""

    parts: tuple[frozenset[Path], frozenset[Path]]
    values: tuple[tuple[str, str], ...]  # a column, and the expression for its new value
    using: bool  # whether one of these is the user's own, or one that the session's settings tell
    counters: tuple[tuple[Any, str], ...]  # a column, and what gave it its numbers before
    lost: tuple[Hazard, ...]
    copied: dict[str, str]  # what is copied of columns whose types a copy would hold up
    early: frozenset[Identity] | None  # what has to be there for a USING that is read before
    read: tuple[Identity, ...]  # columns that go, and that a USING reads as the rows come back
    held: tuple[Identity, ...]  # columns of types that change, whose copies it reads


def kept(table: Identity, context: Context) -> Kept | None:
    """Tell how the rows of a table that is made anew go on; None where they do not."""
    key = f"rows of {table.path!r}"
    if key not in context.memo:
        context.memo[key] = _kept(table, context)
    found: Kept | None = context.memo[key]
    return found


def _kept(table: Identity, context: Context) -> Kept | None:
    old: Any = context.current.get(table)
    new: Any = context.desired.get(table)
    if old is None or new is None or old.inherits or new.inherits:
        return None
    if old.partition_of != new.partition_of:
        return None
    if _has_heirs(table, context):
        return None  # its rows would not be where they are looked for
    # Other heirs stand alone meanwhile, and keep their rows.
    parts = [
        frozenset(below(side, table.path) if divided else ())
        for side, divided in (
            (context.current, old.partition_by),
            (context.desired, new.partition_by),
        )
    ]
    return _with_columns(table, (parts[0], parts[1]), context)


def _has_heirs(table: Identity, context: Context) -> bool:
    """Tell whether others inherit from a table afterwards that did not stand alone meanwhile.

    What is new is made after it, as its heir.
    """
    for each in context.desired.dependents.get(table, ()):
        was: Any = context.current.get(each)
        will: Any = context.desired.objects[each]
        heir = table.path in getattr(will, "inherits", ()) and table.path not in will.rejoins
        if heir and was is not None and getattr(was, "partition_of", None) != table.path:
            return True
    return False


def _with_columns(
    table: Identity, parts: tuple[frozenset[Path], frozenset[Path]], context: Context
) -> Kept | None:
    before, after = (columns_of(table, c) for c in (context.current, context.desired))
    values, counters, using, copied = [], [], False, dict[str, str]()
    lost, early, late = _dropped(before, after), None, list[str]()
    for name, new in after.items():
        old = before.get(name)
        if old is None or new.generated is not None:
            continue
        if has_no_way(old, new, context):
            if not (_may_be_null(new, context) or context.sizes.none_in(table)):
                return None
            lost |= dict.fromkeys(values_lost(old, context))
            continue
        other = old.type != new.type or another_kind(old.identity, context)
        said = new.using if other else None
        by_text = changes_below(old.identity, context)
        text = told(ident(name), old.type, new.type, context) if by_text and not said else None
        soon = said and (by_text or _reads_rows(said, before, context))
        first = new_below(new.identity, context) if soon else None
        if by_text and text is None and not said:
            return None
        casts = casts_of(old, new, context) if old.type != new.type else ()
        if first is not None:
            # A cast cuts what assigning it, as the rows come back, refuses (manual, 8.3).
            copied[name] = f"({said})::{loosely(new.type, context)}"
            early, said, casts = first | (early or frozenset()), None, ()
        elif soon and _reads_rows(said, before, context) and _reads_alike(new.type, context):
            copied[name], said, casts = f'({said})::text COLLATE "C"', None, (new.type,)
        if text is not None:
            copied[name] = f'{text} COLLATE "C"'
            lost |= dict.fromkeys(losses_below(by_text, context))
            casts = casts or (new.type,)
        late += [said] if said else []
        using |= said is not None or (first is None and reads_session(old.type, new.type))
        values.append((name, said or "::".join((ident(name), *casts))))
        if counts_anew(new.identity, context):
            counters.append((new, _gave_numbers(old, context)))
    read = [c.identity for n, c in before.items() if any(names(each, n) for each in late)]
    if not values or any(rows_below(i, context.current, context) for i in read):
        return None
    more = tuple(i for i in read if i.name not in dict(values))
    held = tuple(i for i in read if i.name not in copied and changes_below(i, context))
    return Kept(
        parts, tuple(values), using, tuple(counters), tuple(lost), copied, early, more, held
    )


def _may_be_null(new: Any, context: Context) -> bool:
    """Tell whether rows may come back without a value of a column."""
    table: Any = context.desired.objects[new.parent]
    key = table.partition_by and names(table.partition_by, new.identity.name)
    return not key and not is_left_null(new, context)


def _reads_rows(said: str | None, before: dict[str, Any], context: Context) -> bool:
    """Tell whether USING reads rows of another relation, which would hold that up in a copy."""
    read = (c.identity for n, c in before.items() if said and names(said, n))
    return any(rows_below(i, context.current, context) for i in read)


def _reads_alike(type_: str, context: Context) -> bool:
    """Tell whether the text of a value is read as the same one by the new form of its type."""
    return told("v", type_, type_, context) == "v::text"


def _gave_numbers(old: Any, context: Context) -> str:
    """Name the sequence of a column; nothing where it has none."""
    if old.identity_options is not None:
        return qualified(*sequence_of(old))
    found = counter(old.identity, context.current)
    return found.sql if found is not None else ""


def _dropped(before: dict[str, Any], after: dict[str, Any]) -> dict[Hazard, None]:
    """Give, in order, what columns lose that are not there any more, or are generated."""
    made = {n for n, c in after.items() if c.generated is None}
    gone = sorted(c.identity for n, c in before.items() if not c.generated and n not in made)
    said = (data_loss("drop-column", i, f"The values of {i.sql} are lost.") for i in gone)
    return dict.fromkeys(said)


def with_table_functions(
    sql: str, table: Identity, columns: Iterable[str], context: Context
) -> str:
    """Have a statement that copies rows make the functions that USING of these columns calls."""
    before, after = (columns_of(table, c) for c in (context.current, context.desired))
    both = ((before[n], after[n]) for n in columns if n in before and n in after)
    return with_functions(sql, both, context)
