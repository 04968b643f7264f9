"""What is only found out as the plan is made, which is then made once more, with that known.

The old form of a type cannot wait under another name while data follows, for what both forms rest
on is made anew itself, as a function below a range: columns give their values away as texts. Or
the data of a table follows only while another one is no part of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.moving import heir
from schemadiff.core.record import replace


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


class ApartError(Exception):
    """Something else has to be desired in another form, so that data can move."""

    def __init__(self, wanted: Mapping[Identity, Mapping[str, Any]]) -> None:
        """Take what is to be set on which object."""
        super().__init__(*sorted(wanted))
        self.wanted = wanted

    def of(self, desired: Catalog) -> Catalog:
        """Set it."""
        objects = {i: replace(desired.objects[i], **said) for i, said in self.wanted.items()}
        return replace(desired, objects={**desired.objects, **objects})


def raise_apart(moving: Collection[Identity], context: Context) -> None:
    """Have the plan made once more where something is in the way of data that moves."""
    speaking = sorted(overriding(context.registry, "apart")) if moving else ()
    found = (said for k in speaking for said in context.registry[k].apart(moving, context))
    if wanted := dict(found):
        raise ApartError(wanted)


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
