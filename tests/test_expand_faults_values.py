"""Types whose values are converted beside the old ones, under faults: each arrives, none is lost.

The oracle is ALTER COLUMN … TYPE itself, in a copy. Each statement of the plan has one of the
faults by default, with SCHEMADIFF_TEST_ALL=1 all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

import psycopg
import pytest

from schemadiff.core.errors import ApplyError
from tests import faults, laws
from tests.extent import every
from tests.faults import FAULTS, Story, apply
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

ALL = bool(os.environ.get("SCHEMADIFF_TEST_ALL"))
PARTS = 3  # tests over which the statements are spread
TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE tone AS ENUM ('ok', 'sad', 'high');
CREATE TABLE sale (
    id {id} PRIMARY KEY,
    price {price} NOT NULL DEFAULT 1 CONSTRAINT sale_price CHECK (price >= 0),
    code {code},
    state {state},
    feeling {feeling} DEFAULT 'ok',
    sizes {sizes},
    note {note} CONSTRAINT sale_note CHECK (lower(note) <> 'never'),
    paper {paper},
    CONSTRAINT sale_code UNIQUE (code)
);
CREATE INDEX sale_rest ON sale ((id % 10), price) WHERE id > 5;
CREATE UNIQUE INDEX sale_lower ON sale (lower(note), id) INCLUDE (state);
CREATE STATISTICS sale_both (ndistinct, dependencies) ON id, price FROM sale;
CREATE TABLE part (
    sale {id} NOT NULL CONSTRAINT part_sale REFERENCES sale ON DELETE CASCADE,
    n {code}
);
CREATE INDEX part_sale_index ON part (sale) WHERE sale > 7;
CREATE VIEW sold AS SELECT feeling, state FROM sale;
COMMENT ON INDEX sale_rest IS 'rest';
COMMENT ON CONSTRAINT sale_note ON sale IS 'no';
COMMENT ON STATISTICS sale_both IS 'both';
"""
OLD = {
    "id": "bigint",
    "price": "numeric(12,4)",
    "code": "text",
    "state": "text",
    "feeling": "mood",
    "sizes": "integer[]",
    "note": "text",
    "paper": "json",
}
NEW = {
    "id": "integer",
    "price": "numeric(10,2)",
    "code": "integer",
    "state": "mood",
    "feeling": "tone",
    "sizes": "smallint[]",
    "note": "character varying(40)",
    "paper": "jsonb",
}
ROWS = """
INSERT INTO sale SELECT n, n + 0.0049, n::text, CASE n % 2 WHEN 0 THEN 'ok' ELSE 'sad' END,
    CASE n % 3 WHEN 0 THEN 'ok' WHEN 1 THEN 'sad' END::mood, ARRAY[n, NULL], 'Note ' || n,
    json_build_object('b', n, 'a', repeat('x', 1900))
FROM generate_series(1, 300) n;
INSERT INTO part SELECT n % 300 + 1, n FROM generate_series(1, 600) n;
"""
# What no checksum says, because it is no base type.
OTHERS = """
SELECT md5(string_agg(concat_ws('|', state, feeling, sizes::text, (SELECT count(*) FROM sold)),
    ';' ORDER BY id)) FROM sale
"""
WRITTEN = """
UPDATE sale SET price = price + 1.005, code = (code::text || '000')::{code}, note = 'again ' || id,
    state = 'ok', feeling = 'sad', sizes = '{{7}}', paper = '{{"z": 1}}' WHERE id = 12;
INSERT INTO sale (id, price, code, state) VALUES (1001, 2.345, '9001', 'sad');
INSERT INTO part VALUES (1001, '5');
DELETE FROM sale WHERE id = 20;
"""
MISFIT = "INSERT INTO sale (id, price, code, state, sizes, note) VALUES {};"
MISFITS = {
    "id": "(5000000000, 1, '2001', 'ok', '{1}', 'x')",
    "price": "(2001, 99999999.9999, '2001', 'ok', '{1}', 'x')",
    "code": "(2001, 1, 'seventy', 'ok', '{1}', 'x')",
    "state": "(2001, 1, '2001', 'glad', '{1}', 'x')",
    "sizes": "(2001, 1, '2001', 'ok', '{70000}', 'x')",
    "note": "(2001, 1, '2001', 'ok', '{1}', repeat('x', 41))",
}


