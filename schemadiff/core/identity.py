"""What one addressable thing is called: its kind and its path of names, never an OID.

A child's path begins with its parent's path, so renaming a parent is a change of prefix.
"""

from __future__ import annotations

from typing import NamedTuple

from schemadiff.core.sql import qualified

# The kinds of which there can be several of one name, told apart by arguments: each says so itself.
OVERLOADED: set[str] = set()


class Identity(NamedTuple):
    """Kind and name path: `("column", ("public", "salons", "name"))`."""

    kind: str
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]

    @property
    def schema(self) -> str:
        """The first part of the path."""
        return self.path[0]

    @property
    def sql(self) -> str:
        """The path as a qualified SQL name; right for whatever is named by its path alone."""
        return qualified(*self.path)

    @property
    def called(self) -> str:
        """The name path as people write it: `public.f(integer)` for what has arguments."""
        if self.kind in OVERLOADED:
            return f"{'.'.join(self.path[:-1])}({self.path[-1]})"
        return ".".join(part for part in self.path if part)

    def moved(self, old: tuple[str, ...], new: tuple[str, ...]) -> Identity:
        """The same thing after its ancestor `old` is called `new`."""
        return Identity(self.kind, new + self.path[len(old) :])

    def __str__(self) -> str:
        """Give `kind name.path`, for messages."""
        return f"{self.kind.replace('_', ' ')} {self.called}"


def dotted(path: tuple[str, ...]) -> str:
    """Join the parts of a path; the last is empty where a function takes no arguments."""
    return ".".join(path).rstrip(".")
