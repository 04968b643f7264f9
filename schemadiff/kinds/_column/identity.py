"""A new identity column of a table in use: its rows are numbered in batches, not in a rewrite.

PostgreSQL makes a column an identity only when it is NOT NULL (manual, ALTER TABLE), and then gives
it a sequence of its own. So a sequence for a while gives the numbers as the column's default, to
rows that are there and rows that come; when all have one, the identity takes over and goes on
where that sequence stands, in the one transaction that keeps everyone out for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.core.versions import PG17
from schemadiff.kinds._column.alter import attribute, table_sql
from schemadiff.kinds._column.around import has_heirs, heirs_of, why_unfilled
from schemadiff.kinds._column.fill import (
    fill,
    fill_in_steps,
    filled,
    filled_later,
    mark,
    mark_name,
)
from schemadiff.kinds._column.given import is_given, set_when_given
from schemadiff.kinds._column.online import not_null_in_steps, there
from schemadiff.kinds._filling import Filling, filling
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._identity_options import identity_clause
from schemadiff.kinds._moving import row_type_left
from schemadiff.kinds._new_value import default_of, domains, is_checked
from schemadiff.kinds._not_null import plain_not_null, unnumbered

Path = tuple[str, ...]


def numbered_later(column: Any, context: Context) -> bool:
    """Tell whether a column that becomes an identity is numbered after it is there, or has to be.

    Heirs have no numbers of their own from the table, while parts have; but before 17 no identity
    is added to a table that has parts already.
    """
    path = column.identity.path
    if column.identity_options is None or column.parent not in context.current:
        return False
    table: Any = context.current.objects[column.parent]
    below = has_heirs(column.parent, context)
    if below and not getattr(table, "partition_by", None):
        return False
    has_to_be = below and context.version < PG17 and column.identity not in context.current
    if has_to_be or not context.busy(column):
        return has_to_be
    if column.identity not in context.current:
        return not why_unfilled(column, context)
    names = (mark_name(path), sequence_name(path))  # a run that was stopped
    return any(Identity("leftover", (*path[:2], n)) in context.current for n in names)


def valued_later(column: Any, context: Context) -> bool:
    """Tell whether the rows that are there get the values of a new column after it is there."""
    return filled_later(column, context) or is_given(column, context)


def is_written_at_once(column: Any, context: Context) -> bool:
    """Tell whether ADD COLUMN gives each row a value, which rows held elsewhere hold up."""
    if column.of == FOREIGN or column.parent not in context.current:
        return False
    if numbered_later(column, context) or filled_later(column, context):
        return False
    stored = column.generated is not None and not column.virtual
    inside = next(domains(column.type, context.desired), None)
    given = default_of(column, context) not in (None, "NULL") or (inside and inside.default)
    return stored or bool(given or column.identity_options) or is_checked(column, context)


def refuse_under_heirs(column: Any, context: Context) -> None:
    """Refuse an identity that comes with a column of which heirs get one, for they have no numbers.

    PostgreSQL adds none to a table with heirs (ALTER TABLE, ADD COLUMN), but makes one of a column.
    """
    if column.identity_options is None or column.parent not in context.current:
        return
    heirs = (context.desired.get(i) for i in heirs_of(column.parent, context))
    if any(column.parent.path in getattr(heir, "inherits", ()) for heir in heirs):
        name = column.identity.name
        message = f"{column.identity} cannot be added as an identity: tables inherit from "
        message += f"{column.parent.sql}, and PostgreSQL has no numbers for their rows"
        hint = f"add {name} without `identity:`, give all rows a value, and say `identity:` then"
        about = (column.identity,)
        raise PlanError(Diagnostic(code="SD060", message=message, hint=hint, about=about))


def added_under(column: Any, context: Context) -> frozenset[Identity]:
    """Name what goes before a column is added: rows that are held elsewhere, and so itself."""
    if not is_written_at_once(column, context):
        return frozenset()
    refuse_under_heirs(column, context)
    gone = row_type_left(column, "gets a value in each row", context)
    return gone | {column.identity} if gone else gone


def sequence_name(path: Path) -> str:
    """Give the name of the sequence that numbers the rows for a while."""
    return temporary_name("identity", *path)


def unnumbered_forms(column: Any) -> Iterator[Any]:
    """Give the forms that a new column has while its rows are filled."""
    if column.not_null:
        yield unnumbered(column)
    if column.identity_options is not None:
        yield replace(column, identity_options=None, identity_sequence=None)


def fill_rows(column: Any, context: Context, *, numbered: bool) -> Iterator[Operation]:
    """Give the rows of a new column their values, and set NOT NULL as far as it is to be."""
    if numbered:
        yield from number_in_steps(column, context)
    elif is_given(column, context):
        yield from set_when_given(column, context)
    else:
        yield from fill_in_steps(column, plain_not_null(column), filling(column, context))


def number_in_steps(column: Any, context: Context) -> Iterator[Operation]:
    """Give the column a default, number the rows, set NOT NULL, make it an identity."""
    path, target = column.identity.path, column.identity
    how = filling(column, context)
    yield from _default(column, how)
    yield from fill(path, target, frozenset({target, _default_of(path)}), how)
    for op in not_null_in_steps([(column, plain_not_null(column))], Stage.CHECK):
        yield replace(op, requires=frozenset({filled(path)}), bound=False)
    yield from _take_over(column)


def _default_of(path: Path) -> Identity:
    return Identity("leftover", (*path, "numbered"))


def _default(column: Any, how: Filling) -> Iterator[Operation]:
    path, target = column.identity.path, column.identity
    name, options = ident(target.name), column.identity_options
    sequence = sequence_name(path)
    table = (*path[:2],)
    plain = attribute(column, "attidentity = '' AND NOT atthasdef")
    step = Operation(
        verb=Verb.ALTER, target=target, sql="", guard=Guard(plain), bound=False,
        requires=frozenset({target}),
    )  # fmt: skip
    yield mark(column, how, guard=Guard(f"{plain} AND NOT {there(path, mark_name(path))}"))
    yield replace(
        step,
        sql=f"CREATE SEQUENCE IF NOT EXISTS {qualified(path[0], sequence)} AS {column.type} "
        f"INCREMENT BY {options.increment} MINVALUE {options.minimum} MAXVALUE {options.maximum} "
        f"START WITH {options.start} CACHE {options.cache} {'' if options.cycle else 'NO '}CYCLE "
        f"OWNED BY {qualified(*path[:2])}.{name}",
        provides=frozenset({Identity("leftover", (*table, sequence))}),
        lock=LockMode.ACCESS_SHARE,
        why="gives the numbers until the column is an identity",
    )
    yield replace(
        step,
        sql=f"{table_sql(column)} ALTER COLUMN {name} "
        f"SET DEFAULT nextval({literal(qualified(path[0], sequence))}::regclass)",
        provides=frozenset({_default_of(path)}),
        why="numbers new rows; reads none",
    )


def _take_over(column: Any) -> Iterator[Operation]:
    path, target = column.identity.path, column.identity
    name, sequence = ident(target.name), qualified(path[0], sequence_name(path))
    clause = identity_clause(column)
    there_still = f"to_regclass({literal(sequence)}) IS NOT NULL"
    numbered = attribute(column, "attidentity <> ''")
    step = Operation(
        verb=Verb.ALTER, target=target, sql="", bound=False, stage=Stage.SWAP,
        guard=Guard(f"{there_still} AND {numbered}"),
    )  # fmt: skip
    yield replace(
        step,
        sql=f"{table_sql(column)} ALTER COLUMN {name} DROP DEFAULT, "
        f"ALTER COLUMN {name} ADD {clause}",
        guard=Guard(attribute(column, "attidentity = '' AND attnotnull")),
        requires=frozenset({filled(path)}),
        provides=frozenset({Identity("identity_sequence", path)}),
        why="every row has its number by now",
    )
    # By its dependency: the sequence for a while belongs to the column as well.
    body = (
        f"BEGIN PERFORM pg_catalog.setval(d.objid::pg_catalog.regclass, s.last_value, s.is_called) "
        f"FROM {sequence} AS s, pg_catalog.pg_depend AS d JOIN pg_catalog.pg_attribute AS a "
        "ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid "
        "WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass "
        "AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'i' "
        f"AND d.refobjid = {literal(qualified(*path[:2]))}::pg_catalog.regclass "
        f"AND a.attname = {literal(target.name)}; END"
    )
    yield replace(step, sql=f"DO {dollar(body)}", why="the identity goes on with the next number")
    yield replace(step, sql=f"DROP SEQUENCE IF EXISTS {sequence}", why="has done its work")
