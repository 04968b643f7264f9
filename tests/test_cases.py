"""Every case in `tests/cases/` is run through the laws, forwards and backwards."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.inspector import Inspection
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Severity
from schemadiff.core.plan import Plan
from schemadiff.render import render
from schemadiff.spec.reader import read_yaml
from tests import laws
from tests.extent import THOROUGH
from tests.plugins.postgres import Administrator, CloneDatabase, Database, MakeDatabase
from tests.published import as_published
from tests.read_back import written_and_read

CASES = Path(__file__).parent / "cases"
OWN = "server: own"  # a case that needs a whole server is run by test_on_request.py
FOUND = sorted(
    p.parent
    for p in CASES.glob("*/*/desired.yaml")
    if not (f := p.with_name("case.yaml")).exists() or OWN not in f.read_text("utf-8")
)
STOPS = 3 if THOROUGH else 1


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
def case(request: pytest.FixtureRequest, server_major: int, binaries: Binaries) -> Path:
    """One case folder, or a skip with the reason."""
    folder: Path = request.param
    reason = skip_reason(folder, server_major, binaries.extensions)
    if reason:
        pytest.skip(reason)
    return folder


def explain(plan: Plan) -> str:
    """Show a plan in an assertion."""
    return "\n".join(op.sql for op in plan.operations())


def stops(count: int) -> Iterable[int]:
    """Choose where to stop: in the middle, and (of all) after the first and before the last."""
    inner = range(1, count)
    if len(inner) <= STOPS:
        return inner
    return sorted({1, count // 2, count - 1} if THOROUGH else {count // 2})


@pytest.mark.one_in(12)
def test_laws(
    case: Path, make_database: MakeDatabase, clone: CloneDatabase, administrator: Administrator
) -> None:
    """Laws 1 to 8 in one go, for every law needs what the one before it made."""
    start = _Start(case, make_database)
    after = _made(make_database, case / "after.sql")
    listed = laws.listed_tables(case / "desired.yaml")
    database = start.database
    back = settings(case).get("reverse") != "false" and _in_turn(case, 0)
    with laws.held(database) as connection:
        planned = _plan(database, case)
        plan, wanted = planned.plan, planned.live
        kept = _kept(database, case)
        if back:
            start.rows = laws.rows_of(database)
        assert not laws.refused(database, plan), explain(plan)
        assert not laws.disturbed_since(connection, wanted, plan)
    end = _End(after, laws.rows_of(after), laws.contents(after, listed), listed)
    count = len(list(plan.operations()))
    between = laws.commits(plan) - {count}
    stopped = sorted({*(stops(count) if _in_turn(case, 1) else ()), *sorted(between)[:STOPS]})
    again = [clone(database) for _ in stopped]
    _forwards(database, plan, between.intersection(stopped))
    with laws.held(database):
        seen = _arrived(database, plan, kept, case)
        end.reached(database, plan)
        if not back:
            _read_back(seen)
    script = render(plan, "sql")
    moment = administrator.moment()
    database.load(script)
    if administrator.moment() != moment:  # or else nobody has written anything at all
        end.reached_again(database, f"a second run changed something\n{script}")
    for stop, copy in zip(stopped, again, strict=True):
        laws.run_first(copy, plan, stop)
        copy.load(script)
        end.reached_again(copy, f"stopped after {stop} of {count}\n{script}")

    if back:
        _backwards(after, start, wanted)


def _in_turn(case: Path, turn: int) -> bool:
    """Tell whether it is a case's turn: half of them go back, the others stop in the middle."""
    name = f"{case.parent.name}/{case.name}"
    return THOROUGH or zlib.crc32(name.encode()) % 2 == turn


class _Start:
    """What `before.sql` and `seed.sql` make, which the plan changes, and its catalogs' rows."""

    rows: str | None = None

    def __init__(self, case: Path, make_database: MakeDatabase) -> None:
        self._scripts = case / "before.sql", case / "seed.sql"
        self._make = make_database
        self.database = _made(make_database, *self._scripts)

    def is_reached(self, database: Database, how: str) -> bool:
        """Tell whether its rows were reached again; if not, pg_dump has to see it so."""
        found = None if THOROUGH else laws.rows_of(database)
        if found is not None and found == self.rows:
            return True
        schema = laws.dump(_made(self._make, *self._scripts))
        assert laws.dump(database) == schema, how
        return False


@dataclass
class _End:
    """What `after.sql` makes: the schema, and rows where the YAML lists them."""

    made: Database
    catalogs: str | None
    rows: dict[str, list[str]]
    listed: tuple[str, ...]

    def reached(self, database: Database, plan: Plan) -> None:
        """It was reached, as pg_dump sees it, to whom equal rows of all catalogs are equal."""
        found = self._compare(database, explain(plan))
        self.catalogs = found if found is not None else laws.rows_of(database)

    def reached_again(self, database: Database, how: str) -> None:
        """It was reached as it was before: by the same statements, in another way."""
        self._compare(database, how)

    def _compare(self, database: Database, how: str) -> str | None:
        found = None if THOROUGH else laws.rows_of(database)
        if found is None or found != self.catalogs:
            assert laws.dump(database) == self.schema, how
        assert laws.contents(database, self.listed) == self.rows, how
        return found

    @cached_property
    def schema(self) -> str:
        """What pg_dump says of it."""
        return laws.dump(self.made)


