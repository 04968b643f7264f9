"""What a foreign key refers to, as far as the files say it: columns that together are a key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._index.parts import below
from schemadiff.kinds._table.heirs import joined
from schemadiff.kinds._type_change import keeps_keys


def referable(new: Any, context: Context) -> frozenset[Identity]:
    """Name what has to be there first: a key, and the rows that are referred to already.

    The key is a constraint, or an index that is merely unique. Rows come with the tables that
    become partitions, and with those that the files list.
    """
    target, desired = Identity("table", new.target), context.desired
    found = {
        child
        for child in desired.children.get(target, ())
        if child.kind in ("primary_key", "unique")
        or (child.kind == "index" and getattr(desired.objects[child], "unique", False))
    }
    # A logged table may not refer to an unlogged one.
    found |= {Identity("leftover", (*t.path, "logged")) for t in (target, new.parent)}
    found |= {joined(t.path) for t in (target, *below(target, desired))}
    if new.parent in context.current and new.parent != target:
        found.add(Identity("rows", (*new.target, "inserted")))
    return frozenset(found)


class WithTarget(Checked):
    """A kind whose objects refer to a key of another table."""

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look at the target, where the files hold all of it."""
        target: Any = catalog.get(Identity("table", obj.target))
        table: Any = catalog.get(obj.parent)
        if target is not None and table is not None and target.unlogged and not table.unlogged:
            return (_less_lasting(obj),)
        if target is None or target.partition_of or target.inherits:
            return ()
        children = catalog.children.get(target.identity, ())
        if any(i.kind == "of_type" for i in children):
            return ()
        names = [i.name for i in children if i.kind == "column"]
        missing = [c for c in obj.target_columns if c not in names]
        if missing:
            return (_no_column(target.identity, name, names) for name in missing)
        return () if obj.period else _no_key(obj, [catalog.objects[i] for i in children])

    def comparing(self, new: Any, desired: Catalog) -> Iterable[str]:
        """A value is compared with that of the key, which may be of another type."""
        table = Identity("table", new.target)
        columns = new.target_columns
        if not columns:
            children = [desired.objects[i] for i in desired.children.get(table)]
            keys: list[Any] = [o for o in children if o.identity.kind == "primary_key"]
            columns = keys[0].columns if keys else ()
        for own, other in zip(new.columns, columns, strict=False):
            ends = (*new.identity.path[:2], own), (*new.target, other)
            a, b = (getattr(desired.get(Identity("column", e)), "type", None) for e in ends)
            if a and b and a != b and not keeps_keys(a, b):
                yield f"SELECT FROM (VALUES (NULL::{a}, NULL::{b})) AS v (x, y) WHERE x = y LIMIT 0"


def _less_lasting(obj: Any) -> Fault:
    message = f"{obj.identity} of a table that is logged refers to {obj.target[1]}, which is not"
    return Fault("SD051", message, "make both unlogged, or neither: a crash empties one of them")


def _no_column(table: Identity, name: str, known: Iterable[str]) -> Fault:
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else "add it to columns:"
    return Fault("SD058", f"table {table.name} has no column {name!r}", hint)


def _no_key(obj: Any, children: Iterable[Any]) -> Iterator[Fault]:
    """Say that nothing makes the columns unique; an index may be over more than its columns say."""
    keys = []
    for each in children:
        if each.identity.kind == "index" and each.unique:
            return
        if each.identity.kind == "primary_key" or (
            each.identity.kind == "unique" and obj.target_columns
        ):
            keys.append(frozenset(each.columns))
    if not obj.target_columns and not keys:
        message = f"{obj.identity} refers to {obj.target[1]}, which has no primary key"
        yield Fault("SD051", message, f"name the columns: references: {obj.target[1]}(…)")
    elif obj.target_columns and frozenset(obj.target_columns) not in keys:
        said = f"{obj.target[1]}({', '.join(obj.target_columns)})"
        message = f"{obj.identity} refers to {said}, which is no key"
        yield Fault("SD051", message, f"make {said} its primary key, or unique")
