"""What files call the indexes that parts have from their wholes, where a scratch database does not.

There they have the names that PostgreSQL chose as they were made, in an order that need not be
that of the live database: two indexes over the same columns may have traded their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.record import replace
from schemadiff.kinds._index.comment import OF_PART
from schemadiff.kinds._table.clones import Clones
from schemadiff.kinds._table.heirs import Path, lineage, relation

_INDEXES = frozenset({"primary_key", "unique", "index"})


def clones_as_called(desired: Catalog) -> Catalog:
    """Give the desired side with tables that know the indexes of parts by the names in the files.

    As it is given a name, an index trades it with the one that has it.
    """
    said: dict[Path, dict[str, str]] = {}
    for identity in desired.of(OF_PART):
        part: Any = desired.objects[identity]
        if part.called:
            said.setdefault(identity.path[:2], {})[identity.name] = part.called
    found: dict[Identity, Any] = {}
    for path, names in said.items():
        table = relation(desired, path)
        clones = getattr(table, "clones", ())
        for whole, name in names.items():
            clones = _traded(clones, _right_above(path, whole, desired, found), name)
        if clones != getattr(table, "clones", ()):
            found[table.identity] = replace(table, clones=clones)
    return replace(desired, objects={**desired.objects, **found}) if found else desired


def _right_above(path: Path, whole: str, desired: Catalog, found: Mapping[Identity, Any]) -> str:
    """Give what an index of the uppermost table is called in the one right above a part."""
    tables = [relation(desired, each) for each in [*lineage(desired, path)][1:]]
    for table in reversed([found.get(t.identity, t) for t in tables if t is not None]):
        clones = getattr(table, "clones", ())
        whole = next((h for k, h, t in clones if k in _INDEXES and t == whole), whole)
    return whole


def _traded(clones: Clones, above: str, name: str) -> Clones:
    was = next((h for kind, h, there in clones if kind in _INDEXES and there == above), name)
    trades = {was: name, name: was}
    return tuple(
        (kind, trades.get(here, here) if kind in _INDEXES else here, there)
        for kind, here, there in clones
    )
