"""How data follows a type that is made anew: the old one put away, values converted, columns moved.

A value goes by its text where the texts of both forms mean the same; a composite value goes field
by field. The surprising fact: a composite that is NULL and one whose fields are all NULL are not
the same, and IS NULL cannot tell them apart, but IS NOT DISTINCT FROM NULL can (manual, 9.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import LexError, code
from schemadiff.core.lock import LockMode
from schemadiff.core.moving import heir, types_below
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._as_written import as_written
from schemadiff.kinds._table.heirs import below

_TYPES_OF_TYPES = ("domain", "composite", "range")


def renamed_away(
    words: str, old: DbObject, away: Identity, hazards: tuple[Hazard, ...] = ()
) -> Operation:
    """ALTER … RENAME TO: the users of a type follow its OID, and the name is free."""
    return Operation(
        verb=Verb.ALTER,
        target=old.identity,
        sql=f"ALTER {words} {old.identity.sql} RENAME TO {ident(away.name)}",
        lock=LockMode.NONE,
        hazards=hazards,
    )


def element(type_: str) -> tuple[str, bool]:
    """Split a type as the server prints it into its element and whether it is an array."""
    return (type_[:-2], True) if type_.endswith("[]") else (type_, False)


def moved(type_: str, context: Context) -> tuple[DbObject, DbObject] | None:
    """Give both forms of a type (or of an array's element) that is put away in this plan."""
    if not context.put_away:
        return None
    try:
        path = parse_name(element(type_)[0])
    except (ValueError, LexError):
        return None
    for identity in context.put_away:
        old, new = context.current.objects[identity], heir(identity, context)
        if new is None:
            continue
        names = context.registry.of(new).occupies(new)
        if any(n[0] == "type" and n[1:] == path for n in names):
            return old, new
    return None


def converted(value: str, type_: str, context: Context) -> str:
    """Give the SQL of a value of a type that is made anew; any other is left as it is."""
    found = moved(type_, context)
    if found is None:
        return value
    old, new = found
    if old.identity.kind != new.identity.kind:
        return f"{value}::text{'[]' if element(type_)[1] else ''}::{type_}"
    return context.registry.of(new).converted(old, new, value, type_, context)


def another_kind(identity: Identity, context: Context) -> bool:
    """Tell whether a type below an object becomes one of another kind under its name."""
    found = types_below(identity, context.current, context)
    return any(i not in context.desired and heir(i, context) for i in found)


def said_alike(type_: str, context: Context) -> bool:
    """Tell whether the values of a type keep their text."""
    found = moved(type_, context)
    if found is None or found[0].identity.kind != found[1].identity.kind:
        return True
    return context.registry.of(found[1]).said_alike(*found, context)


def changing_types(identity: Identity, context: Context) -> list[Identity]:
    """Name the types below a desired object that are not yet what they will be."""
    found = types_below(identity, context.desired, context)
    return sorted(i for i in found if context.current.get(i) != context.desired.get(i))


def holders(identity: Identity, catalog: Catalog) -> Iterator[Identity]:
    """Name the columns that are of a type, or of one that contains it, such as a table's rows."""
    queue, seen = [identity], {identity}
    while queue:
        held = queue.pop(0)
        for each in sorted(catalog.dependents.get(held, ())):
            if each in seen or catalog.objects[each].parent == held:
                continue  # a column of its partition key rests on a table
            seen.add(each)
            if each.kind == "column":
                yield each
                path = each.path[:2]
                rows = {Identity("table", p) for p in (path, *below(catalog, path))} - seen
                seen |= rows
                queue += sorted(rows)
            elif each.kind in _TYPES_OF_TYPES:
                queue.append(each)


def keeps_values(type_: Identity, sides: Sequence[Catalog]) -> bool:
    """Tell whether values of a type, at any depth, are converted as it is made anew.

    They are in columns that stay of one type. What is computed is so again, and rows that a
    server elsewhere has are not written.
    """
    current, desired = sides
    for each in holders(type_, current):
        old: Any = current.objects[each]
        new: Any = desired.get(each)
        if new is None or old.type != new.type or new.generated is not None:
            continue
        if new.of == "table":
            return True
    return False


def take_over(moves: Sequence[tuple[Any, Any]], context: Context) -> Operation:
    """Convert the columns of one table in one statement, so that it is rewritten once."""
    schema, table, _ = moves[0][1].identity.path
    actions, pending, own = [], [], False
    for old, new in moves:
        refuse_partition_key(new, "would have to follow its type", context)
        name = ident(new.identity.name)
        collate = f" COLLATE {new.collation}" if new.collation else ""
        said = new.using if another_kind(old.identity, context) else None
        using, own = said or converted(name, old.type, context), own or bool(said)
        actions.append(f"ALTER COLUMN {name} TYPE {new.type}{collate} USING {using}")
        differs = f"pg_catalog.format_type(atttypid, atttypmod) <> {literal(new.type)}"
        if new.collation:
            wanted = f"pg_catalog.to_regcollation({literal(new.collation)})"
            other = f"attcollation IS DISTINCT FROM {wanted}"
            differs = f"({differs} OR {other})"
        pending.append(f"attname = {literal(new.identity.name)} AND {differs}")
    name = qualified(schema, table)
    joined = " OR ".join(f"({p})" for p in pending) if len(pending) > 1 else pending[0]
    columns = frozenset(new.identity for _, new in moves)
    held = (row_type_left(old, "follows its type", context) for old, _ in moves)
    sql = f"ALTER TABLE {name}\n    " + ",\n    ".join(actions)
    return Operation(
        verb=Verb.ALTER,
        target=moves[0][1].parent,
        sql=as_written(sql, schema) if own else sql,
        guard=Guard(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
            f"to_regclass({literal(name)}) AND NOT attisdropped AND ({joined}))"
        ),
        provides=columns,
        destroys=columns.union(*held),
        # Another collation alone is a matter of indexes; checks are looked at again.
        rewrites=any(moved(old.type, context) for old, _ in moves),
        scans=True,
        bound=False,
    )


def row_holders(column: Any, context: Context) -> Iterator[Identity]:
    """Name the columns that hold rows of a column's table, or of one that has the column from it.

    PostgreSQL changes no type under them (manual, ALTER TABLE). Those that get another type
    themselves are left out.
    """
    for each in _written_anew(column, context):
        yield from table_holders(each, context, apart=column.parent)


def table_holders(
    table: Identity, context: Context, apart: Identity | None = None
) -> Iterator[Identity]:
    """Name the columns that hold rows of a table and go on, but for those of a table."""
    current = context.current
    for each in holders(table, current):
        now, new = current.objects[each], context.desired.get(each)
        if now.parent not in (table, apart) and getattr(new, "type", None) == getattr(
            now, "type", ""
        ):
            yield each


def rows_inside(relation: Identity) -> Identity:
    """Name the rows of a relation that columns elsewhere hold, for the order of operations."""
    return Identity("rows inside", relation.path)


def row_type_left(column: Any, why: str, context: Context) -> frozenset[Identity]:
    """Name what has to be gone before the rows of a table are written anew: those held elsewhere.

    Where they stay that is refused; `why` says what is done to the column.
    """
    for each in row_holders(column, context):
        if not gives_way(each, context):
            raise _held(column.identity, why, each, column.parent)
    tables = _written_anew(column, context)
    return frozenset().union(*(_left(table, context) for table in tables))


def _written_anew(column: Any, context: Context) -> Iterator[Identity]:
    """Name the tables whose rows change with a column: its own, and heirs but for those that left.

    They leave before the table above them changes.
    """
    path = column.identity.path[:2]
    stay = {path, *below(context.desired, path)}
    for each in (path, *below(context.current, path)):
        table = Identity(column.of, each)
        if each in stay or table not in context.desired:
            yield table


def rows_left(table: Identity, why: str, context: Context) -> frozenset[Identity]:
    """Name what has to be gone before a table alone is written anew."""
    for each in table_holders(table, context):
        if not gives_way(each, context):
            raise _held(table, why, each, table)
    return _left(table, context)


def _left(table: Identity, context: Context) -> frozenset[Identity]:
    held = holders(table, context.current)  # what does not wait leaves by its own type
    return frozenset(rows_inside(table) if gives_way(each, context) else table for each in held)


def _held(subject: Identity, why: str, holder: Identity, table: Identity) -> PlanError:
    message = f"{subject} {why}, but {holder} holds rows of {table}, which PostgreSQL does not "
    hint = f"give {holder} a composite type of its own first"
    about = (subject,)
    diagnostic = Diagnostic(code="SD060", message=f"{message}convert", hint=hint, about=about)
    return PlanError(diagnostic)


def gives_way(column: Identity, context: Context) -> bool:
    """Tell whether a column's values wait while what they are of is made anew."""
    return not context.replaced.isdisjoint({column, context.current.objects[column].parent})


def refuse_partition_key(column: Any, why: str, context: Context) -> None:
    """PostgreSQL never changes the type of a column that a partition key names (ALTER TABLE)."""
    if (table := keyed(column, context)) is None:
        return
    message = (
        f"{column.identity} {why}, and is in the partition key of {table}, whose types PostgreSQL "
        "does not change"
    )
    hint = "make a new partitioned table with the new type, and move the rows there"
    about = (column.identity,)
    raise PlanError(Diagnostic(code="SD065", message=message, hint=hint, about=about))


def keyed(column: Any, context: Context) -> Identity | None:
    """Name the table with a column in its partition key: its own, or one that is a part of it."""
    path = column.identity.path[:2]
    for each in (path, *below(context.current, path)):
        table: Any = context.current.get(Identity("table", each))
        if table is not None and names(table.partition_by or "", column.identity.name):
            return Identity("table", each)
    return None


def names(expression: str, column: str) -> bool:
    """Tell whether a word of an expression is a column's name."""
    return any(token.value == column for token in code(expression))
