"""What stands in for a function until what its body needs is there.

It has the signature and nothing else. The surprising fact: an empty body is taken while bodies are
not looked into, and fails whenever it is called, so that nobody gets a wrong result from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.circles import circle_of
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import LexError, code
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.core.sql import comma
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._arguments import OUTPUTS


def hollow(routine: Any) -> Any:
    """Give the routine without its body, and with defaults that are NULL."""
    return replace(
        routine,
        sql_body=None,
        body="",
        object_file=None,
        language="sql",
        defaults=tuple("NULL" for _ in routine.defaults),
        settings=(),
        transform=(),
    )


def giving_nothing(routine: Any) -> Any:
    """Give the routine with a body that gives NULL, or no row."""
    types = [a.type for a in routine.arguments if a.mode in OUTPUTS]
    returns = getattr(routine, "returns", "")
    if not types and returns not in ("", "void"):
        types = [returns.removeprefix("SETOF ")]
    some = returns.startswith(("SETOF ", "TABLE"))
    body = f"SELECT {comma(f'NULL::{t}' for t in types)}{' LIMIT 0' if some else ''}"
    return replace(hollow(routine), body=body)


def whole(identity: Identity) -> Identity:
    """Name a routine with its body, for what must not meet the one that stands in for it."""
    return Identity(f"{identity.kind} whole", identity.path)


def calls_itself(routine: Any, *, raw: bool = False) -> bool:
    """Tell whether a parsed body calls the routine; what a user wrote may leave the schema out."""
    if routine.sql_body is None:
        return False
    try:
        found = code(routine.sql_body)
    except LexError:
        return False
    schema, name = routine.identity.path[:2]
    for i, token in enumerate(found[:-1]):
        if token.value == name and found[i + 1].text == "(":
            qualified = i > 1 and found[i - 1].text == "."
            if (qualified and found[i - 2].value == schema) or (raw and not qualified):
                return True
    return False


def stands_in(
    op: Operation, new: Any, first: Identity, around: frozenset[Identity], context: Context
) -> Operation:
    """Make the stand-in as soon as the types of its signature are there."""
    desired, rests = context.desired, set[Identity]()
    for each in desired.depends_on(new.identity):
        if each not in around:
            rests.add(each)
        elif _is_type(each, new, context):
            rests.add(context.registry[each.kind].stub(desired.objects[each]) or each)
    return replace(
        op,
        provides=frozenset({first}),
        requires=frozenset(rests | {new.parent}),
        why="stands in for it, as what it rests on needs it",
        lock=LockMode.NONE,
        makes=False,
        bound=False,
    )


def gone_in_two(
    drop: Operation, hollowed: Operation, first: Identity, context: Context
) -> Iterator[Operation]:
    """Let go of what the body needs and what needs the routine, and drop it after that."""
    identity, current = drop.target, context.current
    old = current.objects[identity]
    around = circle_of(identity, current, context) - {identity}
    let_go = frozenset(i for i in around if not _is_type(i, old, context))
    yield replace(
        hollowed, releases=let_go, why="lets go of what needs it and is needed", bound=False
    )
    above = frozenset({old.parent} if old.parent else ())
    gone, rests = frozenset({identity, first}), current.depends_on(identity) - let_go
    yield replace(drop, destroys=gone, releases=rests | above, bound=False)


def _is_type(identity: Identity, routine: Any, context: Context) -> bool:
    """Tell whether an object has, or is, a type in a signature."""
    if "type" not in context.registry[identity.kind].spaces:
        return False
    texts = [argument.type for argument in routine.arguments]
    texts.append(getattr(routine, "returns", "").removeprefix("SETOF "))
    return any(_path(text.removesuffix("[]")) == identity.path for text in texts)


def _path(text: str) -> tuple[str, ...]:
    try:
        return parse_name(text)
    except (ValueError, LexError):
        return ()
