"""Whether a trigger of a partitioned table fires on one partition otherwise than on the rest.

Each partition has a clone of the trigger, enabled by itself. What is said of the whole table, and a
trigger that is made or replaced, reaches all of them (manual, ALTER TABLE), so it is said again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._table.heirs import RELATIONS, joined, relation

Path = tuple[str, str]
Parts = tuple[tuple[str, str, str], ...]  # schema, name, state
ACTIONS: Final = {
    "origin": "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}
# By the trigger of the whole table: the clones that are not as the one right above them.
CLONES_SQL: Final = """
    WITH RECURSIVE clone AS (
        SELECT k.oid, k.tgrelid, k.tgenabled, p.tgenabled AS above, p.oid AS root
        FROM pg_trigger k JOIN pg_trigger p ON p.oid = k.tgparentid WHERE p.tgparentid = 0
        UNION ALL
        SELECT k.oid, k.tgrelid, k.tgenabled, c.tgenabled, c.root
        FROM clone c JOIN pg_trigger k ON k.tgparentid = c.oid)
    SELECT clone.root, array_agg(ARRAY[s.nspname::text, r.relname::text, clone.tgenabled::text]
                                 ORDER BY s.nspname, r.relname) AS states
    FROM clone JOIN pg_class r ON r.oid = clone.tgrelid
    JOIN pg_namespace s ON s.oid = r.relnamespace
    WHERE clone.tgenabled <> clone.above GROUP BY clone.root"""


def said_again(new: Any, catalog: Catalog, old: Any = None) -> Iterator[Operation]:
    """Give the state of each partition that has one of its own, whole tables before their parts."""
    states = {(s, t): state for s, t, state in new.enabled_on}
    gone = {(s, t) for s, t, _ in old.enabled_on} - states.keys() if old is not None else set()
    above = {part: _above(part, new, catalog) for part in states.keys() | gone}
    for part in sorted(above, key=lambda p: (len(above[p]), p)):
        if new.identity.path[:2] in above[part]:
            inherited = next((states[p] for p in above[part] if p in states), new.enabled)
            state = state_of(new, part, states.get(part, inherited))
            # One that is attached by the same plan has the clone only then.
            attached = frozenset(joined(path) for path in above[part])
            yield replace(state, requires=state.requires | attached)


def state_of(trigger: Any, table: Path, state: str) -> Operation:
    """ENABLE or DISABLE TRIGGER on the table, or on one partition of it."""
    name = ident(trigger.identity.name)
    part = table != trigger.identity.path[:2]
    return Operation(
        verb=Verb.ALTER,
        target=trigger.identity,
        sql=f"ALTER TABLE {qualified(*table)} {ACTIONS[state]} TRIGGER {name}",
        requires=frozenset(Identity(k, table) for k in RELATIONS) if part else frozenset(),
        lock=LockMode.SHARE_ROW_EXCLUSIVE,
    )


def _above(part: Path, trigger: Any, catalog: Catalog) -> list[Path]:
    """Give the tables above a partition, the nearest first, up to the trigger's own."""
    found: list[Path] = []
    table = relation(catalog, part)
    while table is not None and table.partition_of and trigger.identity.path[:2] not in found:
        found.append(table.partition_of)
        table = relation(catalog, table.partition_of)
    return found


def _comes_back(on: tuple[str, str, str], trigger: Any, current: Catalog, desired: Catalog) -> bool:
    """Tell whether a partition is attached anew, or what it is a part of below the whole."""
    part = (on[0], on[1])
    for path in (part, *_above(part, trigger, desired)[:-1]):
        old, new = relation(current, path), relation(desired, path)
        places = [(t.partition_of, t.bound) for t in (old, new) if t is not None]
        if len(set(places)) > 1:
            return True
    return False


def _shortest(trigger: Any, catalog: Catalog) -> Parts:
    """Leave out the partitions on which it fires as right above them, in the server's order."""
    states = {(s, t): state for s, t, state in trigger.enabled_on}
    kept = []
    for part in sorted(states):
        over = (states[p] for p in _above(part, trigger, catalog) if p in states)
        if states[part] != next(over, trigger.enabled):
            kept.append((*part, states[part]))
    return tuple(kept)


class OnParts(Checked):
    """A kind whose objects have clones on the partitions of their table."""

    name: ClassVar[str]
    unready: ClassVar = {"enabled_on": ()}  # until the partitions are attached

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Forget the states of partitions that leave and come back: their clones are new then."""
        before: dict[Identity, DbObject] = {}
        for identity in current.of(self.name):
            old: Any = current.objects[identity]
            if not old.enabled_on or identity not in desired:
                continue
            kept = tuple(on for on in old.enabled_on if not _comes_back(on, old, current, desired))
            if kept != old.enabled_on:
                before[identity] = replace(old, enabled_on=kept)
        if not before:
            return current, desired
        return replace(current, objects={**current.objects, **before}), desired

    def settle(self, obj: Any, catalog: Catalog) -> DbObject:
        """Leave out what partitions have from above."""
        kept = _shortest(obj, catalog)
        return replace(obj, enabled_on=kept) if kept != obj.enabled_on else obj  # type: ignore[no-any-return]

    def beside(self, obj: Any, catalog: Catalog) -> Iterable[Identity]:
        """The partitions of which something is said."""
        del catalog
        return (Identity(k, (s, t)) for s, t, _ in obj.enabled_on for k in RELATIONS)

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Say which tables are no partitions of the trigger's table."""
        for schema, name, _ in obj.enabled_on:
            if obj.identity.path[:2] not in _above((schema, name), obj, catalog):
                whole, part = qualified(*obj.identity.path[:2]), qualified(schema, name)
                message = f"enabled_on of {obj.identity}: {part} is no partition of {whole}"
                yield Fault("SD098", message, "name partitions of the table: {part: disabled}")
        yield from super().lacks(obj, catalog)

    def comes_from_above(self, obj: Any, catalog: Catalog) -> bool:
        """Tell whether the table has a clone of that name, from one that it is a part of."""
        kind, table, name = obj.identity.kind, obj.identity.path[:2], obj.identity.name
        return any(Identity(kind, (*a, name)) in catalog for a in _above(table, obj, catalog))
