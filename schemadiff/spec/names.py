"""Whether a path can be the name of something: nothing empty, no NUL, not too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemadiff.core.identity import Identity
from schemadiff.core.sql import LONGEST_NAME

if TYPE_CHECKING:
    from schemadiff.spec.at import Placed


def is_name(path: tuple[str, ...]) -> bool:
    """Tell quickly that a path is in order."""
    last = path[-1]
    if "\0" in last or (len(last) * 4 > LONGEST_NAME and len(last.encode()) > LONGEST_NAME):
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
    if not at.kind.section or at.kind.described:
        return  # it is called by the name of what it is attached to, which says it
    above = at.parent.identity.path if at.parent is not None else ()
    names = (identity.path[at.kind.name_part], *identity.path[:2])
    for name in dict.fromkeys(n for n in names if len(n.encode()) > LONGEST_NAME):
        if name in above:
            continue
        message = f"the name {name} is longer than 63 bytes, PostgreSQL would cut it"
        at.fail("SD025", message, "shorten it (manual, 4.1.1)")
