"""An index of a partition that is sorted otherwise than the whole's: PostgreSQL changes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import PlanError, SpecError
from tests import laws
from tests.plugins.postgres import Database

FILES = """
tables:
  p: {partition_by: list (a), columns: {a: integer, v: text}, indexes: {p_v: v}}
  p1: {partition_of: p, bound: for values in (1), part_indexes: {p_v: SAID}}
"""


@pytest.fixture
def schemas(database: Database, tmp_path: Path) -> Path:
    database.load(
        "CREATE TABLE p (a integer, v text) PARTITION BY LIST (a);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
        "CREATE INDEX p1_v_idx ON p1 (v DESC); CREATE INDEX p_v ON p (v);"
    )
    return tmp_path


def says(schemas: Path, said: str) -> Path:
    (schemas / "all.yaml").write_text(FILES.replace("SAID", said))
    return schemas


def test_it_stays_as_it_is_where_the_files_say_nothing(database: Database, schemas: Path) -> None:
    assert laws.plan_for(database, says(schemas, "p1_v_idx")).empty
    assert laws.plan_for(database, says(schemas, "{sorted: {1: desc nulls first}}")).empty


def test_another_order_is_refused(database: Database, schemas: Path) -> None:
    with pytest.raises(PlanError, match=r"SD056.*cannot be sorted otherwise"):
        laws.plan_for(database, says(schemas, "{sorted: {1: desc nulls last}}"))
    database.execute("DROP INDEX p_v; CREATE INDEX p_v ON p (v)")
    with pytest.raises(PlanError, match=r"SD056.*cannot be sorted otherwise"):
        laws.plan_for(database, says(schemas, "{sorted: {1: desc}}"))


def test_it_is_made_where_that_of_the_whole_is(database: Database, schemas: Path) -> None:
    database.execute("DROP INDEX p_v; INSERT INTO p VALUES (1, 'x')")
    wanted = says(schemas, "{sorted: {1: desc nulls last}}")
    laws.run(database, laws.plan_for(database, wanted))
    assert laws.plan_for(database, wanted).empty
    assert "p1_v_idx ON public.p1 USING btree (v DESC NULLS LAST)" in database.dump()


@pytest.mark.parametrize("said", ["{1: down}", "{x: desc}", "{0: desc}", "{1: desc nulls}"])
def test_what_says_no_order_is_told(database: Database, schemas: Path, said: str) -> None:
    with pytest.raises(SpecError, match=r"SD056.*does not say how a key is sorted"):
        laws.plan_for(database, says(schemas, f"{{sorted: {said}}}"))
