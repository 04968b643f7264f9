"""A script that is run a second time loses nothing that has come since."""

from __future__ import annotations

from schemadiff.render import render
from tests import laws
from tests.plugins.postgres import MakeDatabase
from tests.test_cases import CASES


def test_a_table_that_was_made_anew_keeps_its_new_rows(make_database: MakeDatabase) -> None:
    case = CASES / "partition" / "key_of_empty"
    database = make_database()
    database.load((case / "before.sql").read_text("utf-8"))
    plan = laws.plan_for(database, case / "desired.yaml")
    laws.run(database, plan)
    database.load("INSERT INTO p VALUES (1); INSERT INTO plain VALUES (1)")
    database.load(render(plan, "sql"))
    assert laws.contents(database, ("p", "plain")) == {
        "p": ['{"a": 1, "id": 1}'],
        "plain": ['{"a": null, "id": 1}'],
    }
