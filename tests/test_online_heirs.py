"""Columns and checks of tables with heirs in use: in steps, for all heirs, from anywhere."""

from __future__ import annotations

import re
from itertools import accumulate
from pathlib import Path

import pytest

from schemadiff.core.errors import PlanError
from schemadiff.core.lock import LockMode
from schemadiff.kinds import KINDS
from schemadiff.spec.writer import Layout, write_catalog
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


FAMILY = """
CREATE TABLE par (id integer NOT NULL, n integer NOT NULL DEFAULT 7, k integer, s text,
    CONSTRAINT n_more CHECK (n > 0));
CREATE TABLE one (extra text, PRIMARY KEY (id), UNIQUE (n, id)) INHERITS (par);
CREATE TABLE side (more integer) INHERITS (par);
CREATE TABLE two () INHERITS (one, side);
CREATE TABLE three () INHERITS (side);
ALTER TABLE three ALTER n SET DEFAULT 8;
ALTER TABLE one ADD CONSTRAINT n_less CHECK (n + k < 9999);
CREATE INDEX par_n ON par (n);
CREATE INDEX side_odd ON side (s, (n * 2)) WHERE n > 3;
CREATE TABLE r (one_id integer REFERENCES one ON UPDATE CASCADE, v text);
ALTER TABLE two ADD CONSTRAINT to_one FOREIGN KEY (n, id) REFERENCES one (n, id) DEFERRABLE;
CREATE VIEW v AS SELECT id, n FROM par;
COMMENT ON COLUMN par.n IS 'a number';
COMMENT ON CONSTRAINT n_less ON one IS 'less';
GRANT UPDATE (n) ON par TO PUBLIC;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.s := concat(NEW.s, NEW.id); RETURN NEW; END';
CREATE TRIGGER noted BEFORE INSERT OR UPDATE ON side FOR EACH ROW EXECUTE FUNCTION noted();
INSERT INTO par SELECT i, i, i FROM generate_series(1, 60) i;
INSERT INTO one SELECT i, i, i FROM generate_series(61, 200) i;
INSERT INTO side SELECT i, i, i FROM generate_series(201, 300) i;
INSERT INTO r SELECT i FROM generate_series(70, 150) i;
"""
ROWS = "SELECT tableoid::regclass::text, id, n, k, s FROM par ORDER BY id, n, 1"


def written(database: Database, number: int) -> None:
    """Write to each of the family, through the table above, and as a subscriber does."""
    with database.connect() as client:
        for each in (
            f"INSERT INTO par (id) VALUES ({number} + 1000)",
            f"INSERT INTO one (id, k) VALUES ({number} + 2000, 1)",
            f"INSERT INTO three (id, k) VALUES ({number} + 5000, 1)",
            f"INSERT INTO side (id, n, k) VALUES ({number} + 3000, {number} + 1, 1)",
            f"UPDATE par SET n = n + 5 WHERE id % 40 = {number} % 40",
            f"DELETE FROM par WHERE id = {number} + 155",
            "SET session_replication_role = replica",
            f"INSERT INTO two (id, n) SELECT id, n FROM ONLY one WHERE id = {number} + 80",
            f"UPDATE side SET n = n + 1 WHERE id = {number} + 210",
        ):
            client.execute(each.encode())


def as_it_is(database: Database, folder: Path) -> Path:
    """Give the YAML of a database."""
    with laws.opened(database) as connection:
        seen = laws.look(connection)
    write_catalog(seen.catalog, KINDS, folder, Layout.BY_TABLE, known=seen.known(KINDS))
    return folder


def test_a_type_from_anywhere(database: Database, clone: CloneDatabase, tmp_path: Path) -> None:
    """Stopped anywhere and written to, it ends as ALTER COLUMN in one piece ends, or is undone."""
    database.load(FAMILY)
    yaml, back = (as_it_is(database, tmp_path / name) for name in ("yaml", "back"))
    for file in yaml.rglob("*.yaml"):
        columns = r"\b(n|id|one_id):( \{type:|\n +type:)? integer"
        file.write_text(re.sub(columns, r"\1:\2 bigint", file.read_text()))
    plan, plain = laws.plan_for(database, yaml), laws.plan_for(database, yaml, offline=True)
    assert not [op.why for op in plan.operations() if op.rewrites]
    assert sum("$swap$" in op.sql for op in plan.operations()) == 1
    total = sum(1 for _ in plan.operations())
    for stop in range(1, total, every(6)):
        stopped, beside = clone(database), clone(database)
        laws.run(stopped, plan, statements=stop)
        for each in (stopped, beside):
            written(each, stop)
        laws.run(beside, plain)
        if stop % 2:
            faults.taken_back(clone(stopped), back, ROWS)
        for seen in laws.run(stopped, laws.plan_for(stopped, yaml)):
            assert not seen.scanned or seen.op.scans, (stop, seen.op.sql)
            in_the_way = seen.op.lock > LockMode.SHARE_UPDATE_EXCLUSIVE
            assert not (in_the_way and (seen.scanned or seen.rewrote)), (stop, seen)
        faults.ended_alike(stopped, beside, yaml, ROWS)


def test_an_identity_that_heirs_would_have_to_be_given(database: Database, tmp_path: Path) -> None:
    """The server adds none, with rows or without, and makes one of a column that is there."""
    database.load("create table t (id int); create table h () inherits (t);")
    yaml = tmp_path / "all.yaml"
    text = "tables: {t: {columns: {id: integer, z: {type: integer, not_null: true%s}}}, %s}"
    heir = "h: {inherits: t}"
    yaml.write_text(text % (", identity: always", heir))
    with pytest.raises(PlanError) as error:
        laws.plan_for(database, yaml)
    assert error.value.diagnostics[0].code == "SD060"
    for more in ("", ", identity: always"):
        yaml.write_text(text % (more, heir))
        laws.run(database, laws.plan_for(database, yaml))
    assert laws.plan_for(database, yaml).empty
