"""Names and stages of changes that are made in steps while the table is in use.

What a step needs only for a while has a name of one pattern, so that the next plan knows it for
ours when a run was stopped: `schemadiff_online_` and twelve hexadecimal digits. The digits come
from what is being made, so the same change finds its own beginnings again and goes on.
"""

from __future__ import annotations

import hashlib
import re
from enum import IntEnum

PREFIX = "schemadiff_online_"
LAST = "~"  # before the name of a trigger: they fire in the order of their names
_PATTERN = re.compile(PREFIX + r"[0-9a-f]{12}")


class Stage(IntEnum):
    """Where an operation stands among the steps; each stage begins when the last is committed."""

    FIRST = 0  # short statements
    FILL = 1  # rows get values, in batches, or are looked at
    CHECK = 2  # a condition is added that is not checked yet
    SCAN = 3  # conditions are checked and indexes built, while everyone works
    SWAP = 4  # short statements that need no scan any more
    LAST = 5  # what is no longer needed goes


def temporary_name(*parts: object) -> str:
    """Give the name of something that is needed for a while, from what it is for."""
    digest = hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()
    return PREFIX + digest[:12]


def is_temporary(name: str) -> bool:
    """Tell whether a name is one of ours."""
    return name.startswith(PREFIX) and _PATTERN.fullmatch(name) is not None
