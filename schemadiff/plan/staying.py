"""Types whose old form cannot wait under another name while data follows: their values wait.

What both forms rest on may be made anew itself, as a function below a range. Then columns give
their values away as texts, and the plan is made once more, with that known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.moving import heir


def moves_itself(identity: Identity, context: Context) -> bool:
    """Tell whether an object's own data follows a type, not only that of columns of others."""
    kind = context.registry[identity.kind]
    return bool(kind.moved_attributes & kind.alters)


class StayingError(Exception):
    """The old form of types cannot wait under another name: their values have to."""

    def __init__(self, types: frozenset[Identity]) -> None:
        """Take the types."""
        super().__init__(*sorted(types))
        self.types = types


def raise_staying(types: Iterable[Identity]) -> None:
    """Have the plan made once more where there are such types."""
    if found := frozenset(types):
        raise StayingError(found)


def may_wait(identity: Identity, cause: Identity, context: Context) -> Iterator[Identity]:
    """Name a cause, if it is a type of which an object has values, and these do not wait yet."""
    made = cause in context.current and heir(cause, context) is not None
    is_type = "type" in context.registry[cause.kind].spaces
    if made and is_type and cause not in context.by_text and moves_itself(identity, context):
        yield cause


def waits_above(identity: Identity, cause: Identity, context: Context) -> bool:
    """Tell whether values of a type that wait are only in columns that are another object's."""
    return cause in context.by_text and not moves_itself(identity, context)


def needed(identity: Identity, cause: Identity) -> Diagnostic:
    """Say that an object with data stays, and so does what it rests on."""
    return Diagnostic(
        code="SD060",
        message=f"{cause} would have to be made anew, but {identity}, which holds data, needs it",
        hint=f"make the change in steps: first move {identity} off {cause}",
        about=(cause, identity),
    )
