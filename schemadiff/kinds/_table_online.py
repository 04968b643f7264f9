"""Partitions that come and go while both tables are in use.

ATTACH reads every row under a lock that stops everyone, unless a valid check says already what it
would find (manual, ALTER TABLE, ATTACH PARTITION); the same holds for the default partition, whose
rows must not belong to the new one. DETACH CONCURRENTLY leaves a check of its own making behind
unless there is one like it. So both get a check for a while, in the server's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schemadiff.core.hazard import hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.sql import dollar, literal, qualified
from schemadiff.kinds._column_online import there
from schemadiff.kinds._foreign import FOREIGN

Path = tuple[str, ...]

_READS = frozenset({"foreign_key", "primary_key", "unique", "exclusion", "index"})
_BY_HASH = "FOR VALUES WITH "  # its condition names the parent by its OID


def leaves_online(old: Any, new: Any, context: Context) -> bool:
    """Tell whether DETACH CONCURRENTLY can be said: not beside a default partition."""
    above = Identity("table", old.partition_of)
    return (
        context.busy(old)
        and new.partition_of is None
        and above in context.desired
        and not old.bound.startswith(_BY_HASH)
        and default_of(old.partition_of, context) is None
    )


def joins_online(old: Any, new: Any, context: Context) -> bool:
    """Tell whether rows would be read under a lock that matters."""
    if old.partition_of or new.bound == "DEFAULT" or new.bound.startswith(_BY_HASH):
        return False
    other = _default_to_check(new, context)
    return context.busy(new) or (other is not None and context.busy(other))


def default_of(parent: Path, context: Context) -> Any:
    """Give the default partition of a table, as it is now."""
    for identity in context.current.dependents.get(Identity("table", parent), ()):
        table: Any = context.current.get(identity)
        if getattr(table, "partition_of", None) == parent and table.bound == "DEFAULT":
            return table
    return None


def _default_to_check(new: Any, context: Context) -> Any:
    """Give the default partition beside which a table becomes a part, none that goes before."""
    other = default_of(new.partition_of, context)
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
    body = f"BEGIN EXECUTE pg_catalog.format({literal(_add(path, name))}, {bound}); END"
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"DO {dollar(body)}",
        guard=Guard(f"{free} AND NOT {there(path, name)}"),
        provides=frozenset({_leftover(path, name)}),
        why="says what the rows are like, so that the server adds no check of its own",
        bound=False,
    )
    yield _validate(path, target, name)
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
        clears=_leftover(path, name) not in context.current,
    )
    yield _drop(path, target, name)


def join_in_steps(new: Any, plain: Operation, context: Context) -> Iterator[Operation]:
    """Check beforehand what ATTACH would look at, so that it looks at nothing."""
    above, target = qualified(*new.partition_of), new.identity
    other = _default_to_check(new, context)
    checks = [(target.path, temporary_name("attach", *target.path, new.bound), "%s")]
    if target.kind == FOREIGN:  # whose rows nobody looks at
        checks = []
    if other is not None:
        path = other.identity.path
        name = temporary_name("default partition", *path, *target.path, new.bound)
        checks.append((path, name, "NOT (%s)"))
    apart = plain.guard.condition if plain.guard else "true"
    for path, name, form in checks:
        yield Operation(
            verb=Verb.ALTER,
            target=target,
            sql=f"DO {dollar(_said_of_bound(above, new.bound, _add(path, name, form)), 'attach')}",
            guard=Guard(f"{apart} AND NOT {there(path, name)}"),
            requires=plain.requires,
            provides=frozenset({_leftover(path, name)}),
            why="says what ATTACH would look for, so that it reads no rows under its lock",
            bound=False,
        )
    for path, name, _ in checks:
        yield _validate(path, target, name)
    # Foreign keys are checked all the same, and indexes that are not there are built.
    parent = Identity("table", new.partition_of)
    reads = any(i.kind in _READS for i in context.desired.descendants(parent))
    why = "reads no rows for the bound: the checks have proved it" if checks else ""
    yield replace(plain, scans=reads, stage=Stage.SWAP, why=why)
    for path, name, _ in checks:
        yield _drop(path, target, name)


def _said_of_bound(parent: str, bound: str, add: str) -> str:
    """Ask the server what the rows of a partition with a bound are like, and add that check.

    Two temporary tables tell; a block that ends with an error leaves nothing of them.
    """
    return f"""
DECLARE
    said text;
BEGIN
    BEGIN
        EXECUTE 'CREATE TEMPORARY TABLE schemadiff_whole (LIKE {parent.replace("'", "''")}) '
            'PARTITION BY ' || pg_get_partkeydef({literal(parent)}::regclass);
        EXECUTE 'CREATE TEMPORARY TABLE schemadiff_part PARTITION OF pg_temp.schemadiff_whole '
            || {literal(bound)};
        said := pg_get_partition_constraintdef('pg_temp.schemadiff_part'::regclass);
        RAISE EXCEPTION USING errcode = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
        NULL;
    END;
    EXECUTE format({literal(add)}, concat_ws(' AND ',
        pg_get_partition_constraintdef({literal(parent)}::regclass), said));
END
"""


def _add(path: Path, name: str, form: str = "%s") -> str:
    table = qualified(*path).replace("%", "%%")
    return f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({form}) NOT VALID"


def _leftover(path: Path, name: str) -> Identity:
    return Identity("leftover", (*path, name))


def _validate(path: Path, target: Identity, name: str) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"ALTER TABLE {qualified(*path)} VALIDATE CONSTRAINT {name}",
        guard=Guard(there(path, name, "NOT convalidated")),
        requires=frozenset({_leftover(path, name)}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        stage=Stage.SCAN,
        why="checks the rows while everyone reads and writes",
        bound=False,
    )


def _drop(path: Path, target: Identity, name: str) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"ALTER TABLE {qualified(*path)} DROP CONSTRAINT IF EXISTS {name}",
        guard=Guard(there(path, name)),
        stage=Stage.SWAP,
        why="has done its work",
        bound=False,
    )
