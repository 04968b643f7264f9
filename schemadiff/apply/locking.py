"""In which order tables are locked, so that others seldom wait for us while we wait for them.

A foreign key is added under a lock of its own table, and then one of the table that it refers to.
Programs write the row that is referred to first, and then those that refer to it; the surprising
fact is that of two who wait for each other PostgreSQL ends either one (manual, 13.3.4), which may
be the program. Whoever reads or writes a partitioned table locks it before its partitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.sql import qualified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

Path = tuple[str, ...]

# Who may not write a table may not lock it so by itself, though a foreign key may.
_LOCKABLE = """
SELECT n.nspname::text, c.relname::text
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS wanted (schema, name, turn)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.name
WHERE c.relkind = ANY (%s::text[])
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
ORDER BY wanted.turn"""


def deadlock_timeout(connection: Connection[Any]) -> float:
    """Give how long someone waits, in seconds, until the server looks for a deadlock."""
    query = "SELECT extract(epoch FROM current_setting('deadlock_timeout')::interval)::float"
    row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def locked_first(
    connection: Connection[Any], operation: Operation, later: Sequence[Operation]
) -> Sequence[str]:
    """Give the statements that lock other tables before that of an operation, one for each.

    It is the tables beside that of a new object; or a whole table, where an operation is on its
    partitions, and it is the turn of the whole `later` in the same transaction.
    """
    own = operation.target.path[:2]
    tables = sorted(t.path for t in operation.touches)
    beside = [path for path in tables if path != own]
    if operation.lock < LockMode.SHARE_ROW_EXCLUSIVE or own not in tables:
        return ()
    if operation.verb is Verb.DROP:
        drops = [op for op in (operation, *later) if op.verb is Verb.DROP]
        return _lock_beside(connection, drops)
    if operation.verb is Verb.CREATE and beside:
        return _lock(connection, beside, operation.lock, ["r", "p"])
    more = [op.lock for op in later if op.target == operation.target]
    if operation.verb is Verb.ALTER and more:
        return _lock(connection, [own], max(operation.lock, *more), ["p"])
    return ()


def _lock_beside(connection: Connection[Any], drops: Sequence[Operation]) -> Sequence[str]:
    """Lock the tables that those which go refer to, one that is referred to before what refers."""
    strong = [op for op in drops if op.lock >= LockMode.SHARE_ROW_EXCLUSIVE]
    beside: dict[Path, dict[Path, None]] = {}
    for op in strong:
        own = op.target.path[:2]
        found = beside.setdefault(own, {})
        found.update((t.path, None) for t in op.touches if t.path != own)
    order: dict[Path, None] = {}
    seen = set[Path]()

    def visit(path: Path) -> None:
        if path not in seen:
            seen.add(path)
            for each in beside.get(path, ()):
                visit(each)
            order[path] = None

    for each in dict.fromkeys(p for found in beside.values() for p in found):
        visit(each)
    if not order:
        return ()
    return _lock(connection, list(order), max(op.lock for op in strong), ["r", "p"])


def _lock(
    connection: Connection[Any], tables: list[Path], mode: LockMode, kinds: list[str]
) -> Sequence[str]:
    columns = [list(each) for each in zip(*tables, strict=True)]
    found = connection.execute(_LOCKABLE, [*columns, kinds]).fetchall()
    return [f"LOCK TABLE ONLY {qualified(*path)} IN {mode.sql} MODE" for path in found]
