"""NOT NULLs of parts, called otherwise than that of their whole, as its column is made anew (18).

PostgreSQL 18 makes the NOT NULL anew with the type, for all parts under one name, and fails where
one has said its own under another. The surprising fact: a part that leaves and comes back has said
nothing itself any more, while a key that takes over an index makes it say all its columns' again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation
from schemadiff.core.record import replace
from schemadiff.kinds._not_null import as_block, rename_not_null
from schemadiff.kinds._not_null_apart import Renaming
from schemadiff.kinds._part_not_null import PartNotNull, has_not_null, otherwise
from schemadiff.kinds._table.heirs import lineage, relation

Path = tuple[str, ...]


def taken_back(column: Any, context: Context) -> Iterator[Operation]:
    """Let the parts go and come back that have said the NOT NULL of a column themselves."""
    old: Any = context.current.objects[column.identity]
    for path, called in otherwise(old).items() if old.not_null and column.not_null else ():
        if not called.own or not _stays_part(path, context):
            continue
        said = _said(path, column, called.name)
        renaming = Renaming(said, said, context, lambda *_: True)
        op = as_block(rename_not_null(said, called.name), renaming.of_part_again(), renaming)
        yield replace(
            op,
            target=column.identity,
            guard=Guard(has_not_null(path, called.name, "conislocal AND coninhcount > 0")),
            provides=frozenset({_gone(path, column)}),
            why="the NOT NULL of the part stands in the way of another type",
            bound=False,
        )


def called_again(column: Any, context: Context) -> Iterator[Operation]:
    """Give back to parts the names of their NOT NULLs, which are those of the whole by now.

    The upper ones come first: their parts are renamed with them.
    """
    old: Any = context.current.objects[column.identity]
    paths = otherwise(old) if old.not_null and column.not_null else {}
    done = frozenset({column.identity})
    for path in sorted(paths, key=lambda p: (len([*lineage(context.current, p)]), p)):
        if not _stays_part(path, context):
            continue
        said = _said(path, column, paths[path].name)
        desired: Any = context.desired.get(said.identity)
        name = str((desired and desired.not_null_name) or said.not_null_name)
        renaming = Renaming(said, said, context, lambda *_: True)
        op = as_block(rename_not_null(said, name), renaming.of_part_anew(name), renaming)
        here = frozenset({Identity("leftover", (*path, column.identity.name, "called"))})
        yield replace(
            op,
            target=said.identity if desired else column.identity,
            guard=Guard(f"NOT {has_not_null(path, name)}"),
            requires=done,
            provides=here,
            why="the part calls its NOT NULL so",
            bound=False,
        )
        done |= here


def _said(path: Path, column: Any, name: str) -> PartNotNull:
    return PartNotNull(Identity("part_not_null", (*path, column.identity.name)), name)


def _stays_part(path: Path, context: Context) -> bool:
    sides = (relation(side, path) for side in (context.current, context.desired))
    wholes = [getattr(table, "partition_of", None) for table in sides]
    return wholes[0] is not None and wholes[0] == wholes[1]


def _gone(path: Path, column: Any) -> Identity:
    """Name the moment when a part says it no more."""
    return Identity("leftover", (*path, column.identity.name, "taken back"))


def after(op: Operation, taken: list[Operation]) -> Operation:
    """Have what makes it anew wait for that."""
    return replace(op, requires=op.requires.union(*(each.provides for each in taken)))
