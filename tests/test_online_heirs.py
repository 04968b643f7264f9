"""Columns and checks of tables with heirs in use: in steps, for all heirs, from anywhere."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

from schemadiff.core.lock import LockMode
from tests import faults, laws
from tests.extent import every
from tests.plugins.postgres import CloneDatabase, Database

MADE = """
CREATE TABLE r (id integer PRIMARY KEY);
INSERT INTO r SELECT generate_series(0, 400);
CREATE TABLE par (id integer NOT NULL, n integer, k integer);
CREATE TABLE one (extra text) INHERITS (par);
CREATE TABLE two (more integer) INHERITS (one);
CREATE TABLE own (n integer, CONSTRAINT k CHECK (k > 0)) INHERITS (par);
INSERT INTO one SELECT n, n, n, 'x' FROM generate_series(1, 100) n;
INSERT INTO two SELECT n, n, n, 'y', n FROM generate_series(101, 200) n;
INSERT INTO own SELECT n, n, n FROM generate_series(201, 300) n;
"""
FILES = """
tables:
  r: {columns: {id: integer primary key}}
  par:
    columns:
      id: integer not null
      n: integer not null
      k: integer
      u: {type: uuid, not_null: true, default: gen_random_uuid()}
    checks: {k: k > 0}
  one: {inherits: [par], columns: {extra: text not null}, checks: {e: length(extra) > 0}}
  two:
    inherits: [one]
    columns: {more: integer not null}
    primary_key: id
    foreign_keys: {f: {columns: k, references: r(id)}}
  own: {inherits: [par], columns: {n: integer not null}, checks: {k: k > 0}, indexes: {i: n}}
"""
WRITTEN = """
WITH new AS (INSERT INTO own (id, n, k) VALUES (%s, 1, 1))
INSERT INTO two (id, n, k, extra, more) VALUES (%s, 1, 1, 'z', 1)
"""


def test_from_anywhere(database: Database, clone: CloneDatabase, tmp_path: Path) -> None:
    """The table itself is empty: its heirs have the rows, and nobody is kept out by a reading."""
    database.load(MADE)
    (tmp_path / "all.yaml").write_text(FILES)
    plan = laws.plan_for(database, tmp_path)
    ends = accumulate(len(segment.operations) for segment in plan.segments)
    for stop in [0, *list(ends)[1 :: every(4)]]:
        stopped = clone(database)
        laws.run(stopped, plan, statements=stop)
        stopped.execute(WRITTEN, [stop + 1000, stop + 2000])
        for seen in laws.run(stopped, laws.plan_for(stopped, tmp_path)):
            assert not seen.scanned or seen.op.scans, (stop, seen.op.sql)
            in_the_way = seen.op.lock > LockMode.SHARE_UPDATE_EXCLUSIVE
            assert not (in_the_way and (seen.scanned or seen.rewrote)), (stop, seen)
        assert laws.plan_for(stopped, tmp_path).empty
        assert stopped.execute(faults.LEFT) == []
        assert stopped.execute("SELECT count(*), count(u) FROM par") == [(302, 302)]
