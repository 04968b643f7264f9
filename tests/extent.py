"""How much is run: `make test` has ten minutes, CI some twenty, the matrix as long as it takes.

`SCHEMADIFF_EXTENT` says it: `quick` (absent is that), `usual` or `thorough`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

EXTENTS = ("quick", "usual", "thorough")
EXTENT = os.environ.get("SCHEMADIFF_EXTENT") or "quick"
THOROUGH = EXTENT == "thorough"

T = TypeVar("T")


def every(number: int) -> int:
    """Give the step that takes every so many of what the matrix takes all of; twice it in haste."""
    return {"quick": 2 * number, "usual": number, "thorough": 1}[EXTENT]


def some(things: Sequence[T], number: int) -> Sequence[T]:
    """Give every so many of them, in haste half as many, in the matrix all."""
    return things[:: every(number)]
