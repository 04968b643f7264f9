"""Two catalogs to a plan: changes, operations, order, segments."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Change, Rename
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry, overriding
from schemadiff.core.operation import Operation, Transaction, Verb
from schemadiff.core.plan import Plan, Segment
from schemadiff.core.portions import AT_ONCE, portions
from schemadiff.core.record import record, replace
from schemadiff.core.said_back import said_back
from schemadiff.core.sizes import Formula, Measure, Pair, Path, Sizes
from schemadiff.diff.compare import compare, reconciled
from schemadiff.plan.expand import Expansion
from schemadiff.plan.hazards import Weighing, with_known
from schemadiff.plan.load import Load
from schemadiff.plan.lookalikes import lookalikes
from schemadiff.plan.order import CircleError, Graph
from schemadiff.plan.preflight import questions
from schemadiff.plan.routes import rename_operations
from schemadiff.plan.staying import ApartError, StayingError
from schemadiff.plan.strands import Step, parted
from schemadiff.plan.together import commit_between
from schemadiff.plan.trading import names_of


@record(frozen=True, slots=True)
class Options:
    """How a plan is made: lenient where dependencies are guesses.

    What has at least the rank `fold` is folded into its host for the reader's sake. `measure`
    gives the sizes of tables, and is asked once, when there are changes. `online` spares tables
    that have rows the locks that a plain statement would hold long.
    """

    fold: int = 0
    lenient: bool = False
    online: bool = False
    measure: Measure | None = None


def make_plan(
    current: Catalog,
    desired: Catalog,
    registry: Registry,
    *,
    renames: Sequence[Rename] = (),
    version: int = 180000,
    options: Options | None = None,
) -> Plan:
    """Plan the way from `current` to `desired`.

    `current` is the catalog as it is after the explicit `renames`, which come first in the plan.
    Raises PlanError where there is no way.
    """
    options = options or Options()
    if current.objects is desired.objects and not renames:
        return Plan((), (), server_version=version)
    while True:
        try:
            return _plan((current, desired), registry, renames, version, options)
        except ApartError as apart:
            desired = apart.of(desired)


def _plan(
    sides: tuple[Catalog, Catalog],
    registry: Registry,
    renames: Sequence[Rename],
    version: int,
    options: Options,
) -> Plan:
    """Plan the way, as long as nothing is found out that has to be known before."""
    current, desired = reconciled(*sides, registry)
    changes = compare(current, desired, registry)
    if not changes and not renames:
        return Plan((), (), server_version=version)
    context = Context(
        current,
        desired,
        version,
        registry,
        raw=options.lenient,
        sizes=_sizes([*changes, *renames], current, desired, options, registry),
        online=options.online and options.measure is not None,
    )
    first = with_known(renames, [op for _, op in rename_operations(renames, context)], context)
    way = _way(changes, context, options)
    # An object can move only into a schema that is there.
    homes = {r.new.parent for r in renames}
    homes |= {h for r in renames for h in registry.of(r.new).homes(r.new)}
    homes -= context.current.objects.keys()  # what is made anew has the renamed in it until then
    early = [s for s in way.steps if s.op.target in homes and s.op.verb is Verb.CREATE]
    renaming = _renaming(first, renames, way.steps, context)
    ordered = [*early, *renaming, *(s for s in way.steps if s not in early)]
    every: list[Change] = [*renames, *way.done]
    weighing = Weighing(context, lookalikes(way.done, context), way.known(context))
    parts = tuple(segments(ordered, context, weighing.load))
    if not options.lenient:  # nobody is told what a scratch database has to bear
        parts = tuple(map(_said_back, weighing.segments(parts)))
    asked = () if options.lenient else (way.done, way.rebuilt, renames)
    return Plan(
        tuple(every),
        parts,
        server_version=version,
        rebuilt=tuple(way.rebuilt),
        questions=questions(*asked, parts, way.known(context)) if asked else (),
    )


def _said_back(segment: Segment) -> Segment:
    operations = (replace(op, sql=said_back(op.sql)) for op in segment.operations)
    return replace(segment, operations=tuple(operations))


@record(frozen=True)
class Way:
    """Operations in order, the changes that they make, and what is made anew for their sake."""

    steps: list[Step]
    done: list[Change]
    rebuilt: list[Change]

    def known(self, context: Context) -> Context:
        """Give the context with what is made anew, whose rows may go on."""
        every = (*self.done, *self.rebuilt)
        anew = frozenset(c.identity for c in every if isinstance(c, Alter) and c.replace)
        return replace(context, replaced=anew, memo={})


def _way(changes: list[Change], context: Context, options: Options) -> Way:
    """Find an order of what has to be done; what has no place in any is made anew, if it can be.

    A view that reads another one before and after, say, which has to be dropped for a third reason.
    """
    forced: frozenset[Identity] = frozenset()
    while True:
        try:
            operations, done, rebuilt = Expansion(context, forced=forced).run(changes)
        except StayingError as staying:
            context = replace(context, by_text=context.by_text | staying.types, memo={})
            continue
        if not options.lenient:
            operations = with_known(done, operations, context)
        try:
            ordered = Graph(operations, context, options.fold, options.lenient).sorted()
        except CircleError as circle:
            more = [i for i in sorted(circle.altered - forced) if _can_be_anew(i, context)]
            if not more:
                raise
            forced |= {more[-1]}
        else:
            return Way(ordered, done, rebuilt)


def _can_be_anew(identity: Identity, context: Context) -> bool:
    obj = context.current.get(identity)
    kind = context.registry[identity.kind]
    return obj is not None and (kind.moves_over or kind.rebuildable(obj, context))


def _sizes(
    changes: Sequence[Change],
    current: Catalog,
    desired: Catalog,
    options: Options,
    registry: Registry,
) -> Sizes:
    """Measure the tables that the changes touch, by the names that they have after renames."""
    if options.measure is None:
        return Sizes()
    touched = {c.identity for c in changes}
    touched |= {i for c in touched for side in (current, desired) for i in side.depends_on(c)}
    # What rests on a type is read or rewritten with it, however far away it is.
    queue = [c.identity for c in changes if isinstance(c, Alter)]
    while queue:
        more = current.dependents.get(queue.pop(), frozenset()) - touched
        touched |= more
        queue += more
    # The other end of a foreign key on it is locked with it.
    touched |= {i for each in touched for i in current.depends_on(each)}
    # So are those that a table refers to which goes, or is made anew.
    paths = {i.path[:2] for i in touched}
    far = [i for i in current.of(*overriding(registry, "locks_also")) if i.path[:2] in paths]
    paths |= {i.path[:2] for each in far for i in current.depends_on(each)}
    back = [(c.new.identity.path, c.old.identity.path) for c in changes if isinstance(c, Rename)]
    for new, old in reversed(back):
        paths |= {old + p[len(new) :] for p in paths if p[: len(new)] == new}
    formulas = _formulas(changes, [new for new, _ in back], registry)
    types = _retyped(changes, current, desired, registry)
    return options.measure(paths, formulas, types).moved((old, new) for new, old in back)


def _formulas(
    changes: Iterable[Change], renamed: Sequence[Path], registry: Registry
) -> dict[Path, Formula]:
    """Give what the server is asked of values, but where a name will only then be what it says."""
    speaking = overriding(registry, "formula")
    found = {
        c.identity.path: said
        for c in changes
        if isinstance(c, Alter) and c.identity.kind in speaking
        if (said := registry.of(c.new).formula(c.old, c.new)) is not None
    }
    return {
        path: said
        for path, said in found.items()
        if not any(path[: len(new[:2])] == new[:2] for new in renamed)
    }


def _retyped(
    changes: Sequence[Change], current: Catalog, desired: Catalog, registry: Registry
) -> set[Pair]:
    """Give the types that trade places, but for those which the plan itself changes."""
    speaking = overriding(registry, "retypes")
    altered = [c for c in changes if isinstance(c, Alter)]
    unsure = {i for c in altered for i in (c.identity, c.new.parent) if i}
    found: set[Pair] = set()
    for change in altered:
        if change.identity.kind in speaking:
            found.update(registry.of(change.new).casts(change.old, change.new))
            above = current.depends_on(change.identity) | desired.depends_on(change.identity)
            if not unsure & (above - {change.new.parent}):
                found.update(registry.of(change.new).retypes(change.old, change.new))
    return found


def _renaming(
    operations: Iterable[Operation],
    renames: Iterable[Rename],
    steps: Sequence[Step],
    context: Context,
) -> list[Step]:
    """Give what renames, for which those wait that take a name which was there."""
    freed = names_of((r.old for r in renames), context.current, context)
    making = (s for s in steps if freed and s.op.verb is Verb.CREATE)
    new = ((s, context.desired.get(s.op.target)) for s in making)
    taking = (s for s, obj in new if obj and freed & names_of([obj], context.desired, context))
    later = frozenset(s.number for s in taking)
    return [Step(op, -number, later) for number, op in enumerate(operations, 1)]


def segments(
    steps: Iterable[Step], context: Context, load_of: Callable[[Operation], Load]
) -> tuple[Segment, ...]:
    """Cut the operations into transactions.

    What can go together does, but for long work, which is apart from what it has nothing to do
    with; and for very many that are good on their own: they make what nobody has, and nothing goes;
    or all of them drop something.
    """
    found: list[list[Step]] = []
    for step in steps:
        if not found or commit_between(found[-1][-1].op, step.op):
            found.append([])
        found[-1].append(step)
    outside = Transaction.OUTSIDE
    return tuple(
        Segment(tuple(part), transactional=part[0].transaction is not outside)
        for each in found
        for strand in (parted(each, context, load_of) if context.online else [each])
        for part in _portions([step.op for step in strand], context)
    )


def _portions(operations: list[Operation], context: Context) -> Iterable[Sequence[Operation]]:
    verbs = {op.verb for op in operations}
    if len(operations) <= AT_ONCE or (verbs != {Verb.DROP} and verbs & {Verb.DROP, Verb.RENAME}):
        return [operations]
    if verbs == {Verb.DROP}:
        return portions(operations)
    apart = [op.verb is Verb.CREATE and op.target not in context.current for op in operations]
    cuts = [0]
    for at in range(1, len(operations)):
        if at - cuts[-1] >= AT_ONCE and apart[at - 1] and apart[at]:
            cuts.append(at)
    return [operations[a:b] for a, b in itertools.pairwise([*cuts, len(operations)])]
