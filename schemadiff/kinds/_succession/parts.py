"""How indexes and keys of a partitioned table get a successor: that of each partition first.

Those of the partitions are built concurrently under names for a while. When the columns have traded
places they get the names of the old ones, and the plain statements for the whole and for what lies
between take them over and build nothing (manual, 5.12.2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.online import temporary_name
from schemadiff.core.operation import Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.core.succession import Successor, Successors
from schemadiff.kinds._index.online import build, index_sql, index_where
from schemadiff.kinds._index.parts import Parts, leaves, unchanged
from schemadiff.kinds._new_value import plain_keys
from schemadiff.kinds._succession.common import both_there, said_again


class Taken(NamedTuple):
    """A constraint that an index is for, after its name."""

    using: Callable[[str], str]  # as it takes over an index
    clause: str  # by itself


class Statements(NamedTuple):
    """What is said of an index after its table, and of the constraint that it is for."""

    built: str  # of the columns as they are called meanwhile
    again: str  # as the columns are called afterwards
    constraint: Taken | None = None
    more: tuple[str, ...] = ()  # of the whole when it is complete, for those of the parts as well


def names_below(obj: Any, context: Context) -> dict[Identity, str] | None:
    """Give by partition, the upper ones first, what an index of the whole is called there.

    None where a partition has none that the whole knows of.
    """
    found: dict[Identity, str] = {}
    todo = [(obj.parent, obj.identity.name)]
    while todo:
        above, name = todo.pop(0)
        for each in sorted(context.current.dependents.get(above, ())):
            part: Any = context.current.objects[each]
            if getattr(part, "partition_of", None) != above.path:
                continue
            mine = [
                here
                for kind, here, there in getattr(part, "clones", ())
                if (kind, there) == (obj.identity.kind, name)
            ]
            if len(mine) != 1:
                return None
            found[each] = mine[0]
            todo.append((each, mine[0]))
    return found


def parts_successor(
    obj: Any, names: Successors, said: Statements, context: Context, first: list[Operation]
) -> Successor | str:
    """Build the indexes of all partitions; `first` is asked before. Nobody may come meanwhile."""
    below, tables = names_below(obj, context), leaves(obj.parent, context)
    if below is None or tables is None or not tables:
        return f"{obj.identity} is not on every partition as on the whole"
    places = {leaf: _place(obj, leaf, names) for leaf in tables}
    needed = both_there(obj, names)
    steps = list(first)
    for leaf, place in places.items():
        sql = f"{_create(obj, said)} CONCURRENTLY IF NOT EXISTS {place.name} "
        sql += f"ON {qualified(*leaf.path)} {said.built}"
        still = f"{needed} AND NOT {index_where(place, 'indisvalid')}"
        steps += [
            replace(op, verb=Verb.ALTER, scan_for=ScanFor.INDEX)
            for op in build(obj.identity, place, sql, context, still)
        ]
    ready = [index_where(place, "indisvalid") for place in places.values()]
    ready.append(unchanged(obj.parent, Parts((), len(tables))))
    between = [(t, n) for t, n in reversed(below.items()) if t not in places]
    comes = [
        *(_last(leaf, place, below[leaf], said) for leaf, place in places.items()),
        *(
            each
            for leaf in places
            for each in columns_called(obj, names, index_sql(leaf.path[0], below[leaf]))
        ),
        *(_taken_over(obj, *each, said) for each in (*between, (obj.parent, obj.identity.name))),
        *said.more,
        *said_again(obj, context),
    ]
    return Successor(" AND ".join(ready), tuple(steps), (_goes(obj, said),), tuple(comes))


def columns_called(obj: Any, names: Successors, index: str) -> Iterator[str]:
    """Call the columns of an index as the table does: it keeps what they were called."""
    plain = {*plain_keys(obj), *obj.include}
    for column, after in sorted(names.items()):
        if column.path[:2] == obj.identity.path[:2] and column.name in plain:
            yield f"ALTER TABLE {index} RENAME COLUMN {after} TO {ident(column.name)}"
        if column.path[:2] == obj.identity.path[:2] and getattr(obj, "expressions", ()):
            said = {"index": literal(index), "old": literal(after), "new": literal(column.name)}
            yield _OF_EXPRESSIONS % said


# The server names the column of an index after what its expression ends in, as in CASE … ELSE n
# END, with a number where another one is called so.
_OF_EXPRESSIONS = """DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT a.attname AS was, (%(new)s || pg_catalog.substr(a.attname::text,
            pg_catalog.length(%(old)s) + 1))::name AS will
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = %(index)s::pg_catalog.regclass
            AND pg_catalog.starts_with(a.attname, %(old)s)
        ORDER BY a.attnum
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = %(index)s::pg_catalog.regclass AND a.attname = one.will);
        EXECUTE pg_catalog.format('ALTER TABLE %%s RENAME COLUMN %%I TO %%I',
            %(index)s, one.was, one.will);
    END LOOP;
END"""


def _place(obj: Any, leaf: Identity, names: Successors) -> Identity:
    name = temporary_name("successor", *obj.identity.path, *leaf.path, sorted({*names.values()}))
    return Identity(obj.identity.kind, (*leaf.path, name))


def _create(obj: Any, said: Statements) -> str:
    return f"CREATE {'UNIQUE ' if said.constraint or obj.unique else ''}INDEX"


def _goes(obj: Any, said: Statements) -> str:
    schema, table, name = obj.identity.path
    if said.constraint:
        return f"ALTER TABLE {qualified(schema, table)} DROP CONSTRAINT {ident(name)}"
    return f"DROP INDEX {index_sql(schema, name)}"


def _last(leaf: Identity, place: Identity, name: str, said: Statements) -> str:
    """Make of the index of a partition what the old one was."""
    if said.constraint:
        using = said.constraint.using(place.name)
        return f"ALTER TABLE {qualified(*leaf.path)} ADD CONSTRAINT {ident(name)} {using}"
    return f"ALTER INDEX {index_sql(leaf.path[0], place.name)} RENAME TO {ident(name)}"


def _taken_over(obj: Any, table: Identity, name: str, said: Statements) -> str:
    """Say the plain statement, which takes over what the partitions below have."""
    there = qualified(*table.path)
    if said.constraint:
        return f"ALTER TABLE {there} ADD CONSTRAINT {ident(name)} {said.constraint.clause}"
    return f"{_create(obj, said)} {ident(name)} ON {there} {said.again}"
