"""The part of the contract of a kind that is about columns which another column takes the place of.

A type that cannot change without writing the table anew changes beside the old one: a new column is
filled while everyone works, and takes the old one's name in the end. What rests on the old column
has to have a successor by then, which rests on the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation
from schemadiff.core.record import record
from schemadiff.core.sizes import Formula, Pair

if TYPE_CHECKING:
    from schemadiff.core.kind import Context

# Columns by the names that their successors have for a while.
Successors = Mapping[Identity, str]


@record(frozen=True, slots=True)
class Successor:
    """What takes over for an object: `steps` make it beforehand, under a name for a while.

    The statements `goes` and `comes` are run in the transaction in which the columns trade places:
    the old object goes before that, the new one gets its name after. `ready` is the condition that
    it is complete. What is left to do when all that is committed is `later`.
    """

    ready: str
    steps: tuple[Operation, ...] = ()
    goes: tuple[str, ...] = ()
    comes: tuple[str, ...] = ()
    later: tuple[Operation, ...] = ()


class SuccessionKind:
    """What a kind says of its objects on columns that others take the place of."""

    name: ClassVar[str]
    # Dropped before the columns trade places and made again after, which takes a moment only.
    made_again: ClassVar[bool] = False
    # Attributes that the successor has in their new form; the server says them in terms of types.
    reworded: ClassVar[frozenset[str]] = frozenset()

    def formula(self, old: Any, new: Any) -> Formula | None:
        """Give how the values of an altered object come of their rows, for the server to judge."""
        del old, new
        return None

    def retypes(self, old: Any, new: Any) -> Iterable[Pair]:
        """Give the changes of type of which only the server knows what becomes of the bytes."""
        del old, new
        return ()

    def casts(self, old: Any, new: Any) -> Iterable[Pair]:
        """Give the casts that the server may not have, whatever else the plan does to the types."""
        del old, new
        return ()

    def successor(self, obj: Any, names: Successors, context: Context) -> Successor | str:
        """Give what takes over for an object, or why nothing can."""
        del names, context
        return f"{obj.identity} rests on it"
