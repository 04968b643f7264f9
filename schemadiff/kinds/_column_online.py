"""What is done to a column of a table in use: in steps, none of which locks long.

The surprising fact: SET NOT NULL does not look at the rows where a valid check says already that
none is null (manual, ALTER TABLE, SET NOT NULL), and a check is validated while everyone works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified

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
    column: Any, plain: Operation, begin: Stage = Stage.FIRST
) -> Iterator[Operation]:
    """Prove by a check that there is no null, then set NOT NULL without a scan.

    Nothing but the first step says that it provides the column: a view that is rebuilt because of
    the column's type comes back with the type, and does not wait until the rows are read.
    """
    path, target = column.identity.path, column.identity
    table, name = qualified(*path[:2]), temporary_name("not null", *path)
    nullable = plain.guard.condition if plain.guard else "true"
    alter = f"ALTER TABLE {table}"
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"{alter} ADD CONSTRAINT {name} CHECK ({ident(target.name)} IS NOT NULL) NOT VALID",
        guard=Guard(f"{nullable} AND NOT {there(path, name)}"),
        provides=frozenset({Identity("leftover", (*path[:2], name))}),
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
        provides=frozenset({settled(path)}),
        stage=Stage.SWAP,
        why="has done its work",
        bound=False,
    )
