"""The keys of a table that rows of the files may share, and the values that these compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking
from schemadiff.core.sql import ident
from schemadiff.kinds._new_value import may_be_volatile
from schemadiff.kinds._preflight import whole
from schemadiff.kinds._row.batch import Batch
from schemadiff.kinds._row.check import changed_on_the_way


def keys_of(batch: Batch, asking: Asking) -> Iterator[Any]:
    """Give what makes values unique in a table; not what refuses overlaps instead."""
    desired = asking.context.desired
    if not changed_on_the_way(batch.requires, desired):
        yield from unique_in(batch.target.table, desired)


def unique_in(table: Identity, desired: Catalog) -> Iterator[Any]:
    """Give what makes values unique in a table, whoever may change them on their way."""
    for identity in sorted(desired.children.get(table, ())):
        key: Any = desired.objects[identity]
        unique = identity.kind in ("primary_key", "unique") or getattr(key, "unique", False)
        if unique and not getattr(key, "without_overlaps", False):
            yield key


def used_by(key: Any, asking: Asking) -> list[str]:
    """Name the columns that a key speaks of."""
    if not hasattr(key, "where"):
        return [*key.columns]
    words = names(key.where or "").union(*(names(c.text) for c in key.columns))
    return [c for c in whole(key, asking) if c in words]


def all_known(used: Iterable[str], batch: Batch, asking: Asking) -> bool:
    """Tell whether no new row gets a value that the server gives each of them anew."""
    desired = asking.context.desired
    given = [row.keys() for row in batch.inserted.values()]
    for name in (c for c in used if any(c not in each for each in given)):
        path = (*batch.target.table.path, name)
        column: Any = desired.get(Identity("column", path))
        default: Any = desired.get(Identity("default", path))
        if getattr(column, "identity_options", None) is not None:
            return False
        if default is not None and may_be_volatile(default.expression):
            return False
    return True


def compared(each: Any, table: Identity, asking: Asking) -> tuple[str, str]:
    """Give a column of a key, or an expression, and the value that is compared."""
    text = getattr(each, "text", None)
    name = each if text is None else text
    if text is not None and each.is_expression:
        value, collation = text, each.collation
    else:
        column: Any = asking.context.desired.get(Identity("column", (*table.path, name)))
        value = ident(name) if text is None else text
        collation = getattr(each, "collation", None) or getattr(column, "collation", None)
    return name, f"({value}) COLLATE {collation}" if collation else value
