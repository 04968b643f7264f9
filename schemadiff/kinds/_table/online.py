"""Partitions that come and go while both tables are in use.

ATTACH reads every row under a lock that stops everyone, unless a valid check says already what it
would find (manual, ALTER TABLE, ATTACH PARTITION); the same holds for the default partition, whose
rows must not belong to the new one. DETACH CONCURRENTLY leaves a check of its own making behind
unless there is one like it. So both get a check for a while, in the server's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Transaction, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, literal, qualified
from schemadiff.kinds._column.online import there
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._table.heirs import lineage

Path = tuple[str, ...]

_READS = frozenset({"foreign_key", "primary_key", "unique", "exclusion", "index"})
_DEFAULT = "DEFAULT"
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
    if old.partition_of or new.bound.startswith(_BY_HASH):
        return False
    if new.bound == _DEFAULT:
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
    return next((t for _, t in _parts(parent, side) if t.bound == _DEFAULT), None)


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
    body = f"BEGIN EXECUTE pg_catalog.format({literal(_adding(path, name))}, {bound}); END"
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
    target = new.identity
    checks = []
    if target.kind != FOREIGN:  # whose rows nobody looks at
        bounds = [t.bound for _, t in _parts(new.partition_of, context.desired)]
        said = sorted(bounds) if new.bound == _DEFAULT else new.bound
        name = temporary_name("attach", *target.path, said)
        checks.append(_Check(target.path, name, "%s"))
    if (other := default_beside(new, context)) is not None:
        checks.append(_beside(new, other))
    apart = plain.guard.condition if plain.guard else "true"
    yield from _prove(new, checks, plain.requires, apart)
    reads = any(not _has_alike(new, obj, context) for obj in _looked_at(new, context))
    why = "reads no rows for the bound: the checks have proved it" if checks else ""
    yield replace(
        plain,
        requires=plain.requires | {_proved(new)},
        scans=reads,
        reads=(),
        stage=Stage.SWAP,
        why=why,
    )
    for each in checks:
        yield _drop(each.path, target, each.name)


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
    check = _beside(new, other)
    missing = f"to_regclass({literal(new.identity.sql)}) IS NULL"
    yield from _prove(new, [check], plain.requires, missing)
    yield replace(
        plain,
        requires=plain.requires | {_proved(new)},
        touches=(whole, other.identity),
        stage=Stage.SWAP,
        why="reads no rows of the default partition: the check has proved it",
    )
    yield _drop(check.path, new.identity, check.name)


def whole_of(part: Any) -> tuple[Identity, ...]:
    """Name the table that a partition is of, which is locked as well when it goes or is let go."""
    return (Identity("table", part.partition_of),) if part.partition_of else ()


class _Check(NamedTuple):
    """A check for a while on a table: `form` is of the condition that its rows have to fit."""

    path: Path
    name: str
    form: str


def _beside(new: Any, other: Any) -> _Check:
    """Give the check of the default partition: no row belongs to the new part."""
    path = other.identity.path
    name = temporary_name("default partition", *path, *new.identity.path, new.bound)
    return _Check(path, name, "NOT (%s)")


def _prove(
    new: Any, checks: Sequence[_Check], requires: frozenset[Identity], apart: str
) -> Iterator[Operation]:
    """Have checks say, and prove, what the server would look for; `apart` is while it is not done.

    As long as they are there they refuse rows that others write, so all go where one does not hold.
    """
    goes = "\n    ".join(f"{_drop(c.path, new.identity, c.name).sql};" for c in checks)
    for each in checks:
        yield from _check(new, each, requires, apart)
    for path, name, _ in checks:
        valid = _validate(path, new.identity, name)
        body = f"\nBEGIN\n    {valid.sql};\nEXCEPTION WHEN check_violation THEN\n    {goes}\nEND\n"
        yield replace(
            valid,
            sql=f"DO {dollar(body, 'validate')}",
            why=f"{valid.why}; goes again where one does not fit",
        )
    hold = " AND ".join(there(path, name, "convalidated") for path, name, _ in checks)
    stop = _stop(" or ".join(_wrong(new, path) for path, *_ in checks))
    yield Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"DO {dollar(f'BEGIN{chr(10)}{stop}{chr(10)}END', 'stop')}",
        guard=Guard(f"{apart} AND NOT ({hold})"),
        requires=frozenset(_leftover(path, name) for path, name, _ in checks),
        provides=frozenset({_proved(new)}),
        lock=LockMode.NONE,
        stage=Stage.SWAP,
        why="stops where a check did not hold",
        bound=False,
    )


def _check(
    new: Any, check: _Check, requires: frozenset[Identity], apart: str
) -> Iterator[Operation]:
    """Look at the rows, for a check that does not hold would hinder others, and add the check."""
    whole, (path, name, form) = qualified(*new.partition_of), check
    looked = _leftover((*path, name), "looked")
    step = Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"DO {dollar(_said_of_bound(whole, new.bound, _look(new, path, form)), 'look')}",
        guard=Guard(f"{apart} AND NOT {there(path, name)}"),
        requires=requires,
        provides=frozenset({looked}),
        lock=LockMode.ACCESS_SHARE,
        stage=Stage.FILL,
        why="looks for rows that do not fit, before anything is changed",
        bound=False,
    )
    yield replace(step, scans=True, reads=(Identity("table", path),))
    yield replace(
        step,
        sql=f"DO {dollar(_said_of_bound(whole, new.bound, _add(path, name, form)), 'attach')}",
        requires=requires | {looked},
        provides=frozenset({_leftover(path, name)}),
        touches=(Identity("table", path),),
        lock=LockMode.ACCESS_EXCLUSIVE,
        stage=Stage.CHECK,
        why="says what would be looked for, so that no rows are read under a lock",
    )


def _proved(new: Any) -> Identity:
    """Name the moment when the checks for a new part are known to hold."""
    return _leftover(new.identity.path, "proved")


def _look(new: Any, path: Path, form: str) -> str:
    """Raise an error for rows that do not fit."""
    table = qualified(*path).replace("%", "%%")
    select = f"SELECT EXISTS (SELECT FROM {table} WHERE NOT ({form}))"
    return f"""EXECUTE format({literal(select)}, condition) INTO found;
    IF found THEN
{_stop(_wrong(new, path))}
    END IF;"""


def _stop(message: str) -> str:
    return f"""        RAISE EXCEPTION USING errcode = 'check_violation',
            message = {literal(message)},
            hint = 'move them first; nothing was changed for it';"""


def _wrong(new: Any, path: Path) -> str:
    if path != new.identity.path:
        return f"{qualified(*path)} has rows that belong to {new.identity.sql}"
    return f"{new.identity.sql} cannot become a partition: it has rows that do not fit"


def _said_of_bound(parent: str, bound: str, then: str) -> str:
    """Ask the server what the rows of a partition with a bound are like, its `condition`.

    Two temporary tables tell, of a default one those of all others as well; a block that ends with
    an error leaves nothing of them.
    """
    others = _OTHERS.format(parent=literal(parent)) if bound == _DEFAULT else ""
    return f"""
