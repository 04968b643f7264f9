"""NOT NULLs called otherwise than that of the table above, as its column is made anew (18).

PostgreSQL 18 makes the NOT NULL anew with the type, for all parts and heirs under one name, and
fails where one has said its own under another. The surprising fact: a part that leaves and comes
back has said nothing itself any more, while a key that takes over an index makes it say all its
columns' again. An heir that leaves has all columns as its own for good, so it stays, and only the
NOT NULL is passed on no more for that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, dollar, literal, qualified
from schemadiff.kinds._index.remarked import unremarked
from schemadiff.kinds._not_null import as_block, rename_not_null
from schemadiff.kinds._not_null_apart import Renaming, taken_from, with_apart
from schemadiff.kinds._part_names import is_passed_on
from schemadiff.kinds._part_not_null import PartNotNull, has_not_null, otherwise
from schemadiff.kinds._table.heirs import below, lineage, parents, relation

Path = tuple[str, ...]


def anew(op: Operation, columns: Iterable[Any], context: Context) -> Iterator[Operation]:
    """Give the statement that makes columns anew, with what has to be said before and after it."""
    columns = [*columns]
    pending = op.guard.condition if op.guard else "true"
    before: list[Operation] = []
    later: list[Operation] = []
    for column in columns:
        wholes = _passing_on(column, context)
        before += _taken_back(column, context)
        before += [_let_go(column, wholes, context)] if wholes else []
        later += _passed_on_again(column, wholes, context) if wholes else ()
    for each in before:
        assert each.guard is not None
        guard = Guard(f"{pending} AND {each.guard.condition}")
        yield replace(each, guard=guard, requires=op.requires)
    yield replace(op, requires=op.requires.union(*(each.provides for each in before)))
    yield from later
    yield from unremarked(op, columns, context)


def _taken_back(column: Any, context: Context) -> Iterator[Operation]:
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
            provides=frozenset({Identity("leftover", (*path, column.identity.name, "taken back"))}),
            why="the NOT NULL of the part stands in the way of another type",
            bound=False,
        )


def _passing_on(column: Any, context: Context) -> list[Path]:
    """Name the tables that pass a NOT NULL on to heirs with one of another name, and all between.

    The upper ones come first.
    """
    current, name = context.current, column.identity.name
    tree = [column.parent.path, *below(current, column.parent.path)]
    found: set[Path] = set()
    for path in tree:
        own, part = (current.get(Identity(k, (*path, name))) for k in ("column", "part_not_null"))
        bearers: tuple[Any, ...] = (own, with_apart(part, current) if part is not None else None)
        for bearer in filter(is_passed_on, bearers):
            for heir, called in otherwise(bearer).items():
                if called.own and bool(getattr(relation(current, heir), "inherits", None)):
                    near = {p for p in lineage(current, heir) if path in lineage(current, p)}
                    found |= near - {heir}
    return [p for p in tree if p in found]


def _let_go(column: Any, wholes: list[Path], context: Context) -> Operation:
    """Have tables pass their NOT NULL on no more, the upper ones first."""
    return replace(
        _altered(column, wholes, ("NO INHERIT", "NOT k.connoinherit", ""), context),
        provides=frozenset({Identity("leftover", (*column.identity.path, "let go"))}),
        why="NOT NULLs of heirs under other names stand in the way of another type",
    )


def _passed_on_again(column: Any, wholes: list[Path], context: Context) -> Iterator[Operation]:
    """Have them pass it on again, and heirs say no more themselves than before."""
    current, desired, name = context.current, context.desired, column.identity.name
    tree = [column.parent.path, *below(current, column.parent.path)]
    bearers: Any = [o for p in tree if (o := current.get(Identity("column", (*p, name))))]
    own = {p for bearer in bearers for p, called in bearer.not_null_apart if called.own}
    follow = [p for p in tree if p not in own and {*parents(relation(current, p))} & {*wholes}]
    changed = frozenset({column.identity})
    marks = {path: Identity("leftover", (*path, name, "follows")) for path in follow}
    for path, mark in marks.items():
        for op in taken_from(column, [path]):
            yield replace(op, requires=changed, provides=frozenset({mark}), bound=False)
    if will := [p for p in wholes if _will_pass_on(p, name, desired)]:
        yield replace(
            _altered(column, will, ("INHERIT", "k.connoinherit", "DESC"), context),
            requires=changed.union(marks.values()),
            scans=True,
            why="heirs have it from above again",
        )


def _altered(
    column: Any, wholes: list[Path], said: tuple[str, str, str], context: Context
) -> Operation:
    """Alter the NOT NULLs of some tables that are so, in that order."""
    how, condition, order = said
    given = _passing(wholes, column.identity.name, condition)
    body = _EACH.format(how=how, given=given, order=order)
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"DO {dollar(body, 'apart')}",
        guard=Guard(f"EXISTS (SELECT 1 {given})"),
        touches=_tree(column, context),
        bound=False,
    )


def _will_pass_on(path: Path, name: str, desired: Catalog) -> bool:
    said = (desired.get(Identity(kind, (*path, name))) for kind in ("column", "part_not_null"))
    inherited = [p for p in lineage(desired, path) if p != path]
    above = any(_will_pass_on(p, name, desired) for p in inherited)
    return above or any(map(is_passed_on, said))


def _tree(column: Any, context: Context) -> tuple[Identity, ...]:
    paths = (column.parent.path, *below(context.current, column.parent.path))
    return tuple(Identity(relation(context.current, p).identity.kind, p) for p in paths)


def _passing(wholes: list[Path], name: str, condition: str) -> str:
    """Give the NOT NULLs of a column in some tables, from FROM on."""
    tables = comma(literal(qualified(*path)) for path in wholes)
    return f"""FROM pg_catalog.unnest(ARRAY[{tables}]) WITH ORDINALITY AS whole (name, place)
        JOIN pg_catalog.pg_constraint k ON k.conrelid = pg_catalog.to_regclass(whole.name)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'n' AND {condition} AND a.attname = {literal(name)}"""


_EACH: Final = """
DECLARE
    step text;
BEGIN
    FOR step IN
        SELECT pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I {how}', name, k.conname)
        {given}
        ORDER BY place {order}
    LOOP
        EXECUTE step;
    END LOOP;
END
"""


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
