"""Operations in an order that works: one graph, one deterministic sort.

Columns, constraints and the like are folded into the statement that makes their table. Folding
can close a circle of dependencies; then the part that matters least to the reader is unfolded.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Transaction, Verb
from schemadiff.core.record import replace
from schemadiff.plan.strands import Step
from schemadiff.plan.together import brought_together
from schemadiff.plan.trading import Name, names_inside, names_of

_Nodes = dict[int, set[int]]


class CircleError(PlanError):
    """Operations wait for one another; `altered` is what they change without making it anew."""

    def __init__(self, diagnostic: Diagnostic, altered: frozenset[Identity]) -> None:
        """Take what is said if nothing helps."""
        super().__init__(diagnostic)
        self.altered = altered


@dataclass
class Graph:
    """Operations by number, which are folded into which, and what comes before what."""

    operations: Sequence[Operation]
    context: Context
    fold: int = 0  # the least rank that is folded
    lenient: bool = False  # a circle is cut instead of reported (edges may be guesses)
    hosts: dict[int, int] = field(default_factory=dict)
    edges: set[tuple[int, int]] = field(default_factory=set)
    firm: set[tuple[int, int]] = field(default_factory=set)  # of them, what is no guess
    wishes: set[tuple[int, int]] = field(default_factory=set)  # of them, what nothing depends on
    guesses: set[tuple[int, int]] = field(default_factory=set)  # of them, what only words told
    positions: dict[Identity, int] = field(default_factory=dict)

    def sorted(self) -> list[Step]:
        """Give the operations in order, folded, and which wait for which."""
        self.positions = {i: n for n, i in enumerate(self.context.desired.objects)}
        self._find_hosts()
        self._find_edges()
        while True:
            order, stuck, before, after = self._kahn()
            if not stuck:
                return self._folded(brought_together(order, after, self.operations), after)
            if not self._unfold(stuck) and not self._cut(stuck, before):
                raise self._circle(stuck, before)

    # --- the graph ---------------------------------------------------------------------------

    def _find_hosts(self) -> None:
        by_target: dict[tuple[Verb, Identity], int] = {}
        for number, op in enumerate(self.operations):
            if op.verb is Verb.DROP or op.host is not None:
                by_target[op.verb, op.target] = number
        for number, op in enumerate(self.operations):
            if op.fold is not None and (op.fold.rank >= self.fold or op.verb is Verb.DROP):
                host = by_target.get((op.verb, op.fold.into))
                if host is not None and host != number:
                    self.hosts[number] = host

    def _find_edges(self) -> None:
        providers: dict[Identity, list[int]] = defaultdict(list)
        releasers: dict[Identity, list[int]] = defaultdict(list)
        destroyers: dict[Identity, list[int]] = defaultdict(list)
        for number, op in enumerate(self.operations):
            for each in op.provides:
                providers[each].append(number)
            for each in op.releases:
                releasers[each].append(number)
            for each in op.destroys:
                destroyers[each].append(number)
        for number, op in enumerate(self.operations):
            for each in op.requires:
                found = self.guesses if self._is_guess(op.target, each) else self.edges
                found.update((p, number) for p in providers.get(each, ()))
            for each in op.destroys:
                self.edges.update(
                    (r, number)
                    for r in releasers.get(each, ())
                    # What goes on resting on it under its new name may be altered afterwards;
                    # two that both leave it and unsettle it have no order.
                    if (op.verb is not Verb.RENAME or self.operations[r].verb is not Verb.ALTER)
                    and (each not in op.releases or r not in destroyers[each])
                )
                self.edges.update(
                    (number, p)
                    for p in providers.get(each, ())
                    # What it needs itself is altered before it.
                    if each not in op.requires or self.operations[p].verb is not Verb.ALTER
                )
        self._find_name_conflicts()
        self._put_ahead()
        self.guesses -= self.edges
        self.edges |= self.guesses
        self._find_overloads()
        self._keep_steps_in_order()
        self.edges = {(a, b) for a, b in self.edges if a != b}

    def _is_guess(self, target: Identity, needed: Identity) -> bool:
        """Tell whether only a word in its text says that an object rests on another one."""
        desired = self.context.desired
        if target not in desired.guessed or needed not in desired.dependencies.get(target, ()):
            return False
        obj = desired.objects[target]
        return needed != obj.parent and needed not in obj.refers

    def _find_name_conflicts(self) -> None:
        """A name is free only after whoever holds it is gone."""
        freed: dict[Name, int] = {}
        current, desired = self.context.current, self.context.desired
        for number, op in enumerate(self.operations):
            if op.verb in (Verb.DROP, Verb.RENAME):
                there = (current.get(gone) for gone in op.destroys | {op.target})
                olds = [old for old in there if old is not None]
                names = names_of(olds, current, self.context)
                if op.verb is Verb.DROP:
                    names |= names_inside(olds, self.context)
                freed.update((name, number) for name in names)
        for number, op in enumerate(self.operations):
            new = desired.get(op.target)
            if op.verb in (Verb.CREATE, Verb.RENAME) and new is not None:
                for name in names_of([new], desired, self.context) & freed.keys():
                    self.firm.add((freed[name], number))
            if op.verb is Verb.CREATE and new is not None:
                # Where the name is the usual one, the server finds another one if it has to.
                inside = names_inside([new], self.context)
                self.wishes |= {(freed[name], number) for name in inside & freed.keys()}
        self.edges |= self.firm

    def _find_overloads(self) -> None:
        """While an old overload is there, a call of the new one may be one of either."""
        gone: dict[tuple[str, ...], list[int]] = defaultdict(list)
        made: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, op in enumerate(self.operations):
            found = {Verb.DROP: gone, Verb.CREATE: made}.get(op.verb)
            if found is not None and self.context.registry[op.target.kind].overloads:
                found[op.target.path[:2]].append(number)
        self.wishes |= {(a, b) for name in gone for a in gone[name] for b in made.get(name, ())}
        self.wishes -= self.edges
        self.edges |= self.wishes

    def _put_ahead(self) -> None:
        """What leaves another object goes before that object changes, for it would change too."""
        for number, op in enumerate(self.operations):
            if op.awaited_by:
                self.edges.update(
                    (number, later)
                    for later, other in enumerate(self.operations)
                    if other.target in op.awaited_by and other.verb is not Verb.DROP
                )
            if not op.ahead_of:
                continue
            wholes = {whole.path for whole in op.ahead_of}
            for later, other in enumerate(self.operations):
                path = other.target.path
                inside = any(path[:size] in wholes for size in range(1, len(path) + 1))
                if inside and other.target != op.target:
                    self.edges.add((number, later))

    def _keep_steps_in_order(self) -> None:
        """Several operations that a kind makes for one alteration run as it gave them.

        But for one that waits for what another does for the sake of a third object, which the
        object itself, whose alteration is told by its own kind, does not provide.
        """
        steps: dict[Identity, list[int]] = defaultdict(list)
        for number, op in enumerate(self.operations):
            if op.verb is Verb.ALTER:
                before = steps[op.target]
                done = op.provides - {op.target}
                waiting = [e for e in before if done & self.operations[e].requires]
                earlier = [e for e in before if e not in waiting]
                self.edges.difference_update((number, each) for each in earlier)
                self.edges.update((each, number) for each in earlier[-1:])
                before.append(number)

    # --- the sort ----------------------------------------------------------------------------

    def _root(self, number: int) -> int:
        while number in self.hosts:
            number = self.hosts[number]
        return number

    def _kahn(self) -> tuple[list[int], set[int], _Nodes, _Nodes]:
        after: dict[int, set[int]] = defaultdict(set)
        before: dict[int, set[int]] = defaultdict(set)
        for first, second in self.edges:
            a, b = self._root(first), self._root(second)
            if a != b:
                after[a].add(b)
                before[b].add(a)
        nodes = {self._root(n) for n in range(len(self.operations))}
        waiting = {n: len(before.get(n, ())) for n in nodes}
        ready = [(self._priority(n), n) for n in nodes if not waiting[n]]
        heapq.heapify(ready)
        order: list[int] = []
        while ready:
            _, node = heapq.heappop(ready)
            order.append(node)
            for each in after.get(node, ()):
                waiting[each] -= 1
                if not waiting[each]:
                    heapq.heappush(ready, (self._priority(each), each))
        return order, {n for n, left in waiting.items() if left}, before, after

    def _priority(self, number: int) -> tuple[int, int, int, tuple[str, ...], int, Identity, int]:
        op = self.operations[number]
        kind = self.context.registry[op.target.kind]
        order = kind.order
        # Columns stand in a table as they were added: those of one table come as they are written.
        adds = kind.essential and op.verb is Verb.CREATE
        place = self.positions.get(op.target, 0) if adds else 0
        home = op.target.path[:-1] if place else op.target.path
        if op.transaction is Transaction.COMMIT_AFTER:
            phase = 0
        elif op.verb is Verb.DROP:
            phase, order = 1, -order
        else:
            phase = 2
        # What comes back stands in the transaction in which it went: nothing may come between.
        return (-1 if op.returns else op.stage, phase, order, home, place, op.target, number)

    def _core(self, stuck: set[int], before: dict[int, set[int]]) -> list[int]:
        """Find one circle among the nodes that could not be sorted."""
        node = min(stuck)
        path: list[int] = []
        while node not in path:
            path.append(node)
            node = min(b for b in before[node] if b in stuck)
        return path[path.index(node) :]

    def _unfold(self, stuck: set[int]) -> bool:
        """Unfold the parts of the smallest rank that close a circle.

        Not those of two that wait for one another anyway: a column that goes by itself is no more
        there when the rows of its table are copied aside.
        """
        tangled = self._tangled(stuck)
        parts: dict[tuple[int, int], list[set[int]]] = defaultdict(list)
        for first, second in self.edges:
            a, b = self._root(first), self._root(second)
            if a != b and a in tangled and b in tangled:
                found = {n for n in (first, second) if n in self.hosts and self.operations[n].fold}
                parts[a, b].append(found)
        loose = {n for found in parts.values() if all(found) for each in found for n in each}
        ranks = {n: fold.rank for n in loose if (fold := self.operations[n].fold) is not None}
        lowest = min(ranks.values(), default=0)
        for number, rank in ranks.items():
            if rank == lowest:
                del self.hosts[number]
        return bool(ranks)

    def _tangled(self, stuck: set[int]) -> set[int]:
        """Leave out what merely waits for a circle without being waited for."""
        before: dict[int, set[int]] = defaultdict(set)
        after: dict[int, set[int]] = defaultdict(set)
        for first, second in self.edges:
            a, b = self._root(first), self._root(second)
            if a != b and a in stuck and b in stuck:
                before[b].add(a)
                after[a].add(b)
        left = set(stuck)
        idle = [n for n in stuck if not after[n]]
        while idle:
            node = idle.pop()
            left.discard(node)
            for each in before[node]:
                after[each].discard(node)
                if not after[each]:
                    idle.append(each)
        return left

    def _circle(self, stuck: set[int], before: dict[int, set[int]]) -> CircleError:
        circle = self._core(stuck, before)
        altered = (op for n in circle if (op := self.operations[n]).verb is Verb.ALTER)
        path = " -> ".join(
            f"{self.operations[n].verb} {self.operations[n].target}" for n in (*circle, circle[0])
        )
        diagnostic = Diagnostic(
            code="SD062",
            message=f"these operations wait for one another: {path}",
            hint="this is a limit of schemadiff: make the change in two steps, and report it",
            about=tuple(self.operations[n].target for n in circle),
        )
        return CircleError(diagnostic, frozenset(op.target for op in altered))

    def _cut(self, stuck: set[int], before: dict[int, set[int]]) -> bool:
        """Cut a circle where a dependency is a wish or a guess; tells whether there was one."""
        circle = self._core(stuck, before)
        within = {(a, b) for a, b in self.edges if {self._root(a), self._root(b)} <= {*circle}}
        if wishes := within & self.wishes:
            self.edges -= wishes
            return True
        # A true edge is not cut where there is a guess; else what was guessed about goes by rank.
        loose = within & self.guesses or {e for e in within if self._is_loose(e)}
        if not loose:
            return False
        first = min((self._root(b) for _, b in loose), key=self._priority)
        self.edges -= {(a, b) for a, b in loose if self._root(b) == first}
        return True

    def _is_loose(self, edge: tuple[int, int]) -> bool:
        """Tell whether an edge may be no more than a guess."""
        target = self.operations[self._root(edge[1])].target
        return self.lenient or (edge not in self.firm and target in self.context.desired.guessed)

    # --- folding -----------------------------------------------------------------------------

    def _folded(self, order: list[int], after: _Nodes) -> list[Step]:
        inside: dict[int, list[int]] = defaultdict(list)
        for number in sorted(self.hosts, key=self._reading_order):
            inside[self.hosts[number]].append(number)
        return [Step(self._assemble(n, inside), n, frozenset(after.get(n, ()))) for n in order]

    def _reading_order(self, number: int) -> tuple[int, int, Identity]:
        target = self.operations[number].target
        position = self.positions.get(target, 0)
        return (self.context.registry[target.kind].order, position, target)

    def _assemble(self, number: int, inside: dict[int, list[int]]) -> Operation:
        op = self.operations[number]
        parts = [self._assemble(n, inside) for n in inside.get(number, ())]
        if not parts:
            return op
        sql, text = op.sql, op.fold.text if op.fold else ""
        if op.host is not None:
            texts = [p.fold.text for p in parts if p.fold and p.fold.text]
            joined = op.host.joiner.join(texts)
            sql = op.host.head + joined + op.host.tail
            text += joined
        locks = [p.fold.lock for p in parts if p.fold] if op.verb is not Verb.DROP else []
        guards = [p.guard for p in (op, *parts) if p.guard] if op.verb is Verb.ALTER else []
        return replace(
            op,
            sql=sql,
            guard=reduce(or_, guards) if guards else op.guard,
            fold=replace(op.fold, text=text) if op.fold else None,
            lock=max([op.lock, *locks], default=LockMode.NONE),
            rewrites=op.rewrites or any(p.fold.rewrites for p in parts if p.fold),
            # What locks nothing that was there has no rows to read.
            scans=op.scans or (op.lock is not LockMode.NONE and any(p.scans for p in parts)),
            hazards=_together(op, parts),
            provides=op.provides.union(*(p.provides for p in parts)),
            destroys=op.destroys.union(*(p.destroys for p in parts)),
        )


def _together(op: Operation, parts: list[Operation]) -> tuple[Hazard, ...]:
    """Give the hazards of an operation with parts; what goes with a dropped host is said by it."""
    if op.verb is Verb.DROP:
        return op.hazards
    return tuple(dict.fromkeys(h for each in (op, *parts) for h in each.hazards))
