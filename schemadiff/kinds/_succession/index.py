"""How indexes, and keys with them, get a successor on the column that takes its place.

The index is built concurrently under a name for a while. Its expressions and its condition say the
new column's name, and the server is asked whether they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, qualified
from schemadiff.core.succession import Successor, Successors
from schemadiff.kinds._constraint import table_sql
from schemadiff.kinds._index.online import build, index_sql, index_where, is_partitioned
from schemadiff.kinds._index.sql import definitions
from schemadiff.kinds._index.statistics import set_targets
from schemadiff.kinds._reworded import INDEX, Put, alike, reworded, speaks_of
from schemadiff.kinds._succession.common import both_there, place_of, said_again, substituted
from schemadiff.kinds._succession.parts import Statements, Taken, columns_called, parts_successor


def on_successors(index: Any, names: Successors) -> Any:
    """Give an index as it is on the new columns, or why nobody can say it of them."""
    own = index.identity.path[:2]
    found = substituted((c.text for c in index.columns), own, names)
    if any(
        c.opclass and (speaks_of(c.text, own, names) if c.is_expression else name != c.text)
        for c, name in zip(index.columns, found, strict=True)
    ):
        return f"{index.identity} has an operator class of the old type"
    texts = [reworded(c.text, own, names) for c in index.columns if c.is_expression]
    where = reworded(index.where, own, names)
    if None in texts or (where is None and index.where is not None):
        return f"{index.identity} has an expression in which another word reads like the column"
    expressions = iter(texts)
    return replace(
        index,
        columns=tuple(
            c._replace(text=next(expressions) if c.is_expression else name)
            for c, name in zip(index.columns, found, strict=True)
        ),
        where=where,
        include=substituted(index.include, own, names),
    )


def index_successor(
    obj: Any,
    names: Successors,
    definition: str,
    context: Context,
    *,
    again: str,
    constraint: Taken | None = None,
    before: str = "",
    more: Iterable[str] = (),
) -> Successor | str:
    """Build the index; `definition` says all behind its table, `constraint` what takes it over.

    `again` is the definition on the columns as they are called afterwards. Where expressions are
    said in other words, `before` is the definition in those of the old one. `more` is said of it
    when it has its name.
    """
    schema, _, name = obj.identity.path
    table, place = table_sql(obj.identity), place_of(obj, names)
    needed = both_there(obj, names)
    steps = []
    if before:
        sides = (context.current, context.desired)  # it may change at the same time
        used = {i for side in sides for i in side.depends_on(obj.identity)}
        mine = [(i.name, successor) for i, successor in names.items() if i in used]
        valid = "" if is_partitioned(obj, context) else f" AND NOT {_valid(place)}"
        steps.append(means_the_same(obj, mine, (definition, before), f"{needed}{valid}"))
    if is_partitioned(obj, context):
        said = Statements(definition, again, constraint, tuple(more))
        return parts_successor(obj, names, said, context, steps)
    unique = "UNIQUE " if constraint or obj.unique else ""
    sql = f"CREATE {unique}INDEX CONCURRENTLY IF NOT EXISTS {place.name} ON {table} {definition}"
    still = f"{needed} AND NOT {_valid(place)}"
    steps += [
        replace(op, verb=Verb.ALTER, scan_for=ScanFor.INDEX)
        for op in build(obj.identity, place, sql, context, still)
    ]
    goes, comes = _traded(obj, place, constraint)
    called = columns_called(obj, names, index_sql(schema, name))
    return Successor(
        _valid(place), tuple(steps), (goes,), (comes, *called, *more, *said_again(obj, context))
    )


def _traded(obj: Any, place: Identity, constraint: Taken | None) -> tuple[str, str]:
    """Say how the old index, or its constraint, goes, and how the new one comes."""
    schema, _, name = obj.identity.path
    table = table_sql(obj.identity)
    if constraint:
        return (
            f"ALTER TABLE {table} DROP CONSTRAINT {ident(name)}",
            f"ALTER TABLE {table} ADD CONSTRAINT {ident(name)} {constraint.using(place.name)}",
        )
    return (
        f"DROP INDEX {index_sql(schema, name)}",
        f"ALTER INDEX {index_sql(schema, place.name)} RENAME TO {ident(name)}",
    )


def means_the_same(
    obj: Any,
    mine: Sequence[tuple[str, str]],
    twins: tuple[str, str],
    needed: str,
    put: Put = INDEX,
) -> Operation:
    """Have the server see that both definitions mean the same, before anything is built."""
    table = qualified(*obj.identity.path[:2])
    said = alike(table, mine, twins, obj.identity.sql, put)
    return Operation(
        verb=Verb.ALTER,
        target=obj.identity,
        sql=f"DO {dollar(said, 'alike')}",
        guard=Guard(needed),
        lock=LockMode.ACCESS_SHARE,
        stage=Stage.CHECK,
        why="the server says that it means the same on the new column; reads no rows",
    )


def _valid(place: Identity) -> str:
    return index_where(place, "indisvalid")


def expressions_successor(obj: Any, names: Successors, context: Context) -> Successor | str:
    """Build an index with its expressions."""
    twin = on_successors(obj, names)
    if isinstance(twin, str):
        return twin
    old, new = (definitions(each)[0] for each in (obj, twin))
    same = (obj.where, *obj.expressions) == (twin.where, *twin.expressions)
    more = [op.sql for op in set_targets(obj.identity, (), obj.statistics)]
    before = "" if same else old
    return index_successor(obj, names, new, context, again=old, before=before, more=more)
