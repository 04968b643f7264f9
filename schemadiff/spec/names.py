"""Whether a path can be the name of something: nothing empty, no NUL, not too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemadiff.core.identity import Identity

if TYPE_CHECKING:
    from schemadiff.spec.at import Placed

LONGEST_NAME = 63  # NAMEDATALEN - 1, in bytes


def is_name(path: tuple[str, ...]) -> bool:
    """Tell quickly that a path is in order."""
    if "\0" in path[-1]:
        return False
    for part in path[:2]:
        # No character takes more than four bytes.
        if not part or (len(part) * 4 > LONGEST_NAME and len(part.encode()) > LONGEST_NAME):
            return False
    return True


def complain(identity: Identity, at: Placed) -> None:
    """Say what is wrong with a name."""
    if "\0" in identity.name or not all(identity.path[:2]):
        at.fail("SD024", f"{identity} has an empty part in its name", "give it a name")
    if any(len(p.encode()) > LONGEST_NAME for p in identity.path[:2]):
        message = f"the name {identity.name} is longer than 63 bytes, PostgreSQL would cut it"
        at.fail("SD025", message, "shorten it (manual, 4.1.1)")
