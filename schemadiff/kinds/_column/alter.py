"""What ALTER COLUMN does to a column in place: type, generation, NOT NULL, identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.default_names import make_name
from schemadiff.core.expression import names
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.online import Stage
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, lines, literal, qualified
from schemadiff.kinds._as_written import as_written
from schemadiff.kinds._column.around import repeated_by
from schemadiff.kinds._column.nullable import let_go_one_by_one
from schemadiff.kinds._columns_marked import columns_marked
from schemadiff.kinds._expand.values import by_formula
from schemadiff.kinds._fields_by_name import is_by_name, with_functions
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._moving import converted, moved, refuse_partition_key, row_type_left
from schemadiff.kinds._new_value import default_of, takes_no_null
from schemadiff.kinds._not_null_apart import left_own, taken
from schemadiff.kinds._part_not_null import otherwise
from schemadiff.kinds._row.type import rows_below, rows_first
from schemadiff.kinds._table.heirs import relation
from schemadiff.kinds._type_change import (
    are_whole,
    by_label,
    effect_of,
    keeps_bytes,
    keeps_moments,
    last_cast,
    reads_clock,
    reads_names,
)

IDENTITY = frozenset({"identity_options", "identity_sequence"})
RETYPES = frozenset({"type", "collation"})


def table_sql(column: Any, how: str = "") -> str:
    """Write the beginning of every statement about a column."""
    return f"ALTER TABLE {how}{qualified(*column.identity.path[:2])}"


def attribute(column: Any, condition: str) -> str:
    """Give the condition "the column exists and its row of pg_attribute is like this"."""
    table = literal(qualified(*column.identity.path[:2]))
    return (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({table}) "
        f"AND attname = {literal(column.identity.name)} AND NOT attisdropped AND {condition})"
    )


def step(
    column: Any, action: str, condition: str | None = None, *, scans: bool = False
) -> Operation:
    """ALTER COLUMN … action."""
    return Operation(
        verb=Verb.ALTER,
        target=column.identity,
        sql=f"{table_sql(column)} ALTER COLUMN {ident(column.identity.name)} {action}",
        guard=Guard(condition) if condition else None,
        scans=scans,
    )


def drop_not_null(new: Any, context: Context, *, late: bool) -> Iterator[Operation]:
    """DROP NOT NULL; late, and after the key or the replica identity that the column leaves."""
    key, mark = _key_before(new, context), _mark_before(new, context)
    held = key or mark
    if late == (held is not None):
        one_by_one = let_go_one_by_one(new, context)
        for each in one_by_one[1:]:
            yield replace(nullable(each, "ONLY "), target=new.identity)
        op = nullable(new, "ONLY " if one_by_one else "")
        parents = getattr(context.desired.get(new.parent), "inherits", ())
        above = (Identity("column", (*p, new.identity.name)) for p in parents)
        # An heir may take nulls when the tables do that it has the column from.
        op = replace(op, requires=frozenset(i for i in above if i in context.current))
        if held:
            op = replace(op, stage=Stage.SWAP if context.busy(new) else Stage.FIRST, bound=False)
            # A replica identity that stays lets go when it is another index.
            stays = held == mark and mark in context.desired
            after = frozenset({held})
            op = replace(op, requires=op.requires | after) if stays else replace(op, provides=after)
        yield op
        old: Any = context.current.objects[new.identity]
        yield from taken(new, left_own(old, context), context)


def nullable(column: Any, how: str = "") -> Operation:
    """DROP NOT NULL, of a table and those below it, or of it alone."""
    op, name = step(column, "", attribute(column, "attnotnull")), ident(column.identity.name)
    return replace(op, sql=f"{table_sql(column, how)} ALTER COLUMN {name} DROP NOT NULL")


def _key_before(new: Any, context: Context) -> Identity | None:
    for each in context.current.children.get(new.parent, ()):
        if each.kind == "primary_key":
            columns = getattr(context.current.objects[each], "columns", ())
            return each if new.identity.name in columns else None
    return None


def _mark_before(new: Any, context: Context) -> Identity | None:
    """Name the replica identity that is an index with the column, which takes no NULL there."""
    mark = context.current.get(Identity("replica_identity", new.identity.path[:2]))
    held = mark is not None and new.identity in columns_marked(mark, context.current)
    return mark.identity if mark is not None and held else None


def is_left_null(new: Any, context: Context) -> bool:
    """Tell whether a new NOT NULL column gives rows nothing: they are read, and make it fail."""
    if new.parent not in context.current or new.of == FOREIGN:
        return False
    given = new.generated is not None or new.identity_options is not None
    return not given and takes_no_null(new, context) and default_of(new, context) is None


def is_read(new: Any, context: Context) -> bool:
    """Tell whether the rows are read for a new NOT NULL column.

    One that is virtual has no values until then.
    """
    virtual = new.virtual and new.not_null and new.not_null_valid
    there = new.parent in context.current and new.of != FOREIGN
    return (virtual and there) or is_left_null(new, context)


def sorts_anew(old: Any, new: Any, context: Context) -> bool:
    """Tell whether an index is built anew though the rows stay as they are."""
    for each in context.current.dependents.get(old.identity, ()):
        obj = context.current.objects[each]
        # The server keeps an index of plain columns where the order stays, but none with an
        # expression or a predicate on the column.
        inside = getattr(obj, "has_expressions", each.kind == "exclusion")
        other = old.collation != new.collation or keeps_moments(old.type, new.type)
        other = other or keeps_bytes(old, new, context) is False
        if each.kind in _SORTED and (other or inside):
            return True
    return False


_SORTED = ("index", "primary_key", "unique", "exclusion")


def writes_rows(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a change of type writes the table anew; of moments it is the zone that tells."""
    if by_formula(old, new):
        return True
    effect = effect_of(old, new, context)
    return effect.rewrites and not in_greenwich(old, new, context)


