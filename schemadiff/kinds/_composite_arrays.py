"""Arrays of a composite type that is made anew: a function converts them, element by element.

USING takes no subquery (manual, ALTER TABLE), and the text of an element says its fields by their
place alone. So the plan makes a function before the rows follow, and drops it after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.moving import MovingKind
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.preflight import Asking, Meaning, PreflightKind, Question
from schemadiff.core.sql import LONGEST_NAME, dollar, ident, literal, qualified
from schemadiff.kinds._moving import holders
from schemadiff.kinds._preflight import Rows

_TAIL = "_each"
_BODY = """
DECLARE
    result {new}[] := '{{}}';
BEGIN
    IF pg_catalog.array_ndims($1) > 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = {message},
            HINT = 'move its values yourself';
    END IF;
    FOR i IN coalesce(pg_catalog.array_lower($1, 1), 1)..coalesce(pg_catalog.array_upper($1, 1), 0)
    LOOP
        result[i] := {said};
    END LOOP;
    RETURN result;
END"""


class Arrays(MovingKind, PreflightKind):
    """What a composite type says of arrays of it."""

    def converters(
        self, old: Any, new: Any, away: Identity, waits: str, context: Context
    ) -> Iterable[Operation]:
        """Make the function, and drop it when the data has followed."""
        if not _arrays_of(old, context) or self.said_alike(old, new, context):
            return
        said = self.converted(old, new, "($1)[i]", new.identity.sql, context)
        function = Identity("function", (away.path[0], _name(away), f"{away.sql}[]"))
        message = literal(f"an array of {new.identity.sql} has more than one dimension")
        body = _BODY.format(new=new.identity.sql, said=said, message=message)
        called = f"FUNCTION {_function(away)}({away.sql}[])"
        yield _step(
            new.identity,
            f"CREATE OR REPLACE {called}\n    RETURNS {new.identity.sql}[]\n"
            f"    LANGUAGE plpgsql\n    STRICT\nAS {dollar(body)}",
            makes=True,
            guard=Guard(waits),
            requires=frozenset({new.identity}),
            provides=frozenset({function}),
        )
        yield _step(
            new.identity,
            f"DROP FUNCTION IF EXISTS {called.removeprefix('FUNCTION ')}",
            requires=frozenset(holders(old.identity, context.current)),
            releases=frozenset({away}),
        )

    def questions(
        self, old: Any, new: Any, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask for arrays that the function does not take."""
        yield from super().questions(old, new, changed, asking)
        context = asking.context
        if old is None or new is None or self.said_alike(old, new, context):
            return
        for column in _arrays_of(old, context):
            if column.identity.kind == "column" and column.identity in context.desired:
                name, rows = column.identity.name, Rows(column.parent, asking)
                text = f"arrays of {new.identity} with more than one dimension in {name}"
                where = f"pg_catalog.array_ndims({ident(name)}) > 1"
                yield rows.question(
                    new.identity, Meaning.FAILS, text, where, rows.source([name], as_is=True)
                )


def _arrays_of(composite: Any, context: Context) -> list[Any]:
    """Give what is an array of a type, or has an attribute that is."""
    current, array = context.current, f"{composite.identity.sql}[]"
    users: Iterator[Any] = (
        current.objects[u] for u in current.dependents.get(composite.identity, ())
    )
    return [
        u
        for u in users
        if getattr(u, "type", "") == array
        or any(a.type == array for a in getattr(u, "attributes", ()))
    ]


def convert_array(value: str, away: Identity) -> str:
    """Write the call that converts an array of the old form."""
    return f"{_function(away)}({value})"


def _step(new: Identity, sql: str, **more: Any) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=new,
        sql=sql,
        why="converts the elements of arrays",
        lock=LockMode.NONE,
        bound=False,
        **more,
    )


def _name(away: Identity) -> str:
    name = away.name.encode()[: LONGEST_NAME - len(_TAIL)].decode(errors="ignore")
    return f"{name}{_TAIL}"


def _function(away: Identity) -> str:
    return qualified(away.path[0], _name(away))
