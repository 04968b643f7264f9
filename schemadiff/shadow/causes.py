"""Why a scratch database does not take what was put to it: the causes, each at its own place.

The statement that makes a table holds its columns and constraints. The surprising fact: what is
wrong in it is told apart by making each part alone, and looking for the same words of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation
from schemadiff.core.record import record

PlaceOf = Callable[[Identity], Place | None]
Failure = tuple[Operation, Any]
_UNDEFINED = frozenset({"42P01", "42883", "42704", "42703", "3F000", "42P17"})
_RIGHTS = "42501"
_FILE = "58P01"  # a library that only the target has
_SHOWN = 20  # a screen full


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
    failures: Sequence[Failure], apart: Sequence[Failure], place_of: PlaceOf
) -> list[Diagnostic]:
    """Show the causes; what only misses something that failed too is left out.

    `apart` are the failures where each part was made alone.
    """
    causes = [f for f in failures if f[1].sqlstate not in _UNDEFINED]
    shown = _at_their_places(causes or failures, apart)
    found = []
    for identity, error in shown[:_SHOWN]:
        diag = error.diag
        message = f"{identity.words}: PostgreSQL says: {diag.message_primary or error}"
        hint = diag.message_hint or ""
        if diag.message_detail:
            hint = f"{diag.message_detail} {hint}".strip()
        found.append(Diagnostic(code="SD074", message=message, hint=hint, place=place_of(identity)))
    if len(shown) > _SHOWN:
        found.append(Diagnostic(code="SD074", message=f"and {len(shown) - _SHOWN} more"))
    return found


def _at_their_places(
    failures: Iterable[Failure], apart: Sequence[Failure]
) -> list[tuple[Identity, Any]]:
    found: dict[tuple[Identity, tuple[str, str]], tuple[Identity, Any]] = {}
    for op, error in failures:
        inside = [(p.target, e) for p, e in apart if _within(p.target, op.target)]
        parts = [p for p in inside if _words(p[1]) == _words(error)]
        if parts:  # then the others are no mere sequel of it
            parts += [p for p in inside if p[1].sqlstate not in _UNDEFINED]
        for identity, said in parts or [(op.target, error)]:
            found.setdefault((identity, _words(said)), (identity, said))
    return list(found.values())


def _within(part: Identity, whole: Identity) -> bool:
    return part != whole and part.path[: len(whole.path)] == whole.path


def _words(error: Any) -> tuple[str, str]:
    return (error.sqlstate or "", error.diag.message_primary or str(error))
