"""Which publications send the rows of a table, and whether the table takes UPDATE for all of them.

The surprising fact: a table without a replica identity takes INSERT, but UPDATE and DELETE fail as
long as a publication publishes them (manual, 29.1.1), of no row as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._table.heirs import below, lineage

Path = tuple[str, ...]


def operations(value: object) -> object:
    """Take a list in one text apart, as SQL writes it: `'insert, update'`."""
    return [each.strip() for each in value.split(",")] if isinstance(value, str) else value


def publishing(table: Identity, side: Catalog) -> list[Identity]:
    """Name the publications that send a table, also as a part or heir of another one."""
    above = frozenset(lineage(side, table.path))
    return [i for i in sorted(side.of("publication")) if _sends(side.objects[i], above)]


def becoming_unlogged(publication: Any, context: Context) -> frozenset[Identity]:
    """Name the tables that a publication sends and whose rows are not logged from now on.

    It has to leave them before (manual, CREATE PUBLICATION).
    """
    tables = (Identity("table", t[:2]) for t in publication.tables)
    sides = ((t, context.current.get(t), context.desired.get(t)) for t in tables)
    return frozenset(
        t for t, *both in sides if [getattr(o, "unlogged", None) for o in both] == [False, True]
    )


def publishing_column(column: Any, side: Catalog) -> Iterator[Identity]:
    """Name the publications that send the values of a column."""
    above = frozenset(lineage(side, column.parent.path))
    for each in publishing(column.parent, side):
        publication: Any = side.objects[each]
        lists = [t.columns for t in _entries(publication, above)]
        computed = column.generated is not None
        if lists and all(lists):
            sent = any(column.identity.name in columns for columns in lists)
        else:
            sent = not computed or (publication.generated_columns != "none" and not column.virtual)
        if sent:
            yield each


def has_identity(table: Identity, side: Catalog) -> bool:
    """Tell whether the rows of a table can be told apart by a subscriber."""
    said: Any = side.get(Identity("replica_identity", table.path))
    return _key(table.path, side) is not None or getattr(said, "how", "") == "full"


def takes_no_update(table: Identity, context: Context) -> str:
    """Say which publication makes UPDATE of a table or of one below it fail; empty where none."""
    current = context.current
    paths = (table.path, *below(current, table.path))
    said = (takes_no("update", paths, side, current) for side in (current, context.desired))
    return next(filter(None, said), "")


def takes_no(action: str, tables: Iterable[Path], published: Catalog, keyed: Catalog) -> str:
    """Say which publication makes an action on one of the tables fail, by the keys that it has."""
    for path in tables:
        one: Any = keyed.get(Identity("table", path))
        if one is None or one.partition_by:
            continue
        for each in publishing(one.identity, published):
            found: Any = published.objects[each]
            if action in found.publish and not _told_apart(path, found, keyed):
                return f"{each} publishes {action}s of {one.identity.sql}, which fail without key"
    return ""


def _sends(publication: Any, above: frozenset[Path]) -> bool:
    inside = any(path[0] in publication.schemas for path in above)
    return bool(publication.all_tables or inside or list(_entries(publication, above)))


def _entries(publication: Any, above: frozenset[Path]) -> Iterator[Any]:
    return (t for t in publication.tables if (t.schema, t.table) in above)


def _told_apart(path: Path, publication: Any, side: Catalog) -> bool:
    """Tell whether the server takes UPDATE: what it sends and filters by has to be of the key."""
    said: Any = side.get(Identity("replica_identity", path))
    entries = list(_entries(publication, frozenset(lineage(side, path))))
    if getattr(said, "how", "") == "full":
        return not any(t.columns for t in entries)
    key = _key(path, side)
    if key is None:
        return False
    columns = {i.name for p in lineage(side, path) for i in _columns(p, side)}
    return all(
        (not t.columns or key <= {*t.columns})
        and (t.where is None or names(t.where) & columns <= key)
        for t in entries
    )


def _columns(path: Path, side: Catalog) -> Iterator[Identity]:
    return (i for i in side.children.get(Identity("table", path), ()) if i.kind == "column")


def _key(path: Path, side: Catalog) -> frozenset[str] | None:
    """Give the columns of the replica identity, if it has any."""
    said: Any = side.get(Identity("replica_identity", path))
    if said is not None and said.how != "index":
        return None
    for each in lineage(side, path):
        for identity in side.children.get(Identity("table", each), ()):
            obj: Any = side.objects[identity]
            if identity.kind == "primary_key" if said is None else identity.name == said.index:
                found = getattr(obj, "columns", ())
                return frozenset(getattr(c, "text", c) for c in found)
    return frozenset() if said is not None else None  # the index is one of a table above
