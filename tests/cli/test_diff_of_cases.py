"""`diff` between two databases: what one case begins with becomes what it ends with, and back.

No file says what was renamed or how a value becomes another, as none does between two servers.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemadiff.catalog.binaries import Binaries
from tests import laws
from tests.cli.conftest import Cli
from tests.cli.test_pull_over import CHANGING
from tests.extent import some
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_cases import CASES, FOUND, settings, skip_reason

# Those that once ended otherwise, and some.
WRONG = tuple(
    CASES / name
    for name in (
        "column/rename_above_heirs",
        "composite/becomes_domain_under_another",
        "enum/converted_while_it_changes",
        "owner/granted_before",
        "owner/restricted_owner_hands_over",
        "part_not_null/heir_says_it_with_its_column",
        "part_not_null/whole_is_renamed_apart",
        "table/column_moves_down_to_heirs",
        "partition/attach",
    )
)
# What only `using:` or another name tells, or what rows would be asked: refused, and nothing done.
REFUSED = re.compile(r"\bSD(060|062|077|314)\b")
# Where a dump tells what is the same to us: the names of NOT NULLs that a part got from a whole it
# left, the order of columns in statistics, and whether an heir says again what it has from above.
# On the way back there is more of the kind: what is valid stays so.
APART = {
    "column/rename_above_heirs",
    "ordering/names_traded_across_kinds",
    "partition/part_of_part_leaves_renamed_whole",
    "partition/rename_parent",
    "table/column_moves_down_to_heirs",
}
# The schema `public` is nobody's to drop, nor to make.
PUBLIC = "schema/public_renamed_without_comment"


@pytest.mark.parametrize(
    "case", sorted({*WRONG, *some(FOUND, 48)}), ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_between_databases(
    case: Path, make_database: MakeDatabase, cli: Cli, server_major: int, binaries: Binaries
) -> None:
    name = f"{case.parent.name}/{case.name}"
    if reason := skip_reason(case, server_major, binaries.extensions):
        pytest.skip(reason)
    if settings(case).keys() & {"manage", "scope"} or name == PUBLIC:
        pytest.skip("its settings are a project's, or it is nobody's to make")
    if name in CHANGING:
        pytest.skip("a plan changes it, or its rows stop the script, as it says")
    first, last = make_database(), make_database()
    first.load(case / "before.sql")
    last.load(case / "after.sql")
    for source, target in ((first, last), (last, first)):
        copy = make_database()
        copy.load(case / ("before.sql" if source is first else "after.sql"))
        _goes(copy, target, cli, same_dump=source is first and name not in APART)


def _goes(source: Database, target: Database, cli: Cli, *, same_dump: bool) -> None:
    before = laws.dump_blocks(source)
    found = cli("diff", source.url, target.url, "--format", "sql")
    if found.code and REFUSED.search(found.err):
        assert laws.dump_blocks(source) == before
        return
    assert found.code == 0, found.err
    source.load(found.out)
    assert not same_dump or laws.dump_blocks(source) == laws.dump_blocks(target), found.out
    assert cli("diff", source.url, target.url, "--detailed-exitcode").code == 0, found.out
