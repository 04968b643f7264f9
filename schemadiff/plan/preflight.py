"""The questions of a plan to the rows that there are.

The surprising fact: rows that the plan itself writes are not there yet. What looks at rows before
that is asked all the same; what comes later is not, for the answer of today would refuse a plan
that is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.operation import Operation
from schemadiff.core.plan import Segment
from schemadiff.core.preflight import Asking, Meaning, Question, unasked
from schemadiff.core.record import replace


def questions(
    changes: Sequence[Change],
    rebuilt: Sequence[Change],
    renames: Sequence[Rename],
    segments: Sequence[Segment],
    context: Context,
) -> tuple[Question, ...]:
    """Collect what the kinds ask about the changes; what may fail comes first.

    What is `rebuilt` is made anew for the sake of others; the `segments` say what comes first.
    """

    def live(identity: Identity) -> Identity:
        for rename in reversed(renames):
            new, old = rename.new.identity.path, rename.old.identity.path
            if identity.path[: len(new)] == new and _same_space(rename, identity):
                identity = identity.moved(new, old)
        return identity

    asking, order = (
        Asking(context, live),
        _Order([op for each in segments for op in each.operations], context),
    )
    speaking = overriding(context.registry, "questions")
    found: list[Question] = []
    for change in changes:
        if change.identity.kind in speaking:
            found += order.asked(partial(_asked, change), asking)
    for change in rebuilt:
        if isinstance(change, Alter) and change.replace:
            again = context.registry.of(change.new).asked_again
            found += order.asked(partial(again, change.new), asking)
    return tuple(sorted(dict.fromkeys(found), key=lambda q: q.meaning is Meaning.LOSES))


def _same_space(rename: Rename, identity: Identity) -> bool:
    """A constraint or index may be called as a column is."""
    path = rename.new.identity.path
    return len(path) < len(identity.path) or rename.new.identity.kind == identity.kind


def _asked(change: Change, asking: Asking) -> Sequence[Question]:
    kind = asking.context.registry[change.identity.kind]
    match change:
        case Create():
            return tuple(kind.questions(None, change.new, frozenset(), asking))
        case Drop():
            return tuple(kind.questions(change.old, None, frozenset(), asking))
        case Alter():
            return tuple(kind.questions(change.old, change.new, change.changed, asking))
        case Rename():
            return ()


class _Order:
    """When an object has come to its end, and when rows of a table are first written."""

    def __init__(self, operations: Sequence[Operation], context: Context) -> None:
        self._ended, self._written = dict[Identity, int](), dict[tuple[str, ...], int]()
        for number, op in enumerate(operations):
            self._ended[op.target] = number
            if context.registry[op.target.kind].changes_rows:
                self._written.setdefault(op.target.path, number)

    def asked(
        self, ask: Callable[[Asking], Iterable[Question]], asking: Asking
    ) -> Iterator[Question]:
        """Ask of all rows, or, where the plan writes some before, of the others alone."""
        found = tuple(ask(asking))
        if any(map(self._written_before, found)):
            found = tuple(ask(replace(asking, untouched=True)))
        for question in found:
            table = self._written_before(question)
            why = f"the plan itself writes rows of {table.sql}" if table is not None else ""
            yield unasked(question, why) if why else question

    def _written_before(self, question: Question) -> Identity | None:
        """Name a table of which rows are written before an object has looked at them."""
        if question.unasked or question.meaning is Meaning.LOSES:
            return None
        ended = self._ended.get(question.subject)
        for table in question.tables:
            first = self._written.get(table.path)
            if first is not None and (ended is None or first < ended):
                return table
        return None
