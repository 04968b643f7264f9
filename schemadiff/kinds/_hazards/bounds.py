"""Rows that the bound of a partition may refuse: of what joins, and of the default one beside it.

What a bound takes is for the server to say, and the preflight asks. The surprising fact: only the
values of a list, and an end that is no end any more, tell by themselves that nothing is let go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.kind import Context
from schemadiff.core.lexer import code
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._table.anew import is_made_anew
from schemadiff.kinds._table.online import default_beside

_LIST, _RANGE = (["FOR", "VALUES", word] for word in ("IN", "FROM"))  # as the server says it
_HEAD = 3  # words of these
_MARKS = frozenset("(),")


def part_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name the rows that queries of a whole table no longer give, and what a crash takes."""
    yield from bound_hazards(old, new, context)
    if old is None or new is None:
        return
    left = {old.partition_of} - {new.partition_of, None}
    left |= set(old.inherits) - set(new.inherits)
    for whole in sorted(left):
        text = f"Queries of {'.'.join(whole)} no longer give the rows of {new.identity.sql}."
        yield hazard("rows-leave", new.identity, text)
    if new.unlogged and not old.unlogged:
        text = f"{new.identity.sql} is empty after a crash, and no replica has its rows."
        yield hazard("unlogged", new.identity, text)


def bound_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name the rows that have to fit where a table becomes a partition, or another one."""
    if new is None or new.partition_of is None or is_made_anew(new.partition_of, context):
        return
    stays = old is not None and old.partition_of == new.partition_of
    if stays and old.bound == new.bound:
        return
    own = old is not None and new.identity.kind != FOREIGN
    fits = stays and _takes_as_much(new.bound, old.bound)
    if own and not fits and not context.sizes.none_in(new.identity):
        text = f"A row of {new.identity.sql} outside of its bound makes it fail."
        yield hazard("may-fail", new.identity, text)
    other = default_beside(new, context)
    if other is None or new.bound == other.bound or other.identity.kind == FOREIGN:
        return
    if not context.sizes.none_in(other.identity):
        text = f"A row of {other.identity.sql} that belongs to {new.identity.sql} makes it fail."
        yield hazard("may-fail", new.identity, text)


def _takes_as_much(new: str, old: str) -> bool:
    """Tell whether a bound takes every row that another one does, as far as its words tell."""
    here, there = _words(old), _words(new)
    head = here[:_HEAD]
    if head != there[:_HEAD]:
        return False
    here, there = here[_HEAD:], there[_HEAD:]
    if head == _LIST:
        return set(here) <= set(there)
    if head != _RANGE or len(here) != len(there) or "TO" not in here:
        return False
    middle = here.index("TO")
    ends = ["MINVALUE"] * middle + ["TO"] + ["MAXVALUE"] * (len(here) - middle - 1)
    return all(b in (a, end) for a, b, end in zip(here, there, ends, strict=True))


def _words(bound: str) -> list[str]:
    """Give the words and values of a bound; a list has no order, and no value stands in two."""
    return [token.text for token in code(bound) if token.text not in _MARKS]
