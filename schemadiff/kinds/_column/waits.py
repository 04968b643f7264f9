"""Columns whose values wait as texts in their place, where their table cannot be made anew.

That is one which inherits, or from which others do. The surprising fact: USING takes no subquery
(manual, ALTER TABLE), and the text of an array needs one: then it calls a function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import code
from schemadiff.core.moving import types_below
from schemadiff.core.online import temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.kinds._column.alter import RETYPES, attribute, has_values, says_using, table_sql
from schemadiff.kinds._column.around import in_order, is_repeated, repeated_by
from schemadiff.kinds._column.expression import computes_anew
from schemadiff.kinds._column.identity import is_written_at_once
from schemadiff.kinds._column.settings import alter_settings
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._inside import values_inside
from schemadiff.kinds._moving import keyed, names, row_holders, row_type_left, rows_inside
from schemadiff.kinds._row.type import held_below, rows_below
from schemadiff.kinds._table.anew_types import changes_below, losses_below, told
from schemadiff.kinds._table.heirs import below
from schemadiff.kinds._table.kept import kept


def goes(column: Any, context: Context) -> Identity | None:
    """Name what goes for the sake of what is below a column: its table, or only its values."""
    if column.of == FOREIGN:
        return None
    if kept(column.parent, context):
        return column.parent  # type: ignore[no-any-return]
    return column.identity if _can_wait(column, context) else None


def waits(column: Any, context: Context) -> bool:
    """Tell whether the values of a column, which is replaced, wait in its place."""
    old, replaced = context.current.get(column.identity), context.replaced
    if old is None or column.identity not in replaced or column.parent in replaced:
        return False
    return _can_wait(old, context)


def _can_wait(old: Any, context: Context) -> bool:
    new: Any = context.desired.get(old.identity)
    if new is None or not has_values(old) or not has_values(new) or old.type != new.type:
        return False
    return keyed(old, context) is None and _text(old, context) is not None


def _text(old: Any, context: Context, value: str = "$1") -> str | None:
    return told(value, old.type, old.type, context)


def put_as_text(old: Any, context: Context) -> Iterator[Operation]:
    """Make a column one of texts, and those of heirs with it."""
    if is_repeated(old, context):
        return
    current, name = context.current, ident(old.identity.name)
    types = types_below(old.identity, current, context)
    rows = rows_below(old.identity, current, context)
    rests = current.depends_on(old.identity) | {old.parent}
    yield Operation(
        verb=Verb.ALTER,
        target=old.identity,
        sql=_to_text(old, name, context),
        guard=Guard(attribute(old, _is_of(old.type, "="))),
        destroys=row_type_left(old, "waits as a text", context) | repeated_by(old, context),
        releases=rests | types | {*map(values_inside, types)} | rows | {*map(rows_inside, rows)},
        rewrites=True,
        scans=True,
        scan_for=ScanFor.ROWS,
        hazards=tuple(losses_below(changes_below(old.identity, context), context)),
        why="its values wait as texts, and come back",
        bound=False,  # what is of the column stays, and what rests on it goes for itself
    )


def _to_text(old: Any, name: str, context: Context) -> str:
    said = _text(old, context, name) or ""
    alter = f"{table_sql(old)} ALTER COLUMN {name} TYPE text USING"
    if not any(token.value == "select" for token in code(said)):
        return f"{alter} {said}"
    path = old.identity.path
    function = qualified(path[0], temporary_name("told", *path))
    body = f"SELECT {_text(old, context)}"
    block = f"""
BEGIN
    CREATE FUNCTION {function}({old.type}) RETURNS text LANGUAGE sql AS {dollar(body, "told")};
    {alter} {function}({name});
    DROP FUNCTION {function}({old.type});
END
"""
    return f"DO {dollar(block, 'wait')}"


def come_back(new: Any, context: Context) -> Iterator[Operation]:
    """Have the type of a column read its texts."""
    if is_repeated(new, context):
        return
    name, type_ = ident(new.identity.name), new.type
    collate = f" COLLATE {new.collation}" if new.collation else ""
    yield Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=f"{table_sql(new)} ALTER COLUMN {name} TYPE {type_}{collate} USING {name}::{type_}",
        guard=Guard(attribute(new, _is_of(new.type, "<>"))),
        provides=repeated_by(new, context),
        requires=in_order(new, context),
        rewrites=True,
        scans=True,
        why="its values come back",
    )
    for op in alter_settings(new, new, context.version, retyped=True):
        yield replace(op, requires=frozenset({new.identity}), bound=False)


def _is_of(type_: str, operator: str) -> str:
    return f"pg_catalog.format_type(atttypid, atttypmod) {operator} {literal(type_)}"


class Waiting:
    """What a kind of column says of values that wait elsewhere, or in their place."""

    def copied(self, obj: Any, context: Context) -> Identity | None:
        """Its table or itself: it is in a partition key, or its values are rows of another."""
        held = keyed(obj, context) or held_below(obj.identity, context)
        return goes(obj, context) if held else None

    def displaces(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Identity]:
        """Columns that hold rows of a table which writes these anew, where theirs can go on.

        And foreign tables that have a column from here, of which PostgreSQL takes no USING.
        """
        itself = old is None and new.identity in context.current and _waits_alone(new, context)
        if old is None:
            writes = is_written_at_once(new, context)
        else:
            writes = bool(changed & RETYPES) or computes_anew(old, new)
        held = row_holders(new, context) if writes or itself else ()
        yield from (c for c in held if self.copied(context.current.objects[c], context))
        if itself:
            yield from _readers(new, context)
        if itself or (changed & RETYPES and says_using(old, new, changed, context)):
            heirs = (Identity(FOREIGN, p) for p in below(context.current, new.identity.path[:2]))
            yield from (i for i in heirs if i in context.current and i in context.desired)

    def rebuildable(self, obj: Any, _: Context) -> bool:
        """A generated column's values can be made again, and those of a foreign table stay."""
        return not has_values(obj)

    def says_how(self, obj: Any) -> bool:
        """By USING."""
        return obj.using is not None

    def carries(self, obj: Any, context: Context) -> bool:
        """A column with values of its own."""
        del context
        return has_values(obj)


def _waits_alone(new: Any, context: Context) -> bool:
    return bool(goes(context.current.objects[new.identity], context) == new.identity)


def _readers(column: Any, context: Context) -> Iterator[Identity]:
    """Name what of heirs says the column, which they have from its table, in an expression."""
    current = context.current
    for path in below(current, column.identity.path[:2]):
        for each in current.children.get(Identity("table", path), ()):
            obj, kind = current.objects[each], context.registry[each.kind]
            said = [getattr(obj, text) for text in kind.texts]
            found = any(names(str(text), column.identity.name) for text in said if text)
            if found and each.kind != "column" and kind.rebuildable(obj, context):
                yield each
