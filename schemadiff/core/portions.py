"""Work on many relations is done in portions, each in a transaction of its own.

All sessions of a server share room for `max_locks_per_transaction` locks (64 by default) for each
of `max_connections` (manual, 20.12). A transaction that makes thousands of tables takes all of it,
and then others fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

# A table has its key, its TOAST table with an index, a sequence: of the usual 6,400 it is a part.
AT_ONCE: Final = 300


def portions(items: Sequence[T], most: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """Cut a sequence into parts of so many items at most."""
    return (items[start : start + most] for start in range(0, len(items), most))
