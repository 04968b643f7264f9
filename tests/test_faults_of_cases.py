"""Killed or cut off after any statement, also inside of a transaction: the next run arrives.

The cases of `tests/cases/` that hold rows, of each sort of change that takes several statements:
some by default, all in the matrix, with SCHEMADIFF_TEST_ALL=1 every other case as well. After odd
statements the process is killed, after even ones its session ended; what goes on is a new plan, or
after every third statement the old one as it was saved. The oracle is the same plan that nothing
has stopped; whether that is right is for `test_cases.py` to say.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.core.plan import Plan
from tests import faults, laws
from tests.extent import every, some
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase
from tests.test_cases import CASES, FOUND, skip_reason

SORTS = {
    "heirs": (
        "column/type_repeated_by_heirs",
        "column/type_of_key_that_heirs_call_otherwise",
        "column/type_of_heirs_with_own_not_null",
        "default/of_heir_goes_while_type_changes",
        "table/column_moves_up_with_another_type",
        "unique/of_heir_whose_column_changes_above",
    ),
    "parts": (
        "online/attach_beside_default",
        "online/detach_beside_default",
        "online/type_partitioned_keys",
        "partition/another_key",
        "partition/key_column_type",
        "partition/level_between",
        "partition/move",
        "partition/parts_become_heirs",
        "partition/subtree_moves",
        "partition/table_becomes_partitioned",
        "partition/table_is_partitioned_no_more",
    ),
    "types": (
        "composite/add_and_drop_used",
        "composite/reorder_above_heirs",
        "composite/reorder_in_tables_made_anew",
        "composite/reorder_in_use",
        "composite/retype_in_use",
        "domain/base_in_use",
        "enum/converted_while_it_changes",
        "enum/remove_add_and_rename",
        "enum/reorder_labels_in_use",
        "enum/trade_in_use",
        "range/subtype_in_use",
    ),
    "renames": (
        "check/names_traded_with_heirs",
        "column/rename_in_a_chain",
        "column/renamed_in_all_that_heirs_have_it_from",
        "index/names_rotate",
        "ordering/moves_through_one_name",
        "ordering/type_renamed_under_signatures",
        "partition/renamed_keeps_names_of_indexes",
        "schema/rename",
        "table/rename_with_default_names",
        "table/rename_and_new",
    ),
    "keys": (
        "foreign_key/alters_while_target_key_changes",
        "online/key_partitioned_changed",
        "online/type_keys_composite",
        "primary_key/another_while_type_changes",
        "primary_key/names_traded",
        "primary_key/under_foreign_keys",
        "unique/takes_index",
    ),
    "filled": (
        "column/not_null_alter",
        "online/new_identity_key",
        "online/new_serial_key",
        "online/type_while_triggers_come_and_go",
        "online/volatile_default_partitioned",
        "online/volatile_default_under_trigger",
    ),
}
TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
ALL = bool(os.environ.get("SCHEMADIFF_TEST_ALL"))
CHOSEN = sorted(CASES / case for each in SORTS.values() for case in each)
HELD = [c for c in FOUND if (c / "seed.sql").exists()]
Digests = dict[tuple[str, str], str]


def name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def test_each_case_is_there() -> None:
    assert {*CHOSEN} <= {*HELD}


@dataclass(frozen=True)
class Begun:
    """A database as it was, the plan that is stopped, and how it ran on to its end."""

    before: Database
    yaml: Path
    plan: Plan
    clone: CloneDatabase

    def _whole(self) -> Database:
        database = self.clone(self.before)
        faults.apply(database, self.plan)
        return database

    @cached_property
    def end(self) -> tuple[str, Digests]:
        """The schema and the rows that the whole plan makes, but for what differs each time."""
        one, other = self._whole(), self._whole()
        again = digests(other)
        return laws.dump(one), {k: v for k, v in digests(one).items() if again[k] == v}

    def ends_well(self, database: Database, *, moved: str, saved: bool) -> None:
        """Run it again and see that it arrives with the same rows, and nothing of ours is left."""
        faults.apply(database, self.plan if saved else laws.plan_for(database, self.yaml))
        assert database.execute(faults.LEFT) == [], moved
        assert laws.plan_for(database, self.yaml).empty, moved
        schema, rows = self.end
        assert laws.dump(database) == schema, moved
        found = digests(database)
        assert sorted(k for k in rows if found[k] != rows[k]) == [], moved


def digests(database: Database) -> Digests:
    """Give a digest of each column of each table beside its key, of all rows there are."""
    found = {}
    for (table,) in database.execute(TABLES):
        question = f'SELECT to_jsonb("a row") FROM ONLY {table} AS "a row"'  # called as no column
        rows = [row for (row,) in database.execute(question)]
        for column in rows[0] if rows else ():
            first = min(rows[0], key=lambda each: (each != "id", each))
            values = sorted(json.dumps([row[first], row[column]]) for row in rows)
            found[table, column] = hashlib.md5("".join(values).encode()).hexdigest()  # noqa: S324
        found[table, ""] = str(len(rows))
    return found


@pytest.mark.parametrize("case", HELD if ALL else some(CHOSEN, 5), ids=name)
def test_a_fault_after_each_statement(
    case: Path, make_database: MakeDatabase, clone: CloneDatabase, binaries: Binaries
) -> None:
    if reason := skip_reason(case, binaries.major, binaries.extensions):
        pytest.skip(reason)
    before = make_database()
    before.load("\n".join((case / each).read_text() for each in ("before.sql", "seed.sql")))
    plan = laws.plan_for(before, case / "desired.yaml")
    begun = Begun(before, case / "desired.yaml", plan, clone)
    count = sum(1 for _ in plan.shown.operations())
    for number in range(count // 2 % every(4) + 1, count, every(4)):
        database = clone(before)
        kind = "killed" if number % 2 else "cut"
        if kind == "killed":
            faults.killed_at(database.url, plan, number, after=True)
        else:
            faults.stopped(database, plan, number, faults.cut, after=True)
        moved = f"{kind} after statement {number} of {count}"
        begun.ends_well(database, moved=moved, saved=number % 3 == 0)
