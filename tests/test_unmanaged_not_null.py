"""NOT NULLs of heirs beside those from above: managed or told (PostgreSQL 18)."""

from __future__ import annotations

from typing import Any

import pytest

from schemadiff.core.identity import Identity
from tests.plugins.postgres import Database
from tests.test_unmanaged import look


def test_a_not_null_that_an_heir_has_checked_and_its_table_has_not_is_told(
    database: Database, server_major: int
) -> None:
    if server_major < 18:
        pytest.skip("NOT NULL can be NOT VALID since PostgreSQL 18")
    database.load(
        "create table t (a int, b int); alter table t add constraint t_a not null a not valid;"
        "create table h () inherits (t); create table own (a int) inherits (t);"
        "alter table own alter a set not null; alter table t add constraint t_b not null b;"
    )
    _, found = look(database)
    told = [(u.name, u.reason) for u in found.everything()]
    assert told == [("public.h.t_a", "valid, though that of the table above is not")]


def test_a_not_null_that_is_said_besides_the_one_from_above_is_managed(
    database: Database, server_major: int
) -> None:
    if server_major < 18:
        pytest.skip("NOT NULL is a constraint since PostgreSQL 18")
    database.load(
        "create table p (a int not null); create table says () inherits (p);"
        "alter table says alter a set not null; create table has (a int not null) inherits (p);"
        "create table usual (constraint usual_a_not_null not null a) inherits (p);"
        "create table follows () inherits (p);"
        # A part says it no more as soon as it is attached again.
        "create table w (k int, a int not null) partition by list (k);"
        "create table w1 partition of w default; alter table w1 alter a set not null;"
    )
    seen, found = look(database)
    assert found.everything() == ()
    parts: dict[Identity, Any] = dict(seen.catalog.objects)
    own = {(i.path[1], parts[i].not_null_name) for i in seen.catalog.of("part_not_null")}
    assert own == {("says", "p_a_not_null"), ("usual", "usual_a_not_null")}
