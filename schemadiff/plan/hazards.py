"""Which hazards a plan has: those that kinds know of, and those that follow from declarations.

The surprising fact: a lock is held to the end of its transaction. So how long a table is blocked is
reckoned per segment, from the first operation that locks it, whatever the later ones work on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import and_

from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.lock import LockMode
from schemadiff.core.names import ONE_OF_A_TABLE
from schemadiff.core.operation import Operation, ScanFor, Transaction, Verb
from schemadiff.core.plan import Segment
from schemadiff.core.record import replace
from schemadiff.core.sizes import UNKNOWN
from schemadiff.core.sources import sources
from schemadiff.plan.along import along, defers, heard
from schemadiff.plan.load import SMALL, Load, lasting, size_text

_OF_TABLES = frozenset({"constraint", ONE_OF_A_TABLE})  # names that a schema has nothing to do with
_ROOT = 2  # a path of this length names a relation

_SCANS = {
    ScanFor.ROWS: "scan",
    ScanFor.VALIDATION: "validate-at-once",
    ScanFor.INDEX: "index-build",
    ScanFor.UNIQUE: "index-build",
}


def with_known(
    changes: Iterable[Change], operations: Sequence[Operation], context: Context
) -> list[Operation]:
    """Put onto operations what kinds know of the changes; on the first that has the target."""
    speaking = overriding(context.registry, "hazards")
    speaking |= {k.name for k in context.registry if k.used_by_name}
    waiting: dict[Identity, list[Hazard]] = defaultdict(list)
    for change in changes:
        if change.identity.kind in speaking:
            waiting[change.identity] += _known(change, context)
    done = {i: op.target for op in reversed(operations) for i in op.provides}
    targets = {op.target for op in operations}
    for each in [i for i in waiting if i not in targets]:
        if each in done:  # by what speaks of another in the first place
            waiting[done[each]] += waiting.pop(each)
    found = []
    for op in operations:
        more = waiting.pop(op.target, ())
        found.append(replace(op, hazards=(*op.hazards, *more)) if more else op)
    return found


def _known(change: Change, context: Context) -> Iterable[Hazard]:
    kind = context.registry[change.identity.kind]
    match change:
        case Create():
            return kind.hazards(None, change.new, frozenset(), context)
        case Drop():
            return kind.hazards(change.old, None, frozenset(), context)
        case Alter():
            return kind.hazards(change.old, change.new, change.changed, context)
        case Rename():
            return kind.renamed_hazards(change.old, change.new)


class Weighing:
    """What a plan's operations mean for the tables that are there, and for how long."""

    def __init__(
        self,
        context: Context,
        lookalikes: Mapping[Identity, Sequence[Identity]] | None = None,
        known: Context | None = None,
    ) -> None:
        """Take both sides, the sizes, what may be the same under another name, what is anew."""
        self.context, self._known = context, known or context
        self._lookalikes = lookalikes or {}
        self.current, self.desired = context.current, context.desired
        self._far = overriding(context.registry, "locks_also")
        self._heard = heard(context)
        self._gone: set[Identity] = set()  # what an operation before has dropped

    def segments(self, segments: Iterable[Segment]) -> tuple[Segment, ...]:
        """Give the segments with all hazards on their operations."""
        return tuple(self._segment(s) for s in segments)

    def _segment(self, segment: Segment) -> Segment:
        loads = [self.load(op) for op in segment.operations]
        blocked = self._blocked(segment.operations, loads)
        found = []
        for number, op in enumerate(segment.operations):
            own = [self._sized(h) for h in op.hazards]
            more = [*own, *self._work(op, loads[number]), *blocked.get(number, ()), *_lone(op)]
            touches = self._touched(op)
            hazards, makes = tuple(dict.fromkeys(more)), op.makes or self._puts_a_name(op)
            apart = not touches and self._on_new(op)
            path = along(op, self.context) or (("public",) if self._heard else ())
            told = replace(op, hazards=hazards, touches=touches, makes=makes, on_new=apart)
            found.append(replace(told, along=path, defers=defers(op, self.context)))
        return replace(segment, operations=tuple(found))

    def _puts_a_name(self, op: Operation) -> bool:
        """Tell whether an operation makes or renames something that is in a schema by its name."""
        new = self.desired.get(op.target)
        if new is None or op.verb not in (Verb.CREATE, Verb.RENAME):
            return False
        names = self.context.registry.of(new).occupies(new)
        return any(s not in _OF_TABLES and home == op.target.schema for s, home, _ in names)

    # --- the tables of an operation --------------------------------------------------------------

    def load(self, op: Operation) -> Load:
        """Say what an operation locks, reads and writes of what was there before."""
        if op.lock < LockMode.SHARE and not op.scans and not op.rewrites:
            return Load()
        if op.scans and op.scan_for is ScanFor.QUERY:
            tables = self._sources(op.target)
        else:
            tables = self._tables(op.target) | self._there(op.reads)
            # Validation reads both tables of a foreign key; what writes one anew leaves the other.
            tables |= set() if op.rewrites else self._tables_beside(op)
        ends = self._other_ends(op) | self._there(op.touches) | self._tables_beside(op)
        ends -= tables
        known = self.context.sizes.known
        sizes, also = (
            {t: s for t in sorted(each) if not (s := known.get(t.path, UNKNOWN)).empty}
            for each in (tables, ends)
        )
        obj = self.desired.get(op.target) or self.current.get(op.target)
        kind = self.context.registry[op.target.kind]
        usual = kind.scans_for(obj, self.context) if obj is not None else kind.scan_for
        scan_for = op.scan_for or usual
        return Load.of(op, scan_for, sizes, also)

    def _touched(self, op: Operation) -> tuple[Identity, ...]:
        """Name the relations of before that an operation blocks, reads or writes."""
        if op.lock < LockMode.SHARE and not op.scans and not op.rewrites:
            return ()
        found = self._tables(op.target) | self._tables_beside(op) | self._other_ends(op)
        found |= self._there((*op.touches, *op.reads))
        top = self._top(op.target)
        if top is not None and "relation" in self.context.registry[top.kind].spaces:
            found |= {top} & self.current.objects.keys()
        found -= self._gone
        if op.verb is Verb.DROP:
            self._gone.add(op.target)
        return tuple(sorted(found))

    def _on_new(self, op: Operation) -> bool:
        """Tell whether it locks a relation that the plan makes, and speaks of no other."""
        if op.lock < LockMode.SHARE:
            return False
        tops = {self._top(i) for i in (op.target, *self.desired.depends_on(op.target))}
        related = [t for t in tops if t and "relation" in self.context.registry[t.kind].spaces]
        return bool(related) and not any(t in self.current for t in related)

    def _tables(self, target: Identity) -> set[Identity]:
        """Name the existing relations that an operation on the target touches."""
        top = self._top(target)
        if top is None:
            return set()
        kind = self.context.registry[top.kind]
        if kind.has_rows:
            return {top} if top in self.current else set()
        if "type" not in kind.spaces:
            return set()
        # A type or domain has no rows of its own: those of the tables that use it, or a type of it.
        found, wanted, seen = set[Identity](), [top], {top}
        while wanted:
            users = map(self._top, self.current.dependents.get(wanted.pop(), ()))
            more = {u for u in users if u is not None} - seen
            seen |= more
            tables = {u for u in more if self._has_rows(u)}
            found |= tables
            wanted += [u for u in more - tables if "type" in self.context.registry[u.kind].spaces]
        return found

    def _there(self, tables: Iterable[Identity]) -> set[Identity]:
        """Give those that are there."""
        return {t for t in tables if t in self.current}

    def _sources(self, query: Identity) -> set[Identity]:
        """Name the tables of before that a query reads."""
        holding = {kind.name for kind in self.context.registry if kind.has_rows}
        return sources(query, self.desired, holding) & self.current.objects.keys()

    def _has_rows(self, table: Identity) -> bool:
        return self.context.registry[table.kind].has_rows

    def _tables_beside(self, op: Operation) -> set[Identity]:
        """Name the existing tables that a foreign key locks at its other end."""
        found: set[Identity] = set()
        for side, identities in (
            (self.desired, op.provides),
            (self.current, op.destroys),
        ):
            for each in identities:
                if each.kind in self._far and (obj := side.get(each)) is not None:
                    found |= set(self.context.registry[each.kind].locks_also(obj))
        return {t for t in found if t in self.current}

    def _other_ends(self, op: Operation) -> set[Identity]:
        """Name the tables at both ends of the foreign keys on what changes in place.

        The server makes such a key anew, for which it locks both (manual, ALTER TABLE).
        """
        if op.verb is not Verb.ALTER:
            return set()
        found: set[Identity] = set()
        for each in op.destroys:
            for key in self.current.dependents.get(each, ()):
                obj = self.current.objects[key]
                if key.kind in self._far and obj.parent is not None:
                    found |= {obj.parent, *self.context.registry[key.kind].locks_also(obj)}
        return found & self.current.objects.keys()

    def _top(self, target: Identity) -> Identity | None:
        """Climb from a column or an index to what stands in a schema by itself."""
        obj = self.current.get(target) or self.desired.get(target)
        while obj is not None and obj.parent is not None and len(obj.parent.path) >= _ROOT:
            above = obj.parent
            obj = self.current.get(above) or self.desired.get(above)
            if obj is None:
                return above
        if obj is None:
            return Identity(target.kind, target.path) if len(target.path) == _ROOT else None
        return obj.identity

    # --- what follows from declarations ----------------------------------------------------------

    def _work(self, op: Operation, load: Load) -> Iterator[Hazard]:
        """Name the work on tables that are not small, and what rows may stop."""
        for table, size in load.large():
            about = f"{table.sql} ({size_text(size)})"
            if op.rewrites:
                text = f"{about} is written anew with its indexes, {lasting(load.seconds(size))}"
                yield hazard("rewrite", op.target, f"{text}.")
            elif op.scans and op.lock >= LockMode.SHARE:
                what = {
                    ScanFor.ROWS: "is read as a whole",
                    ScanFor.VALIDATION: "is read as a whole to check its rows",
                }.get(load.scan_for, "is read and sorted for an index")
                text = f"{about} {what} while {op.lock.sql} {op.lock.blocks}"
                cls = _SCANS[load.scan_for]
                yield hazard(cls, op.target, f"{text}, {lasting(load.seconds(size))}.")
        rules = load.scan_for in (ScanFor.VALIDATION, ScanFor.UNIQUE)
        if op.scans and load.sizes and rules and not self._fits(op):
            table, size = next(iter(load.sizes.items()))
            twice = load.scan_for is ScanFor.UNIQUE
            clash = self.context.registry[op.target.kind].clash if twice else "does not fit"
            rule = f"{clash} {op.target}"
            text = f"A row of {table.sql} ({size_text(size)}) that {rule} makes it fail."
            yield hazard("may-fail", op.target, text)

    def _fits(self, op: Operation) -> bool:
        obj = self.desired.get(op.target)
        kind = self.context.registry[op.target.kind]
        return obj is not None and kind.known_to_fit(obj, self._known)

    def _blocked(
        self, operations: Sequence[Operation], loads: Sequence[Load]
    ) -> dict[int, list[Hazard]]:
        """Say of each table, on the operation that locks it first, how long it is blocked."""
        # From the end, once: a plan may have tens of thousands of operations in one transaction.
        left = list(accumulate(load.total for load in reversed(loads)))[::-1]
        known = list(accumulate((not o.unknown for o in reversed(loads)), and_))[::-1]
        found: dict[int, list[Hazard]] = defaultdict(list)
        strongest: dict[Identity, LockMode] = {}
        first: dict[Identity, int] = {}
        for number, (op, load) in enumerate(zip(operations, loads, strict=True)):
            for table in load.locked:
                if op.lock >= LockMode.SHARE:
                    strongest[table] = max(op.lock, strongest.get(table, LockMode.NONE))
                    first.setdefault(table, number)
        for table, number in first.items():
            lock = strongest[table]
            size = loads[number].locked[table]
            about = f"{table.sql} ({size_text(size)})"
            if known[number] and left[number] < SMALL:
                text = f"{about} is locked for a moment ({lock.sql})."
                found[number].append(hazard("lock-queue", table, text))
                continue
            cls = "blocks-reads" if lock is LockMode.ACCESS_EXCLUSIVE else "blocks-writes"
            whom = "reads or writes" if cls == "blocks-reads" else "writes"
            how_long = lasting(left[number] if known[number] else None)
            text = f"Nobody {whom} {about} until the transaction ends, {how_long}."
            found[number].append(hazard(cls, table, text))
        return found

    # --- what kinds know, with numbers -----------------------------------------------------------

    def _sized(self, found: Hazard) -> Hazard:
        """Add to what loses data how much there is, and how much rests on it."""
        if not found.loses_data:
            return found
        parts = []
        tables = self._tables(found.subject)
        if len(tables) == 1 and (size := self.context.sizes.known.get(min(tables).path)):
            parts.append(f"{min(tables).sql}: {size_text(size)}")
        inside = {found.subject, *self.current.descendants(found.subject)}
        users = {d for each in inside for d in self.current.dependents.get(each, ())} - inside
        if users:
            rest = "rests" if len(users) == 1 else "rest"
            parts.append(f"{len(users)} other object{'s' * (len(users) > 1)} {rest} on it")
        message = f"{found.message} ({'; '.join(parts)})" if parts else found.message
        return replace(found, message=message + self._perhaps_renamed(found.subject))

    def _perhaps_renamed(self, old: Identity) -> str:
        """Ask whether what goes is what comes; only its author knows."""
        news = self._lookalikes.get(old, ())
        if not news:
            return ""
        names = " or ".join(n.sql for n in news)
        are, same = ("is", "it is") if len(news) == 1 else ("are", "one of them is")
        stays = all(n.path[:-1] == old.path[:-1] for n in news)
        before = old.name if stays else ".".join(old.path)
        return (
            f" {names} {are} new and alike: if {same} the same under another name,"
            f" `renamed_from: {before}` keeps the data."
        )


def _lone(op: Operation) -> Iterator[Hazard]:
    if op.transaction is Transaction.OUTSIDE:
        text = (
            f"{str(op.target).capitalize()} is made, changed or dropped outside of a transaction."
        )
        yield hazard("not-transactional", op.target, text)
    elif op.transaction is Transaction.COMMIT_AFTER and op.verb is not Verb.DROP:
        text = f"The change of {op.target} is committed before what follows."
        yield hazard("not-transactional", op.target, text)
