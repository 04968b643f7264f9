"""Many values in one, of a type that is made anew: a function converts them one by one.

USING takes no subquery (manual, ALTER TABLE), and the text of an element says its fields by their
place alone. So the plan makes a function before the rows follow, and drops it after. What is of
an array, or of a multirange, is told apart by the type of the function's argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.moving import MovingKind
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import LONGEST_NAME, dollar, qualified
from schemadiff.kinds._moving import holders

_TAIL = "_each"
_ARRAY = """
DECLARE
    flat {away}[] := ARRAY(SELECT pg_catalog.unnest($1));
    found {new}[] := '{{}}';
    result {new}[];
BEGIN
    IF pg_catalog.cardinality(flat) = 0 THEN
        RETURN found;
    END IF;
    FOR i IN 1..pg_catalog.cardinality(flat)
    LOOP
        found[i] := {said};
    END LOOP;
    SELECT pg_catalog.array_fill(
            found[1],
            pg_catalog.array_agg(pg_catalog.array_length($1, d) ORDER BY d),
            pg_catalog.array_agg(pg_catalog.array_lower($1, d) ORDER BY d))
        INTO result
        FROM pg_catalog.generate_series(1, pg_catalog.array_ndims($1)) AS d;
    -- What is assigned to a slice is taken one by one, whatever its shape is.
    result[:] := found;
    RETURN result;
END"""


class Many(NamedTuple):
    """A type whose values hold many of another: its name as columns have it, and as put away.

    `body` makes one of `result` of the argument `$1`.
    """

    name: str
    away: str
    result: str
    body: str


class Elements(MovingKind):
    """What a type that rests on others says of arrays of it."""

    def many(self, old: Any, new: Any, away: Identity, context: Context) -> Iterable[Many]:
        """Give what may hold many values of the type: its array."""
        said = self.converted(old, new, "(flat)[i]", new.identity.sql, context)
        yield array_of(old.identity.sql, away.sql, new.identity.sql, said)

    def converters(
        self, old: Any, new: Any, away: Identity, waits: str, context: Context
    ) -> Iterable[Operation]:
        """Make the functions, and drop them when the data has followed."""
        if self.said_alike(old, new, context):
            return
        many = list(self.many(old, new, away, context))
        if not any(_users(old, each.name, context) for each in many):
            return
        for each in many:
            yield _step(
                new.identity,
                f"CREATE OR REPLACE FUNCTION {_function(away)}({each.away})\n"
                f"    RETURNS {each.result}\n"
                f"    LANGUAGE plpgsql\n    STRICT\nAS {dollar(each.body)}",
                makes=True,
                guard=Guard(waits),
                requires=frozenset({new.identity}),
                provides=frozenset({Identity("function", (away.path[0], _name(away), each.away))}),
            )
        for each in many:
            yield _step(
                new.identity,
                f"DROP FUNCTION IF EXISTS {_function(away)}({each.away})",
                requires=frozenset(holders(old.identity, context.current)),
                releases=frozenset({away}),
            )


def array_of(name: str, away: str, new: str, said: str) -> Many:
    """Say how an array is converted, of which `said` converts the element `(flat)[i]`."""
    body = _ARRAY.format(away=away, new=new, said=said)
    return Many(f"{name}[]", f"{away}[]", f"{new}[]", body)


def convert_many(value: str, away: Identity) -> str:
    """Write the call that converts what holds many values of the old form."""
    return f"{_function(away)}({value})"


def _users(held: Any, name: str, context: Context) -> list[Any]:
    """Give what is of a type of this name, or has an attribute or bounds that are."""
    current = context.current
    users: Iterator[Any] = (current.objects[u] for u in current.dependents.get(held.identity, ()))
    return [
        u
        for u in users
        if name in (getattr(u, "type", ""), getattr(u, "subtype", ""))
        or any(a.type == name for a in getattr(u, "attributes", ()))
    ]


def _step(new: Identity, sql: str, **more: Any) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=new,
        sql=sql,
        why="converts values that hold many of them",
        lock=LockMode.NONE,
        bound=False,
        **more,
    )


def _name(away: Identity) -> str:
    name = away.name.encode()[: LONGEST_NAME - len(_TAIL)].decode(errors="ignore")
    return f"{name}{_TAIL}"


def _function(away: Identity) -> str:
    return qualified(away.path[0], _name(away))
