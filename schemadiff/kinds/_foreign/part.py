"""What a foreign table has to know where it is a partition or an heir of another table.

Its columns are then the other table's, but their OPTIONS are its own: they stay when it is
attached, and nothing hands them down. The surprising fact: a unique key above makes a foreign
partition impossible, for nobody can look into rows elsewhere (manual, CREATE FOREIGN TABLE).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import SpecError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._form import in_order, sql_value
from schemadiff.kinds._options import changes, options_sql, pairs, stored
from schemadiff.kinds._table.heirs import relation
from schemadiff.kinds._table.kept import kept

ColumnOptions = tuple[tuple[str, tuple[str, ...]], ...]

PARENTS_SQL: Final = """
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
    (SELECT array_agg(ARRAY[pn.nspname::text, pc.relname::text] ORDER BY i.inhseqno)
     FROM pg_inherits i
     JOIN pg_class pc ON pc.oid = i.inhparent
     JOIN pg_namespace pn ON pn.oid = pc.relnamespace
     WHERE i.inhrelid = c.oid)"""
COLUMN_OPTIONS_SQL: Final = """
    (SELECT json_object_agg(a.attname, a.attfdwoptions)
     FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attislocal
       AND a.attfdwoptions IS NOT NULL)"""
_IMPOSSIBLE: Final = ("primary_key", "unique", "exclusion", "foreign_key")


def read_column_options(found: Mapping[str, list[str]] | None) -> ColumnOptions:
    """Make the options of inherited columns, without secrets."""
    rows = ((name, stored(pairs(tuple(options)))) for name, options in (found or {}).items())
    return tuple(sorted((name, options) for name, options in rows if options))


def to_column_options(said: Mapping[str, Mapping[str, str]]) -> ColumnOptions:
    """Make them of what the YAML says."""
    return tuple(sorted((name, stored(options)) for name, options in said.items() if options))


def set_options(table: Any, old: ColumnOptions, new: ColumnOptions) -> Iterator[Operation]:
    """ALTER COLUMN … OPTIONS of what is inherited."""
    before, after = dict(old), dict(new)
    name = table.identity.sql
    for column in sorted(before.keys() | after.keys()):
        was, will = before.get(column, ()), after.get(column, ())
        if was == will:
            continue
        there = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
            f"to_regclass({literal(name)}) AND attname = {literal(column)} "
            f"AND NOT attisdropped AND {in_order(options_sql('attfdwoptions'))} "
            f"<> {sql_value(will)})"
        )
        yield Operation(
            verb=Verb.ALTER,
            target=table.identity,
            sql=f"ALTER FOREIGN TABLE {name} ALTER COLUMN {ident(column)} {changes(was, will)}",
            guard=Guard(there),
            bound=False,  # whether it is a part at that moment is the same to it
        )


def refuse_keys(table: Any, catalog: Catalog) -> None:
    """Say what of the partitioned table above cannot be while a partition is foreign."""
    path = table.partition_of
    while path is not None:
        above = relation(catalog, path)
        if above is None:
            return
        for identity in catalog.children.get(above.identity, ()):
            obj: Any = catalog.objects[identity]
            if identity.kind in _IMPOSSIBLE or getattr(obj, "unique", False):
                raise _impossible(table, identity, path)
        path = getattr(above, "partition_of", None)


def _impossible(table: Any, key: Identity, path: tuple[str, ...]) -> SpecError:
    message = f"{table.identity} cannot be a partition of {qualified(*path)}, which has {key}"
    hint = "a foreign partition allows no unique, foreign or exclusion key above: leave out one"
    return SpecError(Diagnostic(code="SD063", message=message, hint=hint, about=(table.identity,)))


def part_copied(part: Any, context: Context) -> Identity | None:
    """Give a part itself where its table may be made anew, with all its parts."""
    whole = Identity("table", part.partition_of) if part.partition_of else None
    return part.identity if whole and kept(whole, context) else None
