"""`plan.sql` and `plan.txt` beside some cases: what a person reads, for the reviewer's eye.

They are made on one version, for plans differ between versions where PostgreSQL does; the laws
are what decides. `make golden` writes them anew, and shows nothing but what `git diff` shows.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from schemadiff.render import render
from tests import laws
from tests.plugins.postgres import MakeDatabase

CASES = Path(__file__).parent / "cases"
MAJOR = 18  # the version of the wheel, which everybody has
FORMS = {"plan.sql": "sql", "plan.txt": "text"}

# At least one case of each kind, and each form that a plan can take: a rename, a replacement with
# its dependents, statements outside of a transaction, several transactions, dangers, no change.
CHOSEN = sorted(p.parent for p in CASES.glob("*/*/plan.sql"))


def test_every_kind_that_a_newcomer_meets_has_one() -> None:
    kinds = {p.parent.name for p in CHOSEN}
    missing = {"table", "column", "index", "view", "enum", "function", "trigger"} - kinds
    assert not missing
    assert len(CHOSEN) >= 30


@pytest.mark.parametrize("case", CHOSEN, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_plan_reads_as_it_did(
    case: Path, make_database: MakeDatabase, server_major: int, *, update_golden: bool
) -> None:
    if server_major != MAJOR:
        pytest.skip(f"the goldens are made on PostgreSQL {MAJOR}")
    database = make_database()
    database.load(case / "before.sql")
    plan = laws.plan_for(database, case / "desired.yaml")
    # What differs between two runs: the minor version, and what hashes it.
    plan = replace(plan, server_version=0, current_fingerprint="", desired_fingerprint="")
    for name, form in FORMS.items():
        text = render(plan, form)
        if update_golden:
            (case / name).write_text(text, encoding="utf-8")
        assert text == (case / name).read_text(encoding="utf-8"), f"{case / name}: make golden"
