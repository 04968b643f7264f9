"""The options of an identity column and of its sequence, all filled in as PostgreSQL does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from schemadiff.core.asking import At
from schemadiff.core.default_names import make_name
from schemadiff.core.sql import qualified

_LIMITS = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
INTEGERS = frozenset(_LIMITS)


class IdentityOptions(NamedTuple):
    """The generation of an identity column and the options of its sequence, all filled in."""

    generation: str
    start: int
    increment: int
    minimum: int
    maximum: int
    cache: int
    cycle: bool

    def clause(self, type_: str, sequence: tuple[str, str] | None) -> str:
        """Write GENERATED … AS IDENTITY with the options that are not the type's defaults."""
        default = identity_defaults(self.generation, type_, self.increment)._replace(increment=1)
        options = [f"SEQUENCE NAME {qualified(*sequence)}"] if sequence else []
        options += _differing(default, self)
        tail = f" ({' '.join(options)})" if options else ""
        return f"GENERATED {self.generation.upper()} AS IDENTITY{tail}"

    def sql(self) -> str:
        """Write them as the plan shows them: the generation, and what no integer type fills in."""
        usual = (identity_defaults(self.generation, t, self.increment) for t in _LIMITS)
        said = min((_differing(u._replace(increment=1), self) for u in usual), key=len)
        return ", ".join((self.generation, *(o.lower() for o in said)))

    def settings(self, old: IdentityOptions) -> str:
        """Write the SET clauses that lead from the old options to these."""
        clauses = [f"SET {o}" for o in _differing(old, self)]
        if old.generation != self.generation:
            clauses.insert(0, f"SET GENERATED {self.generation.upper()}")
        return " ".join(clauses)


def identity_defaults(generation: str, type_: str, increment: int = 1) -> IdentityOptions:
    """Give the options that PostgreSQL fills in for an integer type (manual, CREATE SEQUENCE)."""
    low, high = _LIMITS.get(type_, _LIMITS["bigint"])
    if increment < 0:
        return IdentityOptions(generation, -1, increment, low, -1, 1, cycle=False)
    return IdentityOptions(generation, 1, increment, 1, high, 1, cycle=False)


def check_counter(at: At, code: str, type_: str, said: Any, *within: str) -> None:
    """Refuse what no sequence can be like (manual, CREATE SEQUENCE)."""
    lowest, highest = _LIMITS.get(type_, _LIMITS["bigint"])
    fits = f"from {lowest} to {highest}"
    if said.increment == 0:
        at.fail(code, f"{at.name} cannot go on by 0", "increment: 1", *within, "increment")
    if said.cache < 1:
        at.fail(code, f"{at.name} cannot keep {said.cache} numbers", "cache: 1", *within, "cache")
    if said.minimum < lowest:
        message = f"{said.minimum} is no number of type {type_}"
        at.fail(code, message, f"minvalue: {fits}", *within, "minvalue")
    if said.maximum > highest:
        message = f"{said.maximum} is no number of type {type_}"
        at.fail(code, message, f"maxvalue: {fits}", *within, "maxvalue")
    if said.minimum >= said.maximum:
        message = f"{at.name} cannot count from {said.minimum} to {said.maximum}"
        at.fail(code, message, "minvalue: less than maxvalue", *within, "minvalue")
    elif not said.minimum <= said.start <= said.maximum:
        hint = f"start: from {said.minimum} to {said.maximum}"
        at.fail(code, f"{at.name} cannot start at {said.start}", hint, *within, "start")


def _differing(old: IdentityOptions, new: IdentityOptions) -> list[str]:
    pairs = [
        ("START WITH", old.start, new.start),
        ("INCREMENT BY", old.increment, new.increment),
        ("MINVALUE", old.minimum, new.minimum),
        ("MAXVALUE", old.maximum, new.maximum),
        ("CACHE", old.cache, new.cache),
    ]
    found = [f"{words} {b}" for words, a, b in pairs if a != b]
    if old.cycle != new.cycle:
        found.append("CYCLE" if new.cycle else "NO CYCLE")
    return found


def odd_sequence(path: tuple[str, ...], sequence: object) -> tuple[str, str] | None:
    """Give the name of an identity's sequence where it is not the one it would get anyway."""
    if not isinstance(sequence, list | tuple):
        return None
    schema, name = sequence
    usual = (path[0], make_name(path[1], path[2], "seq"))
    return None if (schema, name) == usual else (schema, name)


def read_identity(path: tuple[str, ...], generation: str, row: Sequence[Any]) -> dict[str, Any]:
    """Make the attributes of a column from attidentity, and its sequence's row and name."""
    if not generation:
        return {}
    words = "always" if generation == "a" else "by default"
    return {
        "identity_options": IdentityOptions(words, *row[:6]),
        "identity_sequence": odd_sequence(path, row[6]),
    }


def identity_clause(column: Any) -> str:
    """Write GENERATED … AS IDENTITY for a column."""
    sequence = odd_sequence(column.identity.path, column.identity_sequence)
    return str(column.identity_options.clause(column.type, sequence))
