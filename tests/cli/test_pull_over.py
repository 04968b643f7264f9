"""Pulling over files that are there: what they say already stays, and what is written is the truth.

Each case ends as its files say, so those are left byte for byte; and the database that it began
with, pulled over them and back, is what the files say each time.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemadiff.catalog.binaries import Binaries
from tests.cli.conftest import Cli
from tests.extent import some
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_cases import CASES, FOUND, skip_reason

# Those that once were written wrongly, and some.
WRONG = tuple(
    CASES / name
    for name in (
        "collation/drop",
        "column/generated_of_heir_said_again",
        "default/repeated_by_parts",
        "extension_dependency/extension_goes",
        "grant/kinds",
        "index/of_part_and_whole_alike",
        "operator_class/create",
        "part_not_null/above_heirs_that_say_it_no_more",
        "sequence/serial_beside_its_name",
    )
)
# An index that failed counts as absent, so a plan repairs it; and rows are said for one state.
CHANGING = {
    "exclusion/incomplete_of_partitioned",
    "index/incomplete_of_partitioned",
    "index/invalid_leftover",
    "rows/changed_types",
    "unique/incomplete_of_partitioned",
}
# What files do not speak of is as it is, and is written for once: owners, privileges, and the NOT
# NULLs that heirs say besides those from above (18). And what they say of nothing goes.
WRITTEN = {
    "default_privilege/alter",
    "default_privilege/drop",
    "enum/reorder_labels_in_use",
    "extension/create_where_public_is_gone",
    "grant/function_replaced",
    "grant/view_rebuilt",
    "grants_on/extension",
    "grants_on/server",
    "owner/no_change",
    "owner/serial_of_owned_table",
    "part_not_null/given_up_with_the_whole",
    "part_not_null/said_by_heirs_too",
    "part_not_null/whole_is_renamed_apart",
    "schema/public_renamed_without_comment",
    "sequence/no_change_of_identity",
    "sequence/of_identity",
    "sequence/of_identity_has_nothing_more",
    "table/column_moves_up_with_another_type",
    "table/joins_parents_of_its_columns",
}


@pytest.fixture
def databases(
    request: pytest.FixtureRequest,
    make_database: MakeDatabase,
    server_major: int,
    binaries: Binaries,
) -> tuple[Database, Database]:
    """The database that a case begins with, and the one that it ends with."""
    case: Path = request.getfixturevalue("case")
    if reason := skip_reason(case, server_major, binaries.extensions):
        pytest.skip(reason)
    first, last = make_database(), make_database()
    first.load(case / "before.sql")
    last.load(case / "after.sql")
    return first, last


@pytest.mark.parametrize(
    "case", sorted({*WRONG, *some(FOUND, 48)}), ids=lambda p: f"{p.parent.name}-{p.name}"
)
def test_pull_over(case: Path, databases: tuple[Database, Database], cli: Cli, bare: Path) -> None:
    name = f"{case.parent.name}/{case.name}"
    if name in CHANGING:
        pytest.skip("a plan changes it, or its rows")
    first, last = databases
    file = bare / "schemas" / "desired.yaml"
    file.parent.mkdir()
    for each in case.iterdir():
        if each.name == file.name or each.suffix not in (".sql", ".yaml", ".txt"):
            (shutil.copytree if each.is_dir() else shutil.copy)(each, file.parent / each.name)
    text = file.read_text()
    if cli("plan", "--db", last.url, "--detailed-exitcode").code:
        pytest.skip("it ends as something that its files do not say")
    for database in (last, first, last):
        found = cli("pull", "--db", database.url)
        assert found.code == 0, found.err
        if text:
            assert name in WRITTEN or (found.out, file.read_text()) == ("", text)
            text = ""
        found = cli("plan", "--db", database.url, "--detailed-exitcode")
        assert found.code == 0, found.out + found.err
