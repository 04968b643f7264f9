"""Statistics targets: how many values ANALYZE keeps of a column or an expression."""

from __future__ import annotations

from typing import Final

from schemadiff.core.kind import At

MOST: Final = 10_000  # what is more the server cuts to this (manual, ALTER TABLE)


def check_target(target: int | None, at: At, *keys: str) -> None:
    """Report a target that the server would not keep as it is; -1 stands for its own."""
    if target is not None and not -1 <= target <= MOST:
        message = f"a statistics target cannot be {target}"
        at.fail("SD066", message, f"0 to {MOST}, or -1 for the server's own", *keys)
