"""Holding Python's collector still while very many values are made."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def steady() -> Iterator[None]:
    """Hold the collector still: it would look through everything again and again, and free nothing.

    For what makes a hundred thousand live tuples and no cycles.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
