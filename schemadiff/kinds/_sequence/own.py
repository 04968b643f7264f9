"""OWNED BY: a sequence goes with a column.

The surprising fact: sequence and table must have the same owner, and whoever runs the plan owns a
new sequence, but not always the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._identity import counts_anew
from schemadiff.kinds._table.anew import is_made_anew

Column = tuple[str, str, str]


def own(sequence: Identity, column: Column, context: Context) -> Iterator[Operation]:
    """OWNED BY, after the sequence has been handed to the owner of the table."""
    table = Identity("table", column[:2])
    owner = Identity("owner", (*table.path, table.kind))
    # One that is made is handed over itself, and waits for nothing of its columns.
    made = table not in context.current or is_made_anew(table.path, context)
    role = getattr((context.desired if made else context.current).get(owner), "role", None)
    after = frozenset({owner} if made and role is not None else ())
    if role is not None:
        yield Operation(
            verb=Verb.ALTER,
            target=sequence,
            sql=f"ALTER SEQUENCE {sequence.sql} OWNER TO {ident(role)}",
            guard=Guard(_is_free(sequence)),
            requires=frozenset({sequence}) | after,
            lock=LockMode.ACCESS_EXCLUSIVE,
            bound=False,
        )
    yield Operation(
        verb=Verb.ALTER,
        target=sequence,
        sql=f"ALTER SEQUENCE {sequence.sql} OWNED BY {qualified(*column)}",
        requires=frozenset({sequence, Identity("column", column)}) | after,
        lock=LockMode.SHARE_ROW_EXCLUSIVE,
        bound=False,
    )


def goes_with(old: Any, context: Context) -> tuple[Identity | None, bool]:
    """Name the column that takes a sequence along when it is dropped, with its table or alone.

    Also tells whether anybody misses where it stands.
    """
    if old.owner is None:
        return None, True
    column = Identity("column", old.owner)
    dies = column in context.current and column not in context.desired
    if not dies and column not in context.replaced:
        return None, True
    return column, not dies and not counts_anew(column, context)


def _is_free(sequence: Identity) -> str:
    """Give the condition that the sequence belongs to no column: else it follows its table."""
    catalog = "'pg_catalog.pg_class'::pg_catalog.regclass"
    return (
        f"NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = {catalog} "
        f"AND d.objid = pg_catalog.to_regclass({literal(sequence.sql)}) "
        f"AND d.refclassid = {catalog} AND d.deptype = 'a')"
    )


def is_left(old: Column, new: Column | None, context: Context) -> bool:
    """Tell whether an owner has to be left; one that is not there by that name was renamed."""
    column = Identity("column", old)
    return new is None or (column in context.current and column not in context.desired)


def is_of(owner: Column | None, cause: Identity) -> bool:
    """Tell whether an owner is a column, or in a table, that is made anew."""
    return owner is not None and owner[: len(cause.path)] == cause.path