def _made(make_database: MakeDatabase, *scripts: Path) -> Database:
    database = make_database()
    text = "\n".join(s.read_text(encoding="utf-8") for s in scripts if s.exists())
    if text.strip():
        database.load(text)
    return database


def _hazards(plan: Plan, case: Path) -> None:
    """The codes in case.yaml are all there are, but for what is only worth knowing."""
    expected = settings(case).get("hazards")
    if expected is None:
        return
    wanted = {str(code) for code in expected}
    found = {h.code for h in plan.hazards if h.severity is not Severity.INFO or h.code in wanted}
    assert found == wanted, "\n".join(f"{h.code} {h.message}" for h in plan.hazards)


def _plan(database: Database, case: Path) -> laws.Planned:
    offline = settings(case).get("offline") == "true"
    planned = laws.planned(database, case / "desired.yaml", offline=offline)
    plan = planned.plan
    _hazards(plan, case)
    as_published(plan)
    assert not laws.missing_between(plan), explain(plan)
    no_change = case.name.startswith(("no-change", "no_change"))
    assert plan.empty == (no_change or not plan.changes), explain(plan)
    return planned


@dataclass(frozen=True, slots=True)
class Kept:
    """What was there before, and has to be there afterwards."""

    rows: dict[tuple[str, str], str]
    counters: laws.Counters


def _kept(database: Database, case: Path) -> Kept:
    listed = laws.listed_tables(case / "desired.yaml")  # compared with after.sql instead
    rows = {k: v for k, v in laws.checksums(database).items() if not _is_listed(k[0], listed)}
    return Kept(rows, laws.counters(database))


def _forwards(database: Database, plan: Plan, between: Collection[int]) -> None:
    """The plan does no more than it says, and can be taken up again where it may have stopped."""

    ties, ends = [laws.ties(database)], laws.commits(plan)

    def look(number: int, connection: psycopg.Connection[Any]) -> None:
        if number in ends:
            ties.append(laws.ties(database))
        if number in between:
            live = laws.look(connection).catalog
            assert not laws.disturbed_since(connection, live, plan), f"stopped after {number}"

    _no_more_than_said(laws.run(database, plan, after=look))
    stay = ties[0] & ties[-1]
    assert not [missed for each in ties if (missed := stay - each)], "rows are missed for a while"


def _no_more_than_said(seen: Iterable[laws.Seen]) -> None:
    for each in seen:
        assert each.lock <= each.op.lock, f"{each.op.sql}: saw {each.lock.sql}"
        assert not each.rewrote or each.op.rewrites, f"{each.op.sql} rewrote {each.rewrote}"
        declared = each.op.scans or each.op.rewrites
        assert not each.scanned or declared, f"{each.op.sql} read all: {each.scanned}"


def _arrived(database: Database, plan: Plan, kept: Kept, case: Path) -> Inspection:
    """Nothing is left to do, and rows and counters are there still; give what was seen."""
    planned = laws.planned(database, case / "desired.yaml")
    again = planned.plan
    assert again.empty, f"left after applying\n{explain(plan)}\n---\n{explain(again)}"
    with laws.opened(database) as connection:
        assert not laws.disturbed_since(connection, planned.live, plan), "the same saved plan again"
    lost = any(h.loses_data for h in plan.hazards)
    if not lost and not plan.counts()["rename"]:
        found = laws.checksums(database)
        survived = {k: found[k] for k in kept.rows if k in found}
        assert survived == {k: kept.rows[k] for k in survived}
    if not lost and not laws.listed_tables(case / "desired.yaml"):
        _counters_stand(kept.counters, laws.counters(database), plan)
    return planned.seen


def _counters_stand(before: laws.Counters, after: laws.Counters, plan: Plan) -> None:
    """Sequences stand where they stood; under other names they are known by that alone."""
    if not plan.counts()["rename"]:
        before = {k: before[k] for k in before if k in after}
        after = {k: after[k] for k in before}
        assert after == before, explain(plan)
    elif len(before) == len(after):
        assert sorted(after.values()) == sorted(before.values()), explain(plan)


def _is_listed(table: str, listed: tuple[str, ...]) -> bool:
    return table in listed or f"public.{table}" in listed


def _read_back(seen: Inspection) -> Catalog:
    """What is inspected, written as YAML and read back is the same catalog."""
    wrong = written_and_read(seen)
    assert not wrong, wrong
    return seen.catalog


def _backwards(database: Database, start: _Start, wanted: Catalog) -> None:
    """The same planner finds the way back, which does no more than it says and leaves nothing."""
    with laws.opened(database) as connection:
        plan = laws.plan_from(connection, _read_back(laws.look(connection)), wanted)
    _no_more_than_said(laws.run(database, plan))
    with laws.held(database) as connection:
        if start.is_reached(database, explain(plan)):
            return  # what is dumped and inspected is what it was
        left = laws.plan_from(connection, laws.look(connection).catalog, wanted)
    assert left.empty, explain(left)
