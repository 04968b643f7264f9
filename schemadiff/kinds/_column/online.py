"""What is done to a column of a table in use: in steps, none of which locks long.

The surprising fact: SET NOT NULL does not look at the rows where a valid check says already that
none is null (manual, ALTER TABLE, SET NOT NULL), and a check is validated while everyone works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal, qualified

_ROWS = frozenset({"composite", "table", "foreign_table", "view", "materialized_view"})


def may_be_row(identity: Identity, catalog: Catalog) -> bool:
    """Tell whether a column's values may be rows, of which IS NOT NULL asks something else.

    A row is not null in that sense only when all its fields are (manual, 9.2).
    """
    seen: set[Identity] = set()
    queue = [identity]
    while queue:
        for each in catalog.depends_on(queue.pop()):
            if each.kind in _ROWS and each.path != identity.path[:2]:
                return True
            if each.kind == "domain" and each not in seen:
                seen.add(each)
                queue.append(each)
    return False


def settled(path: tuple[str, ...]) -> Identity:
    """Name the moment when all steps with a column's rows are done."""
    return Identity("leftover", (*path, "settled"))


def there(path: tuple[str, ...], name: str, condition: str = "") -> str:
    """Give the condition "the table has a constraint of that name, and it is like this"."""
    more = f" AND {condition}" if condition else ""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = "
        f"to_regclass({literal(qualified(*path[:2]))}) AND conname = {literal(name)}{more})"
    )


def not_null_in_steps(
    columns: Sequence[tuple[Any, Operation]], begin: Stage = Stage.FIRST
) -> Iterator[Operation]:
    """Prove by a check that there is no null, then set NOT NULL without a scan.

    `columns` are those of one table, each with its plain statement: one check speaks of all, so
    the rows are read once, and all are set in one statement. Nothing but the first step says that
    it provides the columns: a view that is rebuilt because of a column's type comes back with the
    type, and does not wait until the rows are read.
    """
    target, names = columns[0][0].identity, [column.identity.name for column, _ in columns]
    path = target.path[:2]
    name, alter = temporary_name("not null", *path, *names), f"ALTER TABLE {qualified(*path)}"
    plain = _at_once([op for _, op in columns], alter)
    nullable = plain.guard.condition if plain.guard else "true"
    said = " AND ".join(f"{ident(each)} IS NOT NULL" for each in names)
    alone = " NO INHERIT" if any(column.not_null_no_inherit for column, _ in columns) else ""
    mates = {column.identity for column, _ in columns[1:]}
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"{alter} ADD CONSTRAINT {name} CHECK ({said}){alone} NOT VALID",
        guard=Guard(f"({nullable}) AND NOT {there(path, name)}"),
        provides=frozenset({Identity("leftover", (*path, name)), *mates}),
        stage=begin,
        why="holds for new rows at once; reads none",
    )
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"{alter} VALIDATE CONSTRAINT {name}",
        guard=Guard(there(path, name, "NOT convalidated")),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        stage=Stage.SCAN,
        why="proves that there is no NULL while everyone reads and writes",
        bound=False,
    )
    why = "reads no rows: the check has proved it"
    yield replace(plain, scans=False, stage=Stage.SWAP, why=why, bound=False)
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"{alter} DROP CONSTRAINT IF EXISTS {name}",
        guard=Guard(there(path, name)),
        provides=frozenset(settled(column.identity.path) for column, _ in columns),
        stage=Stage.SWAP,
        why="has done its work",
        bound=False,
    )


def _at_once(plain: Sequence[Operation], alter: str) -> Operation:
    """Give statements that alter one table as one; it may be said again."""
    actions = comma(op.sql.removeprefix(f"{alter} ") for op in plain)
    guard = reduce(or_, (op.guard for op in plain if op.guard))
    return replace(plain[0], sql=f"{alter} {actions}", guard=guard)
