"""What every test may ask for; the fixtures themselves are plugins."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.plugins.postgres", "tests.plugins.resting"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the tests see into the golden files beside them",
    )


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Tell whether golden files are to be written rather than compared."""
    return bool(request.config.getoption("--update-golden"))
