"""What a table has for good: its partition key, the types that this rests on, and their order.

The surprising fact: a typed table has its columns in the order of its type, but may be tied to
the type only where they came in that order (manual, ALTER TABLE, OF).
"""

from __future__ import annotations

from typing import Any, NoReturn

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, literal
from schemadiff.kinds._moving import names
from schemadiff.kinds._table.heirs import below


def top(table: Any, catalog: Catalog) -> Any:
    """Give the partitioned table that a part is in the end a part of, or the table itself."""
    while table.partition_of and (above := catalog.get(Identity("table", table.partition_of))):
        table = above
    return table


def columns_of(table: Identity, catalog: Catalog) -> dict[str, Any]:
    """Give the columns of a table, by name; a part has those of its whole."""
    inside = catalog.children.get(top(catalog.get(table), catalog).identity, ())
    return {i.name: catalog.objects[i] for i in inside if i.kind == "column"}


def made_for_good(current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
    """Have a table differ where something of it that is for good does not stay.

    It is a column of its key that gets another type. A key of a partition counts too: it has its
    columns from the table.
    """
    before, after = dict(current.objects), dict(desired.objects)
    for identity in desired.of("table"):
        old: Any = before.get(identity)
        new: Any = after[identity]
        if not _same_key(old, new):
            continue
        paths = (identity.path, *below(current, identity.path))
        keys = [getattr(before.get(Identity("table", p)), "partition_by", None) for p in paths]
        sides = [columns_of(identity, c) for c in (current, desired)]
        named = [n for n in sides[1] if n in sides[0] and any(names(k or "", n) for k in keys)]
        types = [tuple((n, s[n].type, s[n].collation) for n in named) for s in sides]
        if types[0] != types[1]:
            said = ", ".join(f"{n} {t}" for n, t, _ in types[0])
            before[identity] = replace(old, partition_by=f"{old.partition_by} of {said}")
            after[identity] = replace(new, key_types=types[1])
    return replace(current, objects=before), replace(desired, objects=after)


def in_order_of_types(current: Catalog, desired: Catalog) -> Catalog:
    """Give typed tables the order of their columns where those there, and new ones, have not."""
    found = dict[Identity, DbObject]()
    for identity in desired.of("of_type"):
        typed: Any = desired.objects[identity]
        table, after = typed.parent, typed.columns
        stay = tuple(n for n in columns_there(table, current) if n in after)
        if table in current and stay != after[: len(stay)]:
            sorted_anew: Any = desired.objects[table]
            found[table] = replace(sorted_anew, column_order=after)
    return replace(desired, objects={**desired.objects, **found}) if found else desired


def columns_there(table: Identity, catalog: Catalog) -> list[str]:
    """Name the columns of a table in their order; a typed one has that of its type.

    On the way back the columns of the other side stand as they did before the plan.
    """
    there = [i.name for i in catalog.children.get(table, ()) if i.kind == "column"]
    tie: Any = catalog.get(Identity("of_type", table.path))
    return list(tie.columns) if tie is not None and {*tie.columns} == {*there} else there


def refuse_order(table: Any) -> NoReturn:
    """Say that a table's rows cannot be brought into the order of its type."""
    message = (
        f"{table.identity} is of a type whose attributes are in another order, which its columns "
        "cannot get: its rows cannot be copied"
    )
    hint = "write the attributes in the order that the table has, or take out of:"
    about = (Identity("of_type", table.identity.path), table.identity)
    raise PlanError(Diagnostic(code="SD069", message=message, hint=hint, about=about))


def _same_key(old: Any, new: Any) -> bool:
    key = new.partition_by
    return key is not None and old is not None and old.partition_by == key and not new.partition_of


def _other_type(column: str, type_: str, collation: str | None) -> str:
    wanted = f"to_regcollation({literal(collation or '')})"
    collated = f" OR a.attcollation IS DISTINCT FROM {wanted}" if collation else ""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid "
        f"AND a.attname = {literal(column)} AND NOT a.attisdropped "
        f"AND (pg_catalog.format_type(a.atttypid, a.atttypmod) <> {literal(type_)}{collated}))"
    )


def _other_order(columns: tuple[str, ...]) -> str:
    said = comma(map(literal, columns))
    found = (
        "(SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) "
        "FROM pg_catalog.pg_attribute a "
        "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)"
    )
    return f" OR {found} <> ARRAY[{said}]" if columns else ""


def is_another(new: Any) -> str:
    """Give the condition "it has another partition key, order, or before 15 access method"."""
    key = literal(new.partition_by) if new.partition_by else "NULL"
    method = literal(new.access_method or "heap")
    types = "".join(f" OR {_other_type(*each)}" for each in new.key_types)
    types += _other_order(new.column_order)
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class c "
        "LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam "
        f"WHERE c.oid = to_regclass({literal(new.identity.sql)}) AND c.relkind IN ('r', 'p') "
        f"AND (pg_catalog.pg_get_partkeydef(c.oid) IS DISTINCT FROM {key} "
        f"OR m.amname <> {method}{types}))"
    )
