"""Why a scratch database does not take what was put to it: the causes, each at its own place.

The statement that makes a table holds its columns and constraints. The surprising fact: what is
wrong in it is told apart by making each part alone, and looking for the same words of the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.identity import OVERLOADED, Identity
from schemadiff.core.kind import Registry
from schemadiff.core.operation import Operation
from schemadiff.core.record import record
from schemadiff.core.type_guess import type_meant

PlaceOf = Callable[[Identity], Place | None]
Failure = tuple[Operation, Any]
_UNDEFINED = frozenset({"42P01", "42883", "42704", "42703", "3F000", "42P17"})
_RIGHTS = "42501"
_FILE = "58P01"  # a library that only the target has
_SHOWN = 20  # a screen full
_NO_TYPE = re.compile(r'type "?([^"]+?)"? does not exist')
_IN_SCHEMA = 2  # names of a path


@record(frozen=True)
class Trial:
    """What is made only to see whether the server takes it; nothing is read back of it.

    `judged` is what the plan changes and what that touches, `needed` what an answer rests on. On
    another server than the target's a name may be missing that is there.
    """

    judged: frozenset[Identity]
    needed: frozenset[Identity]
    elsewhere: bool = False

    def grave(self, failures: Sequence[Failure]) -> list[Failure]:
        """Leave out what says nothing of the files: rights, and what misses something else."""
        excused = [f for f in failures if self._excused(*f)]
        if not excused and not self.elsewhere:
            return list(failures)
        return [
            (op, error)
            for op, error in failures
            if op.target in self.needed
            or (not self._excused(op, error) and error.sqlstate not in _UNDEFINED)
        ]

    def _excused(self, op: Operation, error: Any) -> bool:
        if op.target in self.needed:
            return False
        if op.target not in self.judged or error.sqlstate == _RIGHTS:
            return True
        return self.elsewhere and error.sqlstate == _FILE


def explain(
    failures: Sequence[Failure],
    apart: Sequence[Failure],
    place_of: PlaceOf,
    wanted: Catalog,
    registry: Registry,
) -> list[Diagnostic]:
    """Show the causes; what only misses something that failed too is left out.

    `apart` are the failures where each part was made alone, `wanted` is what was to be made.
    """
    failed = frozenset(op.target for op, _ in failures)
    causes = [f for f in failures if not _misses(*f, failed, wanted)]
    shown = _at_their_places(causes or failures, apart, wanted)
    told: set[Identity] = set()
    found = []
    for identity, error in shown[:_SHOWN]:
        if identity in told:
            continue
        diag = error.diag
        message = f"{identity}: PostgreSQL says: {diag.message_primary or error}"
        hint = diag.message_hint or ""
        if diag.message_detail:
            hint = f"{diag.message_detail} {hint}".strip()
        if error.sqlstate in _UNDEFINED:
            circle = _circle(identity, failed, wanted)
            told.update(circle)
            if circle:
                way_out = _way_out(circle, registry)
                hint = f"each needs the next: {' → '.join(map(str, circle))}; {way_out}"
            hint = hint or _type_meant(identity, error, wanted)
        found.append(Diagnostic(code="SD074", message=message, hint=hint, place=place_of(identity)))
    if len(shown) > _SHOWN:
        found.append(Diagnostic(code="SD074", message=f"and {len(shown) - _SHOWN} more"))
    return found


def _misses(op: Operation, error: Any, failed: frozenset[Identity], wanted: Catalog) -> bool:
    """Tell whether all that an object lacks is one that failed, too."""
    if error.sqlstate not in _UNDEFINED:
        return False
    said = error.diag.message_primary or ""
    above = obj.parent if (obj := wanted.get(op.target)) is not None else None
    needed = {*wanted.depends_on(op.target), *([above] if above else [])}
    return any(re.search(rf"\b{re.escape(i.name)}\b", said) for i in needed & failed)


def _circle(start: Identity, failed: frozenset[Identity], wanted: Catalog) -> tuple[Identity, ...]:
    """Give by way of what an object needs itself, if that is why none of them could be made."""
    ways: dict[Identity, tuple[Identity, ...]] = {
        i: (start, i) for i in sorted(wanted.depends_on(start) & failed)
    }
    queue = list(ways)
    while queue:
        way = ways[queue.pop(0)]
        for each in sorted(wanted.depends_on(way[-1]) & failed):
            if each == start:
                return (*way, start)
            if each not in ways:
                ways[each] = (*way, each)
                queue.append(each)
    return ()


def _way_out(circle: tuple[Identity, ...], registry: Registry) -> str:
    """Say what opens a circle: what one of them may say, so that something stands in for it."""
    keys = ((i, registry[i.kind].circle_key) for i in circle)
    said = next((f"say {key} of {i}" for i, key in keys if key), "")
    return f"{said}, or one must do without" if said else "one must do without"


def _no_type(error: Any) -> str:
    """Name the type that does not exist, if that is what is wrong."""
    found = _NO_TYPE.match(error.diag.message_primary or "")
    return found[1].rpartition(".")[2] if found else ""


def _type_meant(identity: Identity, error: Any, wanted: Catalog) -> str:
    """Guess which type is meant by a name that is none."""
    if not (name := _no_type(error)):
        return ""
    ours = {i.path[-1]: ".".join(i.path) for i in wanted.objects if len(i.path) == _IN_SCHEMA}
    if guess := type_meant(name, ours):
        return f"did you mean {guess}?"
    argument = identity.kind in OVERLOADED and re.search(
        rf"\b{re.escape(name)}\b", identity.path[-1]
    )
    return "an argument is written `name type`" if argument else ""


def _at_their_places(
    failures: Iterable[Failure], apart: Sequence[Failure], wanted: Catalog
) -> list[tuple[Identity, Any]]:
    ours = {i.path[-1] for i in wanted.objects}
    found: dict[tuple[Identity, tuple[str, str]], tuple[Identity, Any]] = {}
    for op, error in failures:
        inside = [(p.target, e) for p, e in apart if _within(p.target, op.target)]
        parts = [p for p in inside if _words(p[1]) == _words(error)]
        if parts:  # then the others are no mere sequel of it
            parts += [
                p
                for p in inside
                if p[1].sqlstate not in _UNDEFINED or _no_type(p[1]) not in {"", *ours}
            ]
        for identity, said in parts or [(op.target, error)]:
            found.setdefault((identity, _words(said)), (identity, said))
    return list(found.values())


def _within(part: Identity, whole: Identity) -> bool:
    return part != whole and part.path[: len(whole.path)] == whole.path


def _words(error: Any) -> tuple[str, str]:
    return (error.sqlstate or "", error.diag.message_primary or str(error))
