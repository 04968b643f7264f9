"""Comments that the indexes of partitions get as a column of the whole changes its type.

The surprising fact: until PostgreSQL 16 these are made anew with the comment of the whole's index,
which nobody has said of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import comma, dollar, literal, qualified
from schemadiff.core.versions import PG17
from schemadiff.kinds._index.comment import INDEX
from schemadiff.kinds._part_of_index import INDEXES
from schemadiff.kinds._table.heirs import below, relation

_OTHERS: Final = """FROM pg_catalog.unnest(ARRAY[{tables}]) AS whole (name)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass(whole.name)
        JOIN pg_catalog.pg_index x ON x.indrelid = a.attrelid
        JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid AND NOT i.relispartition,
        LATERAL pg_catalog.pg_partition_tree(i.oid) part
        WHERE a.attname = ANY (ARRAY[{columns}]) AND part.level > 0
        AND pg_catalog.obj_description(part.relid, 'pg_class') = ANY (ARRAY[{texts}])
        AND (a.attnum = ANY (x.indkey) OR EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE (d.classid, d.objid, d.refclassid) = (
                'pg_catalog.pg_class'::pg_catalog.regclass, i.oid,
                'pg_catalog.pg_class'::pg_catalog.regclass)
            AND (d.refobjid, d.refobjsubid) = (a.attrelid, a.attnum)))"""
_EACH: Final = """
DECLARE
    part pg_catalog.regclass;
BEGIN
    FOR part IN
        SELECT DISTINCT part.relid {others}
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON INDEX %s IS NULL', part);
    END LOOP;
END
"""


def unremarked(op: Operation, columns: list[Any], context: Context) -> Iterator[Operation]:
    """Take such comments back after the statement that has changed the types of columns."""
    path = columns[0].identity.path[:2]
    tree = [path, *below(context.current, path)] if context.version < PG17 else []
    wholes = [p for p in tree if getattr(relation(context.current, p), "partition_by", None)]
    said = _said(wholes, context)
    if not said:
        return
    sides = (context.current, context.desired)
    comments: list[Any] = [side.get(i) for side in sides for i in said]
    texts = dict.fromkeys(comment.text for comment in comments if comment is not None)
    others = _OTHERS.format(
        tables=comma(literal(qualified(*p)) for p in wholes),
        columns=comma(literal(c.identity.name) for c in columns),
        texts=comma(map(literal, texts)),
    )
    parts = {Identity("part_index", (*p, i.path[2])) for p in tree for i in said}
    yield Operation(
        verb=Verb.ALTER,
        target=columns[0].identity,
        sql=f"DO {dollar(_EACH.format(others=others), 'remarks')}",
        guard=Guard(f"EXISTS (SELECT 1 {others})"),
        requires=op.provides,
        awaited_by=frozenset({*said, *parts, *_comments(parts)}),
        why="nobody has said of the indexes of partitions what is said of the whole's",
        bound=False,
    )


def _comments(targets: Iterable[Identity]) -> Iterator[Identity]:
    return (Identity("comment", (*i.path, i.kind)) for i in targets)


def _said(wholes: Iterable[tuple[str, ...]], context: Context) -> list[Identity]:
    """Name the comments on the indexes of tables, and on those of their constraints."""
    sides = (context.current, context.desired)
    tables = [Identity("table", path) for path in wholes]
    found = {i for side in sides for t in tables for i in side.children.get(t, ())}
    owners = sorted(i for i in found if i.kind in INDEXES)
    of_index = (i.path if i.kind == "index" else (*i.path, INDEX) for i in owners)
    named = [Identity("comment", (*p, i.kind)) for p, i in zip(of_index, owners, strict=True)]
    return [i for i in named if any(i in side for side in sides)]
