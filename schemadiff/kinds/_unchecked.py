"""Constraints of which the files ask no more than that new rows keep them: NOT VALID.

A valid one need not become one that is not: it stays as it is while it is the same one. The
surprising fact: whether it is the same only the server's words tell, and it has to be compared as
a valid one until then; what is made anew must not read, nor be refused for, the rows of before.
"""

from __future__ import annotations

from typing import Any, TypeVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.kind import ObjectKind
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.record import replace

Constraint = TypeVar("Constraint", bound=DbObject)


def leave_valid(
    raw: Constraint, current: DbObject, name: str = "valid", *, valid: bool = True
) -> Constraint:
    """Give a constraint of the files as valid as the live one is; `name` is what says that."""
    # What was left valid before may be held against a live one that was made anew since.
    if getattr(raw, name) is valid and not getattr(raw, "unchecked", False):
        return raw
    left = getattr(current, name) is valid
    changes: dict[str, Any] = {name: valid if left else not valid, "unchecked": left}
    return replace(raw, **changes)


def as_asked(
    kind: ObjectKind,
    current: Catalog,
    desired: Catalog,
    name: str = "valid",
    *,
    valid: bool = True,
) -> Catalog:
    """Give the desired side, with what is made anew no more valid than the files ask for."""
    found: dict[Any, Any] = {}
    for identity in desired.of(kind.name):
        new: Any = desired.objects[identity]
        old = current.get(identity)
        if new.unchecked and old is not None and changed_attributes(old, new) & kind.replaces:
            found[identity] = replace(new, **{name: not valid})
    return replace(desired, objects={**desired.objects, **found}) if found else desired