@dataclass(frozen=True)
class Converted(Story):
    """The rows at the end are those of a copy that was altered in one piece."""

    oracle: Database | None = None

    @cached_property
    def rows(self) -> dict[tuple[str, str], str]:
        assert self.oracle is not None
        return laws.checksums(self.oracle)


def converted(before: Database, after: Database, oracle: Database) -> Converted:
    laws.run(oracle, laws.plan_between(oracle, after, online=False))
    [(others,)] = oracle.execute(OTHERS)
    return Converted(before, after, (OTHERS, others), oracle)


@pytest.fixture
def story(make_database: MakeDatabase, clone: CloneDatabase) -> Converted:
    before, after = make_database(), make_database()
    before.load(TABLES.format(**OLD) + ROWS)
    after.load(TABLES.format(**NEW))
    return converted(before, after, clone(before))


def test_all_of_it_is_done_in_steps(story: Converted) -> None:
    plan = story.plan(story.before)
    said = [op.sql for op in plan.operations()]
    assert not [op.sql for op in plan.operations() if op.rewrites]
    assert sum("$swap$" in each for each in said) == 1
    assert sum("$alike$" in each for each in said) == 3
    assert not [op.why for op in plan.operations() if "not in steps" in op.why]


@pytest.mark.parametrize("part", range(PARTS))
def test_a_fault_at_each_statement(story: Converted, clone: CloneDatabase, part: int) -> None:
    """What goes on is a new plan, or the old one as it was saved."""
    plan = story.plan(story.before)
    count = sum(1 for _ in plan.shown.operations())
    for number in range(part + 1, count + 1, PARTS * every(8)):
        for fault in FAULTS if ALL else (FAULTS[number // PARTS % len(FAULTS)],):
            moved = f"{fault} at statement {number} of {count}"
            database = clone(story.before)
            faults.fault_at(database, plan, number, fault)
            if number % 2:
                apply(database, plan)
                assert story.plan(database).empty, moved
            story.ends_well(database, moved=moved)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_written_after_a_fault(story: Converted, clone: CloneDatabase, part: int) -> None:
    """Killed at a commit, then clients write: it is kept, and what does not fit is refused."""
    plan = story.plan(story.before)
    oracle = clone(story.before)
    write(oracle, "text")
    wanted = converted(story.before, story.after, oracle)
    swap = next(n for n, op in enumerate(plan.shown.operations()) if "$swap$" in op.sql)
    commits = [n for n in sorted(laws.commits(plan.shown)) if n <= swap]
    for number in commits[part :: PARTS * every(6)]:
        database = clone(story.before)
        faults.killed_at(database.url, plan, number + 1, after=False)
        for values in MISFITS.values():
            with pytest.raises(psycopg.DataError):
                database.execute(MISFIT.format(values))
        write(database, "text")
        wanted.ends_well(database, moved=f"killed after statement {number}")


def write(database: Database, code: str) -> None:
    database.load(WRITTEN.format(code=code))


@pytest.mark.parametrize("what", MISFITS)
@pytest.mark.parametrize("back", [True, False], ids=["back", "onwards"])
def test_a_row_that_does_not_fit(story: Converted, what: str, *, back: bool) -> None:
    """It stops the filling; the next plan takes all of it back, or goes on once it is mended."""
    database, plan = story.before, story.plan(story.before)
    kept, end = laws.checksums(database), laws.dump(database)
    was = laws.catalog_of(database)
    database.load(MISFIT.format(MISFITS[what]))
    with pytest.raises(ApplyError):
        apply(database, plan)
    assert database.execute(faults.LEFT) != []
    database.load("DELETE FROM sale WHERE note LIKE 'x%';")
    if not back:
        story.ends_well(database)
        return
    with laws.opened(database) as connection:
        undo = laws.plan_from(connection, laws.look(connection).catalog, was)
    apply(database, undo)
    assert database.execute(faults.LEFT) == []
    assert laws.dump(database) == end
    assert laws.checksums(database) == kept
