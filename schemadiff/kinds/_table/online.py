"""Partitions that come and go while both tables are in use.

ATTACH reads every row under a lock that stops everyone, unless a valid check says already what it
would find (manual, ALTER TABLE, ATTACH PARTITION); the same holds for the default partition, whose
rows must not belong to the new one. DETACH CONCURRENTLY leaves a check of its own making behind
unless there is one like it. So both get a check for a while, in the server's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.object import changed_attributes
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Transaction, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, literal
from schemadiff.kinds._column.online import there
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._table.heirs import below, lineage, relation
from schemadiff.kinds._table.proving import (
    DEFAULT,
    Check,
    adding,
    beside,
    dropping,
    leftover,
    prove,
    proved,
    validating,
)
from schemadiff.kinds._table.tree import is_counted

Path = tuple[str, ...]

_READS = frozenset({"foreign_key", "primary_key", "unique", "exclusion", "index"})
# What may change in the same plan: a check that proves a bound says nothing of it.
_BESIDE = frozenset({"check", "default", "policy", "trigger", "rule", "comment", "grant"})
_BY_HASH = "FOR VALUES WITH "  # its condition names the parent by its OID


def leaves_online(old: Any, new: Any, context: Context) -> bool:
    """Tell whether DETACH CONCURRENTLY can be said: not beside a default partition."""
    above = Identity("table", old.partition_of)
    return (
        context.busy(old)
        and new.partition_of is None
        and above in context.desired
        and not old.bound.startswith(_BY_HASH)
        and default_of(old.partition_of, context.current) is None
        and default_of(old.partition_of, context.desired) is None
    )


def joins_online(old: Any, new: Any, context: Context) -> bool:
    """Tell whether rows would be read under a lock that matters."""
    if old.partition_of or new.bound.startswith(_BY_HASH) or is_counted(new, context):
        return False
    if new.bound == DEFAULT:
        # What its rows are like is for all others to say, which come before or are there.
        now = {i for i, _ in _parts(new.partition_of, context.current)}
        then = {i for i, _ in _parts(new.partition_of, context.desired)} - {new.identity}
        return (
            context.busy(new) and now <= then and not (then - now) & context.current.objects.keys()
        )
    other = default_beside(new, context)
    return context.busy(new) or (other is not None and context.busy(other))


def _parts(whole: Path, side: Catalog) -> Iterator[tuple[Identity, Any]]:
    """Give the partitions of a table."""
    for identity in side.dependents.get(Identity("table", whole), ()):
        table: Any = side.get(identity)
        if getattr(table, "partition_of", None) == whole:
            yield identity, table


def default_of(parent: Path, side: Catalog) -> Any:
    """Give the default partition of a table."""
    return next((t for _, t in _parts(parent, side) if t.bound == DEFAULT), None)


def default_beside(new: Any, context: Context) -> Any:
    """Give the default partition beside which a table becomes a part, none that goes before."""
    other = default_of(new.partition_of, context.current)
    then: Any = context.desired.get(other.identity) if other is not None else None
    stays = then is not None and then.partition_of == new.partition_of
    return other if stays else None


def leave_in_steps(
    old: Any, plain: Operation, inherits: str, context: Context
) -> Iterator[Operation]:
    """DETACH CONCURRENTLY; one that was interrupted is finalized."""
    path, target = old.identity.path, old.identity
    name = temporary_name("detach", *path)
    pending = f"{inherits.removesuffix(')')} AND inhdetachpending)"
    free = f"{inherits.removesuffix(')')} AND NOT inhdetachpending)"
    bound = f"pg_catalog.pg_get_partition_constraintdef({literal(target.sql)}::regclass)"
    body = f"BEGIN EXECUTE pg_catalog.format({literal(adding(path, name))}, {bound}); END"
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"DO {dollar(body)}",
        guard=Guard(f"{free} AND NOT {there(path, name)}"),
        provides=frozenset({leftover(path, name)}),
        why="says what the rows are like, so that the server adds no check of its own",
        bound=False,
    )
    yield validating(path, target, name)
    yield replace(
        plain,
        sql=f"{plain.sql} CONCURRENTLY",
        guard=Guard(free),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        transaction=Transaction.OUTSIDE,
        stage=Stage.SWAP,
        why="waits for older transactions; then nobody reads the partition for a moment",
        # The lock above is that on the whole (manual, ALTER TABLE, DETACH PARTITION).
        hazards=(
            *plain.hazards,
            hazard(
                "lock-queue",
                target,
                f"{target.sql} itself is locked (ACCESS EXCLUSIVE) from when nobody uses the whole "
                "in an older transaction until nobody uses it by its own name.",
            ),
        ),
    )
    yield replace(
        plain,
        sql=f"{plain.sql} FINALIZE",
        guard=Guard(pending),
        transaction=Transaction.OUTSIDE,
        stage=Stage.SWAP,
        why="runs only where the statement before was cut short",
        clears=leftover(path, name) not in context.current,
    )
    yield dropping(path, target, name)


def rebound(whole: Path, context: Context) -> frozenset[Identity]:
    """Name the parts of a table whose bounds change while it is in use, if no columns do."""
    known: dict[Path, frozenset[Identity]] = context.memo.setdefault("rebound", {})
    if whole not in known:
        known[whole] = _rebound(whole, context)
    return known[whole]


def _rebound(whole: Path, context: Context) -> frozenset[Identity]:
    now, then = context.current, context.desired
    root = [*lineage(then, whole)][-1]
    paths = {root, *below(now, root), *below(then, root)}
    tables = {t.identity for p in paths for side in (now, then) if (t := relation(side, p))}
    inside = {i for t in tables for side in (now, then) for i in (t, *side.descendants(t))}
    found = {i for i in inside if now.get(i) != then.get(i)}
    if not context.replaced.isdisjoint(inside - found):
        return frozenset()  # rebuilt, for a type that is made anew
    found = {i for i in found if i.kind not in _BESIDE}
    for old, new in ((now.get(i), then.get(i)) for i in found):
        if old is None or new is None or changed_attributes(old, new) != {"bound"}:
            return frozenset()
    parts: list[Any] = [side.objects[i] for i in found for side in (now, then)]
    for part in parts:
        alone = part.bound == DEFAULT or part.bound.startswith(_BY_HASH)
        if alone or part.partition_of != whole or part.identity in context.replaced:
            return frozenset()
        if is_counted(part, context):
            return frozenset()
    busy = any(map(context.busy, parts)) or _has_busy_default(parts, context)
    stays = Identity("table", whole) not in context.replaced
    return frozenset(found) if busy and stays else frozenset()


def _has_busy_default(parts: Iterable[Any], context: Context) -> bool:
    others = (default_beside(part, context) for part in parts)
    return any(other is not None and context.busy(other) for other in others)


def rebind_in_steps(
    new: Any, leave: Operation, join: Operation, context: Context
) -> Iterator[Operation]:
    """Check beforehand what ATTACH would look at, while the part has its former bound."""
    checks = _checks(new, context)
    apart = " OR ".join(f"({op.guard.condition})" for op in (leave, join) if op.guard)
    yield from prove(new, checks, frozenset(), f"({apart})")
    known = frozenset(map(proved, rebound(new.partition_of, context)))
    why = "reads no rows for the bound: the checks have proved it"
    for op in (leave, replace(join, scans=False, reads=(), why=why)):
        yield replace(op, requires=op.requires | known, stage=Stage.SWAP)
    for each in checks:
        yield dropping(each.path, new.identity, each.name)


def join_in_steps(new: Any, plain: Operation, context: Context) -> Iterator[Operation]:
    """Check beforehand what ATTACH would look at, so that it looks at nothing."""
    target, checks = new.identity, _checks(new, context)
    apart = plain.guard.condition if plain.guard else "true"
    yield from prove(new, checks, plain.requires, apart)
    reads = any(not _has_alike(new, obj, context) for obj in _looked_at(new, context))
    why = "reads no rows for the bound: the checks have proved it" if checks else ""
    yield replace(
        plain,
        requires=plain.requires | {proved(new.identity)},
        scans=reads,
        reads=(),
        stage=Stage.SWAP,
        why=why,
    )
    for each in checks:
        yield dropping(each.path, target, each.name)


def _checks(new: Any, context: Context) -> list[Check]:
    """Give what its rows, and those of a default partition, are to fit."""
    found = []
    if new.identity.kind != FOREIGN:  # whose rows nobody looks at
        bounds = [t.bound for _, t in _parts(new.partition_of, context.desired)]
        said = sorted(bounds) if new.bound == DEFAULT else new.bound
        name = temporary_name("attach", *new.identity.path, said)
        found.append(Check(new.identity.path, name, "%s"))
    if (other := default_beside(new, context)) is not None:
        found.append(beside(new, other))
    return found


def _looked_at(new: Any, context: Context) -> Iterator[Any]:
    """Give what a table becomes a part of has that ATTACH would build of its rows, or check."""
    for path in lineage(context.desired, new.partition_of):
        for each in context.desired.children[Identity("table", path)]:
            if each.kind in _READS:
                yield context.desired.objects[each]


def _has_alike(new: Any, above: Any, context: Context) -> bool:
    """Tell whether a table has by then itself what ATTACH takes over as it is."""
    own = (context.desired.objects[i] for i in context.desired.children[new.identity])
    return any(
        o.identity.kind == above.identity.kind and replace(above, identity=o.identity) == o
        for o in own
    )


def made_as_part(new: Any, plain: Operation, context: Context) -> Iterator[Operation]:
    """Make a part, for which the whole is locked, and the default partition is read under a lock.

    Where that one has rows it is proved beforehand that none of them belongs to the new part.
    """
    whole = Identity("table", new.partition_of)
    plain = replace(plain, touches=(whole,))
    other = default_beside(new, context)
    if other is None or other.identity.kind == FOREIGN:
        yield plain
        return
    if whole in context.replaced or not context.busy(other):
        yield replace(plain, scans=True, scan_for=ScanFor.ROWS, reads=(other.identity,))
        return
    check = beside(new, other)
    missing = f"to_regclass({literal(new.identity.sql)}) IS NULL"
    yield from prove(new, [check], plain.requires, missing)
    yield replace(
        plain,
        requires=plain.requires | {proved(new.identity)},
        touches=(whole, other.identity),
        stage=Stage.SWAP,
        why="reads no rows of the default partition: the check has proved it",
    )
    yield dropping(check.path, new.identity, check.name)


def whole_of(part: Any) -> tuple[Identity, ...]:
    """Name the table that a partition is of, which is locked as well when it goes or is let go."""
    return (Identity("table", part.partition_of),) if part.partition_of else ()
