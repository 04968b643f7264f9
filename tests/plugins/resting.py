"""Which of many alike tests rest in `make test`: the marker `one_in`.

A test that is asked for by its file, its name or `-k` never rests.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.extent import EXTENT, EXTENTS


def pytest_configure(config: pytest.Config) -> None:
    """Refuse an extent that there is not."""
    del config
    if EXTENT not in EXTENTS:
        raise pytest.UsageError(f"SCHEMADIFF_EXTENT is {EXTENT}: one of {', '.join(EXTENTS)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let of each test that is marked with `one_in(number)` only every so many cases run."""
    asked = config.option.keyword or config.args != config.getini("testpaths")
    if EXTENT != "quick" or asked:
        return
    seen = Counter[str]()
    resting = []
    for item in items:
        marker = item.get_closest_marker("one_in")
        test = item.nodeid.partition("[")[0]
        if marker is not None and seen[test] % marker.args[0]:
            resting.append(item)
        seen[test] += 1
    config.hook.pytest_deselected(items=resting)
    gone = set(resting)
    items[:] = [i for i in items if i not in gone]
