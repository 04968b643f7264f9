"""Tuples whose order is kept for what is written, and means nothing where they are compared."""

from __future__ import annotations

from typing import Any


class AnyOrder(tuple[Any, ...]):
    """Equal to every tuple of the same items."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare without the order."""
        if not isinstance(other, tuple) or len(self) != len(other):
            return False
        return tuple.__eq__(self, other) or sorted(self) == sorted(other)

    def __ne__(self, other: object) -> bool:
        """Compare without the order."""
        return not self == other

    def __hash__(self) -> int:
        """Give what tuples of the same items in another order have too."""
        return hash(tuple(sorted(self)))
