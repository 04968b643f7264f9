"""Checks for a while, which prove what ATTACH would read every row for under a lock.

What a bound means is the server's to say: of two temporary tables it gives the condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, literal, qualified
from schemadiff.kinds._column.online import there

Path = tuple[str, ...]

DEFAULT = "DEFAULT"


class Check(NamedTuple):
    """A check for a while on a table: `form` is of the condition that its rows have to fit."""

    path: Path
    name: str
    form: str


def beside(new: Any, other: Any) -> Check:
    """Give the check of the default partition: no row belongs to the new part."""
    path = other.identity.path
    name = temporary_name("default partition", *path, *new.identity.path, new.bound)
    return Check(path, name, "NOT (%s)")


def prove(
    new: Any, checks: Sequence[Check], requires: frozenset[Identity], apart: str
) -> Iterator[Operation]:
    """Have checks say, and prove, what the server would look for; `apart` is while it is not done.

    As long as they are there they refuse rows that others write, so all go where one does not hold.
    """
    if not checks:
        return  # of a foreign table, whose rows nobody looks at
    goes = "\n    ".join(f"{dropping(c.path, new.identity, c.name).sql};" for c in checks)
    for each in checks:
        yield from _check(new, each, requires, apart)
    for path, name, _ in checks:
        valid = validating(path, new.identity, name)
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
        requires=frozenset(leftover(path, name) for path, name, _ in checks),
        provides=frozenset({proved(new.identity)}),
        lock=LockMode.NONE,
        stage=Stage.SWAP,
        why="stops where a check did not hold",
        bound=False,
    )


def _check(
    new: Any, check: Check, requires: frozenset[Identity], apart: str
) -> Iterator[Operation]:
    """Look at the rows, for a check that does not hold would hinder others, and add the check."""
    whole, (path, name, form) = qualified(*new.partition_of), check
    looked = leftover((*path, name), "looked")
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
        provides=frozenset({leftover(path, name)}),
        touches=(Identity("table", path),),
        lock=LockMode.ACCESS_EXCLUSIVE,
        stage=Stage.CHECK,
        why="says what would be looked for, so that no rows are read under a lock",
    )


def proved(part: Identity) -> Identity:
    """Name the moment when the checks for a new part, or a new bound, are known to hold."""
    return leftover(part.path, "proved")


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
    others = _OTHERS.format(parent=literal(parent)) if bound == DEFAULT else ""
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
    return f"EXECUTE format({literal(adding(path, name, form))}, condition);"


def adding(path: Path, name: str, form: str = "%s") -> str:
    """Give the statement that adds a check which reads no rows."""
    table = qualified(*path).replace("%", "%%")
    return f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({form}) NOT VALID"


def leftover(path: Path, name: str) -> Identity:
    """Name a check for a while, as what is left where a run is cut short."""
    return Identity("leftover", (*path, name))


def validating(path: Path, target: Identity, name: str) -> Operation:
    """VALIDATE CONSTRAINT, while everyone reads and writes."""
    return Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"ALTER TABLE {qualified(*path)} VALIDATE CONSTRAINT {name}",
        guard=Guard(there(path, name, "NOT convalidated")),
        requires=frozenset({leftover(path, name)}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        reads=(Identity("table", path),),
        stage=Stage.SCAN,
        why="checks the rows while everyone reads and writes",
        bound=False,
    )


def dropping(path: Path, target: Identity, name: str) -> Operation:
    """DROP CONSTRAINT, when the check has done its work."""
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
