"""A column that is added to a table, or made with it, and what has to come after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Fold, Guard, Host, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.kinds._column.alter import attribute, is_read, table_sql
from schemadiff.kinds._column.around import in_order, is_bound, writes_anew
from schemadiff.kinds._column.fill import filled_at_once
from schemadiff.kinds._column.identity import (
    added_under,
    fill_rows,
    numbered_later,
    valued_later,
)
from schemadiff.kinds._column.settings import alter_settings
from schemadiff.kinds._column.sql import definition
from schemadiff.kinds._default_parts import hides_default
from schemadiff.kinds._identity import numbered_apart
from schemadiff.kinds._not_null import as_heir, name_awaited, named, plain_not_null, unnumbered


def added(column: Any, context: Context) -> Iterator[Operation]:
    """ADD COLUMN, or a line of CREATE TABLE; a table in use is filled in batches."""
    new, numbered = named(column, context), numbered_later(column, context)
    later = numbered or valued_later(new, context)
    written = as_heir(unnumbered(new) if later else new, context)
    said = definition(written) + (" DEFAULT NULL" if hides_default(new, context) else "")
    head = f"{table_sql(new)} ADD COLUMN IF NOT EXISTS {said}"
    anew = writes_anew(new, context, in_steps=later)
    gone = added_under(new, context)
    yield Operation(
        verb=Verb.CREATE,
        target=new.identity,
        sql=head,
        # It takes no ADD COLUMN at all, whether the column exists or not.
        guard=Guard(f"NOT {attribute(new, 'true')}") if gone or is_bound(new, context) else None,
        destroys=gone,
        requires=in_order(new, context) | name_awaited(new, context),
        provides=frozenset({Identity("identity_sequence", new.identity.path)}),
        host=Host(head, joiner="", lead=said),
        fold=Fold(new.parent, said, rank=20),
        rewrites=bool(anew),
        why=(anew or filled_at_once(new, context)) if context.busy(new) else "",
        scans=not later and is_read(new, context),
    )
    if later:
        yield from fill_rows(new, context, numbered=numbered)
    more = [*numbered_apart(new, written, context)] if not later else []
    more += alter_settings(None, new, context.version, retyped=False)
    if not later and not new.not_null_valid:
        more.append(plain_not_null(new))
    for op in more:
        yield replace(op, requires=frozenset({op.target}), bound=False)
