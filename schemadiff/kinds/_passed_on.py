"""Grants that another role than the owner gave, by WITH GRANT OPTION.

Who gave is not compared: what a plan grants, it grants as the owner. The surprising fact: REVOKE by
the owner leaves such a grant as it is and says nothing, so it goes only with its giver's right to
give it; and that takes along whatever else rests on this right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.sql import qualified
from schemadiff.kinds._privileges import GRANTABLE, Rights

_ROUTINES = ("function", "procedure", "aggregate")


def lost_rights(have: Rights, want: Rights, known: frozenset[str]) -> frozenset[str]:
    """Name the privileges that a role loses, or that it may not give any more."""
    (had, could), (wanted, may) = have.sets(known), want.sets(known)
    return (had - wanted) | (could - may)


def passed_on(grant: Any, context: Context) -> tuple[tuple[str, str], ...]:
    """Give (giver, privilege) of what others than the owner gave, as the server is now."""
    found: Any = context.current.get(grant.identity)
    return found.passed_on if found is not None else ()


def has_passed_on(grant: Any, lost: frozenset[str], context: Context) -> bool:
    """Tell whether others have what they have from this role, of what it loses."""
    return any(
        giver == grant.role and privilege in lost
        for each in _same(grant, context)
        for giver, privilege in each.passed_on
    )


def beside(
    grant: Any, lost: frozenset[str], givers: frozenset[str], context: Context
) -> Iterator[Any]:
    """Give the grants that may be lost along with this one and are to stay, in order."""
    for each in sorted(_same(grant, context), key=lambda g: g.identity):
        wanted: Any = context.desired.get(each.identity)
        if wanted is None or each.identity == grant.identity:
            continue
        if each.role in givers or any(name in lost for _, name in each.passed_on):
            yield wanted


def taken_from_others(
    given: Iterable[tuple[str, str, str, str]],
    lost: Mapping[tuple[str, str], frozenset[str]],
    after: Mapping[tuple[str, str], Rights],
    said: Callable[[tuple[str, str], Rights, Rights], Iterable[tuple[str, bool]]],
) -> Iterator[str]:
    """Take what others gave, by their right to give it, and give again what was to stay.

    `given` holds (role, column, giver, privilege), `lost` and `after` are by role and column, and
    `said` writes how a role gets from one to the other.
    """
    givers: dict[tuple[str, str], set[str]] = defaultdict(set)
    again: set[tuple[str, str]] = set()
    for role, column, giver, privilege in given:
        if privilege in lost.get((role, column), ()):
            givers[giver, column].add(privilege)
    for role, column, giver, privilege in given:
        if privilege in lost.get((giver, column), ()) or privilege in givers.get(
            (giver, column), ()
        ):
            again |= {(role, column), (giver, column)}
    for key in sorted(givers):
        names = tuple(sorted(givers[key]))
        for sql, _ in said(key, Rights(names, names), Rights(names)):
            yield f"{sql} CASCADE"
    for key in sorted(again & after.keys()):
        yield from (sql for sql, _ in said(key, Rights(), after[key]))


def _same(grant: Any, context: Context) -> Iterator[Any]:
    """Give the grants on the same object, or on the same column of it."""
    for identity in context.current.children.get(grant.parent, ()):
        if identity.kind == grant.identity.kind:
            each: Any = context.current.objects[identity]
            if each.on_column == grant.on_column:
                yield each


def subject_of(target: Identity, context: Context) -> str:
    """Write what GRANT and REVOKE are about: `TABLE public.t`."""
    words = GRANTABLE[target.kind].words
    obj = context.desired.get(target) or context.current.get(target)
    if (sequence := getattr(obj, "sequence", None)) is not None:
        return f"{words} {qualified(*sequence)}"
    if target.kind in _ROUTINES:
        return f"{words} {qualified(*target.path[:2])}({target.path[2]})"
    return f"{words} {qualified(*target.path)}"
