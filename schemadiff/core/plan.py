"""A plan: ordered operations in segments, and the changes that they bring about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import field

from schemadiff.core.catalog import Unmanaged
from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.hazard import Hazard, Policy
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation
from schemadiff.core.preflight import Answer, Outcome, Question
from schemadiff.core.record import record, replace

FORMAT_VERSION = 1


@record(frozen=True, slots=True)
class Segment:
    """Operations that run in one transaction, or one lone statement that cannot run in one."""

    operations: tuple[Operation, ...]
    transactional: bool = True


@record(frozen=True, slots=True)
class Expected:
    """An object that a plan touches or rests on, by fingerprints; None is an object's absence.

    `planned` is what it was planned from, `forms` all that it may be found in, also after a part
    of the plan has run. Of a `whole` nothing may live in it that is not expected itself. What
    `goes` is dropped, and not made again.
    """

    identity: Identity
    planned: str | None
    forms: tuple[str | None, ...]
    whole: bool = False
    goes: bool = False


@record(frozen=True, slots=True)
class Watch:
    """What is read again before a plan is applied, since no inspection reads it.

    Each of `queries` gives the number of an identity and the names and values of what there is of
    it: by the names of before the plan, or of after it. `columns` are those that count of each.
    """

    identities: tuple[Identity, ...]
    columns: tuple[tuple[str, ...], ...]
    queries: tuple[str, ...]


@record(frozen=True)
class Plan:
    """What would be done to get from `current` to `desired`."""

    changes: tuple[Change, ...]
    segments: tuple[Segment, ...]
    current_fingerprint: str = ""
    desired_fingerprint: str = ""
    server_version: int = 0
    database: str = ""
    unmanaged: tuple[Unmanaged, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    rebuilt: tuple[Change, ...] = field(default=())
    expected: tuple[Expected, ...] = field(default=())
    watches: tuple[Watch, ...] = ()  # how those of `expected` are read that no inspection reads
    allowed: tuple[str, ...] = ()  # hazards that somebody has allowed; not kept in a saved plan
    database_id: str = ""  # of this database on this server, whatever it is called
    questions: tuple[Question, ...] = ()  # to the rows, before anything runs
    answers: tuple[Answer, ...] | None = None  # None before they were asked; not kept when saved
    between: bool = False  # `database` names two sources that were compared; not kept when saved

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do."""
        return not any(s.operations for s in self.segments)

    @property
    def shown(self) -> Plan:
        """Give the plan as people read it: without what only a stopped run would make necessary."""
        if not any(op.clears for op in self.operations()):
            return self
        found = (tuple(op for op in s.operations if not op.clears) for s in self.segments)
        segments = (
            replace(s, operations=ops) for s, ops in zip(self.segments, found, strict=True) if ops
        )
        return replace(self, segments=tuple(segments))

    def operations(self) -> Iterator[Operation]:
        """Give all operations in their order."""
        for segment in self.segments:
            yield from segment.operations

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Give the hazards of all operations, each once, in order."""
        return tuple(dict.fromkeys(h for op in self.operations() for h in op.hazards))

    def refused(self, allowances: tuple[str, ...]) -> tuple[Hazard, ...]:
        """Give the hazards that stop `apply`: nothing in `allowances` covers them."""
        return tuple(h for h in self.hazards if h.refused(allowances))

    def judged(self, policy: Policy) -> Plan:
        """Give the plan with its hazards as they are taken here, and a note on what has ended."""

        def judged(op: Operation) -> Operation:
            found = tuple(map(policy.judged, op.hazards))
            return op if found == op.hazards else replace(op, hazards=found)

        plan = replace(
            self,
            segments=tuple(
                replace(s, operations=tuple(map(judged, s.operations))) for s in self.segments
            ),
        )
        ended = (
            Diagnostic(
                code="SD212",
                message=f"the allowance {a} ended with {a.until}; it does not count any more",
                hint="take it out of the settings, or give it another `until`",
                severity=Severity.WARNING,
            )
            for a in policy.expired(plan.hazards)
        )
        notes = tuple(n for n in self.notes if n.code != "SD212")
        return replace(plan, notes=(*notes, *ended))

    def answered(self, answers: tuple[Answer, ...]) -> Plan:
        """Give the plan with what the rows say, also at what loses data."""
        lost = {
            a.question.subject: a
            for a in answers
            if a.outcome is Outcome.LOSES or (a.outcome is Outcome.PASSED and a.losing)
        }

        def told(found: Hazard) -> Hazard:
            if not found.loses_data or found.subject not in lost:
                return found
            return replace(found, message=f"{found.message} Counted: {lost[found.subject].text}.")

        def counted(op: Operation) -> Operation:
            hazards = tuple(map(told, op.hazards))
            return op if hazards == op.hazards else replace(op, hazards=hazards)

        segments = (replace(s, operations=tuple(map(counted, s.operations))) for s in self.segments)
        return replace(self, segments=tuple(segments), answers=answers)

    def counts(self) -> Counter[str]:
        """Count the changes: create, change, replace, drop, rename (rebuilt dependents apart)."""
        return Counter(change_verb(c) for c in self.changes)


def change_verb(change: Change) -> str:
    """Name a change as the summary does."""
    match change:
        case Create():
            return "create"
        case Drop():
            return "drop"
        case Rename():
            # What keeps its own name has moved, and all that it brought with it.
            return "change" if change.old.identity == change.identity else "rename"
        case Alter():
            return "replace" if change.replace else "change"