def has_no_way(old: Any, new: Any, context: Context) -> bool:
    """Tell whether no value can become one of the new type, and nobody can say how."""
    if new.using is not None or last_cast(old.type, new.type) not in context.sizes.apart:
        return False
    if old.generated is not None or new.generated is not None or new.of == FOREIGN:
        return False
    return not by_label(old, new, (context.current, context.desired))


def keeps_its_place(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a column without a way stays where its table's type has it, with new values.

    One that is dropped and added comes last, which the type of a typed table would not allow.
    """
    typed = Identity("of_type", new.identity.path[:2]) in context.desired
    return typed and new.identity_options is None and has_no_way(old, new, context)


def values_lost(old: Any, context: Context) -> tuple[Hazard, ...]:
    """Say that the values of a column go with it, and why where it comes again."""
    new: Any = context.desired.get(old.identity)
    plain = new is not None and new.generated is None and not old.virtual and old.of != FOREIGN
    if not has_values(old) and not plain:
        return ()
    message = f"The values of {old.identity.sql} are lost"
    if new is not None and has_no_way(old, new, context):
        message += f": PostgreSQL has no conversion from {old.type} to {new.type}"
    return (data_loss("drop-column", old.identity, f"{message}."),)


def has_values(column: Any) -> bool:
    """Tell whether a column has values here that only it knows."""
    return column.generated is None and column.of != FOREIGN


def in_greenwich(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a timestamp is the same number with and without its zone (since 12)."""
    busy = not context.sizes.of(new.parent).empty
    return busy and keeps_moments(old.type, new.type) and context.sizes.zone in _GREENWICH


_GREENWICH = (
    "UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich", "Etc/UTC", "Etc/UCT", "Etc/GMT",
    "Etc/Zulu", "Etc/Universal", "Etc/Greenwich",
)  # fmt: skip


def by_clock(old: Any, new: Any) -> bool:
    """Tell whether values are read as the session says: without USING, which says it itself."""
    return new.using is None and new.of != FOREIGN and reads_clock(old.type, new.type)


def by_name(old: Any, new: Any) -> bool:
    """Tell whether values are names that are found as the session finds them."""
    return new.using is None and new.of != FOREIGN and reads_names(old.type, new.type)


def _follows(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a column stays of a type that is made anew."""
    return old.type == new.type and moved(old.type, context) is not None


def _by_new_form(old: Any, new: Any, context: Context) -> bool:
    """Tell whether values of a type that is made anew become that first: no text is between."""
    labels = by_label(old, new, (context.current, context.desired))
    casts = (*labels, *effect_of(old, new, context).using)
    return new.using is None and bool(casts) and casts[0] not in ("text", "text[]")


def conversion(old: Any, new: Any, context: Context) -> str:
    """Write what ALTER TABLE has to say to convert the values of one column."""
    name = ident(new.identity.name)
    effect = effect_of(old, new, context)
    casts = (*by_label(old, new, (context.current, context.desired)), *effect.using)
    value = converted(name, old.type, context) if _by_new_form(old, new, context) else name
    said = "::".join((value, *casts)) if effect.using else None
    if _follows(old, new, context):
        said = converted(name, old.type, context)
    if keeps_its_place(old, new, context):
        said = default_of(new, context) or "NULL"
    # A foreign table has no values here: USING is refused, and nothing is converted.
    using = None if new.of == FOREIGN else new.using or said
    action = lines(
        f"ALTER COLUMN {name} TYPE {new.type}",
        f"COLLATE {new.collation}" if new.collation else None,
        f"USING {using}" if using else None,
        separator=" ",
    )
    apart = not_null_apart(old, new, context)
    return ", ".join((apart[0], action, apart[1])) if apart else action


def retype(old: Any, new: Any, context: Context) -> Operation:
    """SET DATA TYPE, with what has to be said to convert the values."""
    refuse_partition_key(new, "has another type or collation", context)
    apart = not_null_apart(old, new, context)
    sql = f"{table_sql(new)} {conversion(old, new, context)}"
    still = _STILL if not by_formula(old, new) and in_greenwich(old, new, context) else ""
    if new.using is not None and new.of != FOREIGN:
        sql = as_written(with_functions(sql, [(old, new)], context), new.identity.schema, still)
    elif by_clock(old, new) or by_name(old, new):
        sql = as_written(sql, new.identity.schema if by_name(old, new) else "", before=still)
    condition = f"pg_catalog.format_type(atttypid, atttypmod) <> {literal(new.type)}"
    if old.collation != new.collation:
        condition = f"({condition} OR {_collation_differs(new)})"
    rewrites = _follows(old, new, context) or (
        old.type != new.type and writes_rows(old, new, context)
    )
    rewrites = rewrites and new.of != FOREIGN
    lossy = narrowing(old, new, context)
    hazards: tuple[Hazard, ...] = (lossy,) if lossy else ()
    scans = not rewrites and (bool(apart) or sorts_anew(old, new, context))
    scan_for = ScanFor.ROWS if apart else ScanFor.INDEX
    needed = frozenset[Identity]()
    if keeps_its_place(old, new, context):
        rewrites, hazards = True, values_lost(old, context)
        scans, scan_for = is_left_null(new, context), ScanFor.VALIDATION
        needed = context.desired.depends_on(Identity("default", new.identity.path))
    if old.type != new.type and not rows_below(new.identity, context.current, context):
        needed |= rows_first(new, context)
    changed = frozenset({new.identity}) | repeated_by(new, context)
    if _by_new_form(old, new, context) and (anew := moved(old.type, context)):
        needed |= {anew[1].identity}
    return Operation(
        verb=Verb.ALTER,
        target=new.identity,
        sql=sql,
        guard=Guard(attribute(new, condition)),
        requires=needed - changed,
        provides=changed,
        destroys=changed | row_type_left(new, "has another type", context),
        releases=_read_last(new, context),
        rewrites=rewrites,
        scans=scans,
        scan_for=scan_for,
        hazards=hazards,
    )


def _read_last(new: Any, context: Context) -> frozenset[Identity]:
    """Name the columns that go when USING has read them."""
    said = names(new.using or "")
    columns = (i for i in context.current.children.get(new.parent, ()) if i.kind == "column")
    return frozenset(i for i in columns if i.name in said and i not in context.desired)


def says_using(old: Any, new: Any, changed: frozenset[str], context: Context) -> bool:
    """Tell whether a change of type comes with USING; what follows its type does."""
    if new.using is not None or old.type == new.type:
        return "type" in changed
    return bool(effect_of(old, new, context).using)


def not_null_apart(old: Any, new: Any, context: Context) -> tuple[str, str] | None:
    """Say what comes before and after in the statement, where a part calls its NOT NULL otherwise.

    PostgreSQL 18 makes the NOT NULL anew with the type, for all parts under one name, and fails
    where one has said its own. A key or an identity does not let go of it.
    """
    name, others = old.identity.name, otherwise(old).items()
    parts = (relation(context.current, path) for path, how in others if how.own)
    local = any(getattr(part, "partition_of", None) for part in parts)
    if not (local and old.not_null and new.not_null) or _is_held(old, context):
        return None
    column = f"ALTER COLUMN {ident(new.identity.name)}"
    again = f"{column} SET NOT NULL"
    if old.not_null_name or not old.not_null_valid:
        called = old.not_null_name or make_name(old.identity.path[1], name, "not_null")
        again = f"ADD CONSTRAINT {ident(called)} NOT NULL {ident(new.identity.name)}"
        again += "" if old.not_null_valid else " NOT VALID"
    return f"{column} DROP NOT NULL", again


def _is_held(old: Any, context: Context) -> bool:
    """Tell whether the NOT NULL of a column cannot go for a moment."""
    if old.identity_options is not None or _key_before(old, context) is not None:
        return True
    return _mark_before(old, context) is not None


def narrowing(old: Any, new: Any, context: Context) -> Hazard | None:
    """Say what becomes of values for which the new type has no place."""
    effect = effect_of(old, new, context)
    if new.of == FOREIGN or old.generated is not None or old.type == new.type:
        return None
    if not effect.narrows:
        return None
    # An integer or a label is never cut or rounded: there is such a value, or it is an error.
    types = (i.sql for i in context.desired.depends_on(new.identity) if i.kind == "enum")
    exact = are_whole(old.type, new.type) or new.type in types
    may = (
        "a value that it does not have makes it fail"
        if exact
        else ("values may be cut, rounded or refused")
    )
    message = f"{new.identity.sql} changes from {old.type} to {new.type}: {may}."
    if new.using is None and effect.using:
        # PostgreSQL alone would have refused (manual, ALTER TABLE, USING): the cast is our word.
        between = by_label(old, new, (context.current, context.desired))
        said = "::".join((ident(new.identity.name), *between, *effect.using))
        message += f" Each is read as {said}; `using:` says otherwise."
    elif is_by_name(old, new, (context.current, context.desired)):
        message += " Its fields go by their names; `using:` says otherwise."
    return data_loss("narrow-type", new.identity, message)


_STILL = f"""
    IF pg_catalog.current_setting('TimeZone') NOT IN ({comma(map(literal, _GREENWICH))}) THEN
        RAISE EXCEPTION 'schemadiff: in the time zone % every row would be written anew',
            pg_catalog.current_setting('TimeZone')
            USING HINT = 'make the plan again: schemadiff plan';
    END IF;"""


def _collation_differs(new: Any) -> str:
    if new.collation is None:
        wanted = "(SELECT typcollation FROM pg_catalog.pg_type WHERE oid = atttypid)"
    else:
        wanted = f"to_regcollation({literal(new.collation)})"
    return f"attcollation IS DISTINCT FROM {wanted}"


def differs(new: Any) -> str:
    """Give the condition "it is there, of another type or generation, or kind of table"."""
    code = "" if new.generated is None else "v" if new.virtual else "s"
    kinds = "'f'" if new.of == FOREIGN else "'r', 'p'"
    found = [
        f"(SELECT relkind FROM pg_catalog.pg_class WHERE oid = attrelid) NOT IN ({kinds})",
        f"pg_catalog.format_type(atttypid, atttypmod) <> {literal(new.type)}",
        f"attgenerated <> {literal(code)}",
        *([f"{EXPRESSION} IS DISTINCT FROM {literal(new.generated)}"] if new.generated else []),
    ]
    return attribute(new, f"({' OR '.join(found)})")


EXPRESSION = (
    # The server begins CASE with an empty line, which we take off.
    "(SELECT pg_catalog.btrim(pg_catalog.pg_get_expr(adbin, adrelid), E' \\n') "
    "FROM pg_catalog.pg_attrdef "
    "WHERE adrelid = attrelid AND adnum = attnum)"
)
