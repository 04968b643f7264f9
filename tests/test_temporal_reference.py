"""References with a PERIOD: PostgreSQL proves their rows when they are added, not later."""

from __future__ import annotations

import psycopg
import pytest

from schemadiff.apply.preflight import preflight
from schemadiff.core.preflight import Outcome
from tests import laws
from tests.plugins.postgres import MakeDatabase

TABLES = """create table rooms (id int4range, during daterange,
    primary key (id, during without overlaps));
create table stays (n int primary key, room int4range, during daterange);
insert into rooms values ('[1,2)', '[2020-01-01,2020-06-01)'), ('[1,2)', '[2020-06-01,2021-01-01)'),
    ('[2,3)', '[2020-01-01,2021-01-01)');
insert into stays values (1, '[1,2)', '[2020-05-01,2020-07-01)'), (2, null, '[1999-01-01,)'),
    (3, '[2,3)', null);"""
WRONG = """insert into stays values (4, '[1,2)', '[2020-05-01,2021-07-01)'), (5, '[2,3)', 'empty'),
    (6, '[3,4)', '[2020-05-01,2020-07-01)');"""
KEY = "alter table stays add constraint f foreign key (room, period during) references rooms {};"


@pytest.fixture(autouse=True)
def since_18(server_major: int) -> None:
    if server_major < 18:
        pytest.skip("PERIOD is of PostgreSQL 18")


@pytest.mark.parametrize("before", ["", KEY.format("not valid"), KEY.format("not enforced")])
def test_rows_that_are_not_covered_are_found(make_database: MakeDatabase, before: str) -> None:
    """VALIDATE CONSTRAINT and ALTER CONSTRAINT … ENFORCED would take them for right."""
    wanted = make_database()
    wanted.load(TABLES + KEY.format(""))
    for rows, wrong in (("", 0), (WRONG, 3)):
        database = make_database()
        database.load(TABLES + rows + before)
        plan = laws.plan_between(database, wanted)
        with laws.opened(database) as connection:
            [answer] = preflight(connection, plan, 30.0).answers or ()
        assert answer.count == wrong
        assert answer.outcome is (Outcome.FAILS if wrong else Outcome.PASSED)
        if wrong:
            assert "during = empty" in " ".join(answer.examples)
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                laws.run(database, plan)
        else:
            laws.run(database, plan)
            assert not laws.plan_between(database, wanted).changes
