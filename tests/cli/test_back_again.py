"""From what a case ends with back to what it began with, as somebody who has second thoughts.

Each case is the other way round then, and rows that it began with are there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import laws
from tests.cli.conftest import Cli
from tests.cli.test_reverse import CASES, FOUND
from tests.extent import some
from tests.plugins.postgres import Database

# Those that once stopped on the way back, and some.
STOPPED = tuple(
    CASES / name
    for name in (
        "enum/becomes_domain",
        "enum/trade_in_use",
        "extension_dependency/key_over_other_column",
        "partition/takes_rows_back_into_tables_that_join",
    )
)
# What files leave as it is, for they do not speak of it: owners, privileges on what is PostgreSQL's
# own, the name of a counter, and whether rows of before were looked at.
LEFT = {
    "domain_check/validate",
    "grant/kinds",
    "grants_on/server",
    "owner/create",
    "owner/kinds",
    "sequence/serial_beside_its_name",
}
# Values that no rule turns back, or that are gone.
_REFUSED = re.compile(r"SD314|SD077")


@pytest.mark.parametrize(
    "case", sorted({*STOPPED, *some(FOUND, 48)}), ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_back_again(case: Path, live: Database, cli: Cli, tmp_path: Path) -> None:
    live.load(case / "before.sql")
    if case.joinpath("seed.sql").exists():
        live.load(case / "seed.sql")
    first = str(tmp_path / "first")
    how = ("--allow", "all", "--yes", *(("--offline",) if FOUND.index(case) % 2 else ()))
    found = cli("pull", "--schemas", first)
    assert found.code == 0, found.err
    before = laws.dump(live)
    found = cli("apply", "--schemas", str(case / "desired.yaml"), *how)
    assert found.code == 0, found.err
    after = laws.dump(live)
    found = cli("apply", "--schemas", first, *how)
    if found.code and _REFUSED.search(found.err):
        assert laws.dump(live) == after
        return
    assert found.code == 0, found.err
    found = cli("plan", "--schemas", first, "--detailed-exitcode")
    assert found.code == 0, found.out + found.err
    name = f"{case.parent.name}/{case.name}"
    assert laws.dump(live) == before or name in LEFT
