"""Foreign keys of partitioned tables in use, before PostgreSQL 18 lets them be NOT VALID.

Each partition gets the key by itself, not valid, which is then validated while everyone works; the
key of the whole takes over what is valid and reads nothing. The surprising fact: it also drops
triggers of the referenced table, whose readers wait for that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._column.online import there
from schemadiff.kinds._index.online import is_partitioned
from schemadiff.kinds._index.parts import Parts, joining, leaves, unchanged
from schemadiff.kinds._table.online import joins_online

_NOT_VALID_SINCE = 180000


def referring_parts(new: Any, context: Context) -> list[Identity]:
    """Name the partitions that get the key by themselves; none where it is not done so."""
    if context.version >= _NOT_VALID_SINCE or not (new.valid and new.enforced):
        return []
    if context.rebuilding or not context.busy(new) or not is_partitioned(new, context):
        return []
    if Identity("table", new.target) not in context.desired:
        return []
    found = leaves(new.parent, context) or []
    name = new.identity.name
    sides = (context.current, context.desired)
    if any(i.name == name for s in sides for leaf in found for i in s.children.get(leaf, ())):
        return []
    # What refers to each part of another table is named after the part that refers.
    return [] if any(name.startswith(f"{leaf.name}_") for leaf in found) else found


def taking_over(made: Iterable[Operation], new: Any, context: Context) -> Iterator[Operation]:
    """Say where a table comes along that may have such a key, which becomes a part of the new one.

    Its triggers are dropped then, for which readers of both tables wait as well.
    """
    comes = any(_before_key(part, new, context) for part in joining(new.parent, context))
    for op in made:
        if comes and op.verb is Verb.CREATE:
            why = "takes over the key that a table brings along, whose triggers go on both sides"
            yield replace(op, lock=LockMode.ACCESS_EXCLUSIVE, fold=None, why=op.why or why)
        else:
            yield op


def _before_key(part: Identity, new: Any, context: Context) -> bool:
    """Tell whether a table becomes a part before the key is added."""
    old, then = context.current.objects[part], context.desired.objects[part]
    return new.target == new.identity.path[:2] or not joins_online(old, then, context)


def refer_in_parts(
    plain: Operation, new: Any, clause: str, tables: list[Identity], exists: str
) -> Iterator[Operation]:
    """Add the key to each partition, validate it, and let the whole take it over."""
    same = unchanged(new.parent, Parts((), len(tables)))
    steps = [list(_steps(plain, new, clause, table, exists, same)) for table in tables]
    for of_all in zip(*steps, strict=True):  # one kind of step for all partitions, then the next
        yield from of_all
    yield replace(
        plain,
        guard=Guard(f"NOT {exists} AND {same}"),
        requires=plain.requires | {i for *_, last in steps for i in last.provides},
        lock=LockMode.ACCESS_EXCLUSIVE,
        scans=False,
        fold=None,
        stage=Stage.SWAP,
        why="takes over the keys of the partitions, which are valid, and reads nothing",
    )


def _steps(  # noqa: PLR0917  what they are made of
    plain: Operation, new: Any, clause: str, table: Identity, exists: str, same: str
) -> Iterator[Operation]:
    """Add the key to a partition under a name for a while, validate it, give it its name."""
    target, path, alter = new.identity, table.path, f"ALTER TABLE {qualified(*table.path)}"
    place = temporary_name("foreign key", *target.path, *path, clause)
    left = Identity("leftover", (*path, place))
    free = f"NOT {there(path, place)} AND NOT {there(path, target.name, 'conparentid = 0')}"
    step = Operation(verb=Verb.ALTER, target=target, sql="", lock=plain.lock, bound=False)
    yield replace(
        step,
        sql=f"{alter} ADD CONSTRAINT {place} {clause} NOT VALID",
        guard=Guard(f"NOT {exists} AND {free}"),
        requires=plain.requires | _columns(new),
        provides=frozenset({left}),
        why="holds for new rows of the partition at once; reads nothing",
    )
    yield replace(
        step,
        sql=f"{alter} VALIDATE CONSTRAINT {place}",
        guard=Guard(there(path, place, "NOT convalidated")),
        requires=frozenset({left}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        stage=Stage.SCAN,
        why="checks the rows of the partition while everyone reads and writes",
    )
    yield replace(
        step,
        sql=f"{alter} RENAME CONSTRAINT {place} TO {ident(target.name)}",
        guard=Guard(f"{there(path, place, 'convalidated')} AND {same}"),
        requires=frozenset({left}),
        provides=frozenset({Identity("leftover", (*path, place, "named"))}),
        lock=LockMode.ACCESS_EXCLUSIVE,
        stage=Stage.SWAP,
        why="gets the name that it keeps",
    )


def _columns(new: Any) -> frozenset[Identity]:
    """Name the columns on both sides, which have to be there with their types."""
    own = {Identity("column", (*new.identity.path[:2], c)) for c in new.columns}
    theirs = {Identity("column", (*new.target, c)) for c in new.target_columns}
    return frozenset(own | theirs)
