"""How much is run: `make test` has ten minutes, `make test-matrix` as long as it takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

THOROUGH = bool(os.environ.get("SCHEMADIFF_ALL_PAIRS"))

T = TypeVar("T")


def every(number: int) -> int:
    """Give the step that takes every so many of what the matrix takes all of."""
    return 1 if THOROUGH else number


def some(things: Sequence[T], number: int) -> Sequence[T]:
    """Give every so many of them, in the matrix all."""
    return things[:: every(number)]