DECLARE
    said text;
    condition text;
    found boolean;
    number integer := 0;
BEGIN
    BEGIN
        EXECUTE 'CREATE TEMPORARY TABLE schemadiff_whole (LIKE {parent.replace("'", "''")}) '
            'PARTITION BY ' || pg_get_partkeydef({literal(parent)}::regclass);{others}
        EXECUTE 'CREATE TEMPORARY TABLE schemadiff_part PARTITION OF pg_temp.schemadiff_whole '
            || {literal(bound)};
        said := pg_get_partition_constraintdef('pg_temp.schemadiff_part'::regclass);
        RAISE EXCEPTION USING errcode = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
        NULL;
    END;
    condition := concat_ws(' AND ',
        pg_get_partition_constraintdef({literal(parent)}::regclass), said);
    {then}
END
"""


_OTHERS = """
        FOR said IN
            SELECT pg_get_expr(c.relpartbound, c.oid)
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = {parent}::regclass
        LOOP
            number := number + 1;
            EXECUTE format('CREATE TEMPORARY TABLE %I PARTITION OF pg_temp.schemadiff_whole %s',
                'schemadiff_part_' || number, said);
        END LOOP;"""


def _add(path: Path, name: str, form: str) -> str:
    return f"EXECUTE format({literal(_adding(path, name, form))}, condition);"


def _adding(path: Path, name: str, form: str = "%s") -> str:
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
        reads=(Identity("table", path),),
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
        touches=(Identity("table", path),),
        stage=Stage.SWAP,
        why="has done its work",
        bound=False,
    )
