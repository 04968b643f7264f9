"""Every case in `tests/cases/` is run through the laws, forwards and backwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemadiff.core.plan import Plan
from schemadiff.render import render
from schemadiff.spec.reader import read_yaml
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase

CASES = Path(__file__).parent / "cases"
FOUND = sorted(p.parent for p in CASES.glob("*/*/desired.yaml"))


def settings(case: Path) -> dict[str, Any]:
    """Read case.yaml."""
    file = case / "case.yaml"
    if not file.exists():
        return {}
    found, wrong = read_yaml(file.read_bytes(), str(file))
    assert not wrong, wrong
    return dict(found or {})


def skip_reason(case: Path, major: int, extensions: frozenset[str]) -> str | None:
    """Say why a case cannot run on this server."""
    options = settings(case)
    if major < int(options.get("min_server", 0)):
        return f"needs PostgreSQL {options['min_server']}"
    if major > int(options.get("max_server", 99)):
        return f"only up to PostgreSQL {options['max_server']}"
    missing = set(options.get("extensions", ())) - extensions
    return f"this server lacks {', '.join(sorted(missing))}" if missing else None


@pytest.fixture(params=FOUND, ids=lambda p: f"{p.parent.name}/{p.name}")
def case(request: pytest.FixtureRequest, server_major: int, binaries: Any) -> Path:
    """One case folder, or a skip with the reason."""
    folder: Path = request.param
    reason = skip_reason(folder, server_major, binaries.extensions)
    if reason:
        pytest.skip(reason)
    return folder


def made(make_database: MakeDatabase, *scripts: Path) -> Database:
    """Make a database from scripts; those that do not exist are left out."""
    database = make_database()
    for script in scripts:
        if script.exists():
            database.load(script)
    return database


def explain(plan: Plan) -> str:
    """Show a plan in an assertion."""
    return "\n".join(op.sql for op in plan.operations())


def test_forwards(case: Path, make_database: MakeDatabase) -> None:
    """Laws 1 to 4, 6 and 7."""
    database = made(make_database, case / "before.sql", case / "seed.sql")
    expected = laws.dump(made(make_database, case / "after.sql"))
    rows = laws.checksums(database)
    plan = laws.plan_for(database, case / "desired.yaml")
    script = render(plan, "sql")
    no_change = case.name.startswith(("no-change", "no_change"))
    assert plan.empty == (no_change or not plan.changes), explain(plan)

    seen = laws.run(database, plan)
    for each in seen:
        assert each.lock <= each.op.lock, f"{each.op.sql}: saw {each.lock.sql}"
        assert not each.rewrote or each.op.rewrites, f"{each.op.sql} rewrote {each.rewrote}"

    again = laws.plan_for(database, case / "desired.yaml")
    assert again.empty, f"left after applying\n{explain(plan)}\n---\n{explain(again)}"
    assert laws.dump(database) == expected, explain(plan)
    if not plan.hazards and not plan.counts()["rename"]:
        after = laws.checksums(database)
        survived = {k: after[k] for k in rows if k in after}
        assert survived == {k: rows[k] for k in survived}

    database.load(script)
    assert laws.dump(database) == expected, f"a second run changed something\n{script}"


def test_script_from_any_stop(case: Path, make_database: MakeDatabase) -> None:
    """Law 5: stopped after any statement and started again, the script reaches the same end."""
    database = made(make_database, case / "before.sql", case / "seed.sql")
    plan = laws.plan_for(database, case / "desired.yaml")
    script = render(plan, "sql")
    expected = laws.dump(made(make_database, case / "after.sql"))
    count = len(list(plan.operations()))
    for stop in range(min(count, 6) + 1):
        again = (
            database if stop == 0 else made(make_database, case / "before.sql", case / "seed.sql")
        )
        laws.run(again, plan, statements=stop)
        again.load(script)
        assert laws.dump(again) == expected, f"stopped after {stop} of {count}\n{script}"


def test_backwards(case: Path, make_database: MakeDatabase) -> None:
    """The same planner finds the way back, and nothing is left after it."""
    if settings(case).get("reverse") == "false":
        pytest.skip("PostgreSQL has no way back here")
    before = made(make_database, case / "before.sql")
    database = made(make_database, case / "after.sql")
    plan = laws.plan_between(database, before)
    laws.run(database, plan)
    assert laws.dump(database) == laws.dump(before), explain(plan)
    left = laws.plan_between(database, before)
    assert left.empty, explain(left)
