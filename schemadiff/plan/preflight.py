"""The questions of a plan to the rows that there are.

The surprising fact: rows that the plan itself writes are not there yet, so what rests on them is
not asked at all: the answer of today would refuse a plan that is right.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.preflight import Asking, Meaning, Question, unasked


def questions(
    changes: Sequence[Change], renames: Sequence[Rename], context: Context
) -> tuple[Question, ...]:
    """Collect what the kinds ask about the changes; what may fail comes first."""

    def live(identity: Identity) -> Identity:
        for rename in reversed(renames):
            new, old = rename.new.identity.path, rename.old.identity.path
            if identity.path[: len(new)] == new and _same_space(rename, identity):
                identity = identity.moved(new, old)
        return identity

    asking = Asking(context, live)
    speaking = overriding(context.registry, "questions")
    found: list[Question] = []
    for change in changes:
        if change.identity.kind in speaking:
            found += _asked(change, asking)
    written = {
        c.identity.path[:2] for c in changes if context.registry[c.identity.kind].changes_rows
    }
    found = [_unwritten(q, written) for q in found]
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


def _unwritten(question: Question, written: set[tuple[str, ...]]) -> Question:
    touched = [t for t in question.tables if t.path in written]
    if not touched or question.unasked or question.meaning is Meaning.LOSES:
        return question
    return unasked(question, f"the plan itself writes rows of {touched[0].sql}")
