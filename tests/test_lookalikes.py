"""What is dropped while something alike is made is perhaps a rename that nobody declared."""

from __future__ import annotations

import pytest

from tests import laws
from tests.plugins.postgres import MakeDatabase

T = "create table t (id int primary key, fax text);"
# Before, after, and what the warning names; nothing where there is nothing alike.
CASES = [
    ("column", T, T.replace("fax", "phone"), "public.t.phone is new and alike", "fax"),
    ("two columns", T, T.replace("fax text", "phone text, mobile text"),
     "public.t.mobile or public.t.phone are new and alike", "fax"),
    ("a column that becomes NOT NULL", T, T.replace("fax text", "phone text not null"),
     "public.t.phone is new and alike", "fax"),
    ("a column whose NOT NULL keeps its name", T.replace("fax text", "fax text not null"),
     T.replace("fax text", "phone text constraint t_fax_not_null not null"),
     "public.t.phone is new and alike", "fax"),
    ("another type", T, T.replace("fax text", "phone int"), "", ""),
    ("another table", T + "create table u ();",
     "create table t (id int primary key); create table u (fax text);", "", ""),
    ("table", T, "create table u (id int primary key, fax text, b int);",
     "public.u is new and alike", "t"),
    ("a table of another shape", T, "create table u (a int, b int, id int);", "", ""),
    ("a table moves", "create schema s;" + T,
     "create schema s; create table s.t (id int primary key, fax text);",
     "s.t is new and alike", "public.t"),
    ("sequence", "create sequence a;", "create sequence b;", "public.b is new and alike", "a"),
    ("schema", "create schema a; create table a.t (i int);",
     "create schema b; create table b.t (i int);", "b is new and alike", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said", "name"), [c[1:] for c in CASES],
                         ids=[c[0] for c in CASES])  # fmt: skip
def test_what_may_be_a_rename_is_named(
    make_database: MakeDatabase, before: str, after: str, said: str, name: str
) -> None:
    one, two = make_database(), make_database()
    one.load(before)
    two.load(after)
    plan = laws.plan_between(one, two)
    messages = " ".join(h.message for h in plan.hazards if h.loses_data)
    assert messages
    if said:
        assert said in messages
        assert f"`renamed_from: {name}` keeps the data" in messages
    else:
        assert "alike" not in messages
