"""What else is asked before anything runs: rows of the files, new values, types inside of others.

Each case is applied with rows that stop it and with rows that do not: the server has the last word.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from schemadiff.core.preflight import Outcome
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase
from tests.test_preflight import answered
from tests.test_preflight_certain import asked

T = "create table t (id int primary key, a int);"
NEW = T + "alter table t add z {};"
GIVEN = "create table t (id int primary key, a int, z {});"  # it is computed where it is added
RAISES = """create function f(int) returns int immutable language plpgsql
as 'begin if $1 > 4 then raise exception ''too much''; end if; return $1; end';"""
RANGE = "create type r as range (subtype = {}); create table t (id int primary key, v r);"
BIT_BY_BIT = """create table t (id int primary key, a bit varying,
z bit(3) generated always as (a) stored);"""
BITS = "create domain v as bit varying(3);"
BY_ID, BY_VALUE = (
    f"create table w (id int, v int) partition by list ({key});"
    f"create table w1 partition of w for values in ({one});"
    "create table w2 partition of w default;"
    for key, one in (("id", 1), ("v", -5))
)
CHECKED = "alter table w2 add constraint c check (v <> 5);"
DOMAIN = "create domain d as {}; create table t (id int primary key, v d{});"
SEEN = "create domain d as int{}; create table t (id int primary key, v int);"
SEEN_BY = SEEN + "create materialized view m as select v::d as v from t;"
WHOLE = """create table w (id {}) partition by range (id);
create table w1 partition of w for values from (0) to (10);"""
LISTED = """create table w (id int, v int) partition by list (id);
create table w1 partition of w for values in (1);"""
OWN = "alter table w1 alter v set not null; create table w2 partition of w default;"
HASHED = """create table w (v int) partition by hash (v);
create table w1 partition of w for values with (modulus 2, remainder 1);"""
IDENTITY = "int generated always as identity ({}) unique"
ROW = "create type c as (x int, y text); create table t (id int primary key, v c);"
LIKE = "create domain apart as int;"
OF_IT = ROW.replace("x int", "x apart")
THREE = "insert into t values (1), (2), (3);"
TWO = "insert into t values (1), (2);"
FULL = "; refresh materialized view m;"

# before, after, rows that are wrong, rows that are right, what is said
CASES: dict[str, tuple[str, str, str, str, str]] = {
    "a default that is none": (
        T, GIVEN.format("int default 1 / 0"), "insert into t values (1);", "", "division by zero",
    ),
    "a default that is too long": (
        T, GIVEN.format("varchar(2) default 'abc'"), TWO, "", "is no value of the new column",
    ),
    "a default of too many bits": (
        T, GIVEN.format("bit(3) default b'10101'"), TWO, "", "is no value of the new column",
    ),
    "a default of too few bits": (
        T, GIVEN.format("bit(3) default b'10'"), TWO, "", "is no value of the new column",
    ),
    "a default of more bits than may vary": (
        BITS + T, BITS + GIVEN.format("v default b'10101'"), TWO, "", "is no value of the new",
    ),
    "a default of elements that are too long": (
        T, GIVEN.format("varchar(2)[] default array['ab', 'abc']"), TWO, "", "is no value of",
    ),
    "bounds of a range": (
        RANGE.format("numeric"), RANGE.format("int"),
        "insert into t values (1, '[0, 1.5)'), (2, null);",
        "insert into t values (1, '[0, 2)'), (2, 'empty'), (3, '[,)'), (4, null);",
        "whose bounds are no integer",
    ),
    "bits that are computed": (
        "create table t (id int primary key, a bit varying);",
        BIT_BY_BIT,
        "insert into t values (1, b'10101');", "insert into t values (1, b'101'), (2, null);",
        "cannot be computed",
    ),
    "a default beyond its type": (
        T, GIVEN.format("smallint default 70000"), TWO, "", "out of range",
    ),
    "a check that raises": (
        RAISES + T, RAISES + T + "alter table t add check (f(a) > 0);",
        "insert into t values (1, 5);", "insert into t values (1, 4);", "too much",
    ),
    "a check of a domain over a materialized view": (
        SEEN_BY.format(""), SEEN_BY.format(" check (value > 0)"),
        "insert into t values (1, -1)" + FULL, "insert into t values (1, 1)" + FULL,
        "rows of public.m whose v violates",
    ),
    "NULL in a domain over a materialized view": (
        SEEN_BY.format(""), SEEN_BY.format(" not null"),
        "insert into t values (1)" + FULL, "insert into t values (1, 1)" + FULL,
        "rows of public.m whose v violates",
    ),
    "values that a domain rounds, under a key": (
        DOMAIN.format("numeric", " unique"), DOMAIN.format("int", " unique"),
        "insert into t values (1, 1.1), (2, 1.2);", "insert into t values (1, 1), (2, 2);",
        "share a key",
    ),
    "values that a domain rounds, under a check": (
        DOMAIN.format("numeric", " check (v > 1)"), DOMAIN.format("int", " check (v > 1)"),
        "insert into t values (1, 1.1);", "insert into t values (1, 2);", "violate check",
    ),
    "values that a domain rounds, referring": (
        "create table p (id int primary key); insert into p values (1), (2);"
        + DOMAIN.format("int", ""),
        "create table p (id int primary key);" + DOMAIN.format("int", " references p"),
        "insert into t values (1, 3);", "insert into t values (1, 2);", "refer to nothing",
    ),
    "a partition key whose values leave all bounds": (
        WHOLE.format("numeric"), WHOLE.format("int"),
        "insert into w values (9.6);", "insert into w values (9);", "that no partition takes",
    ),
    "values of a hash that no partition has": (
        "create table w (v int);", HASHED,
        "insert into w values (1);", "insert into w values (3);", "that no partition takes",
    ),
    "no value in a new part of a table that is divided": (
        "create table w (id int, v int);", WHOLE.format("int, v int") + OWN,
        "insert into w values (1, null);", "insert into w values (1, 1), (11, null);",
        "rows of public.w with NULL in v, which public.w1 refuses: 1",
    ),
    "no value in a part that gets rows of another": (
        LISTED + OWN, WHOLE.format("int, v int") + OWN,
        "insert into w values (2, null);", "insert into w values (1, 1), (11, null);",
        "rows of public.w with NULL in v, which public.w1 refuses: 1",
    ),
    "a check of a part that gets rows of another": (
        BY_ID, BY_VALUE + 'alter table w1 add constraint "3%" check (id > 3);',
        "insert into w values (1, 5), (2, -5);", "insert into w values (1, 5), (4, -5);",
        "rows of public.w that violate check public.w1.3%: 1 (row = public.w2 (0,1))",
    ),
    "a check that a part has and gets rows of another": (
        BY_ID + CHECKED, BY_VALUE + CHECKED,
        "insert into w values (1, 5), (2, 6);", "insert into w values (1, -5), (1, 6);",
        "rows of public.w that violate check public.w2.c: 1 (row = public.w1 (0,1))",
    ),
    "no value of a domain that is new": (
        "create table t (id int);",
        "create domain d as text check (value is not null); create table t (id int, x d);",
        "insert into t values (1);", "", "whose NULL in the new column public.t.x",
    ),
    "a default of a domain that is new": (
        "create table t (id int);",
        "create domain d as text check (value <> 'q') default 'q'; create table t (id int, x d);",
        "insert into t values (1);", "", "whose 'q'::text in the new column public.t.x",
    ),
    "numbers that begin again under a key": (
        T, NEW.format(IDENTITY.format("maxvalue 2 cycle")), THREE, TWO, "beyond the last number",
    ),
    "numbers that begin again in the middle": (
        T, NEW.format(IDENTITY.format("start 2 maxvalue 2 cycle")), THREE, TWO, "beyond the last",
    ),
    "numbers that begin again at others": (
        T, NEW.format(IDENTITY.format("start 2 minvalue 1 maxvalue 2 increment 2 cycle")),
        THREE, TWO, "beyond the last",
    ),
    "texts that are no rows of a new type": (
        "create table t (id int primary key, v text);", ROW,
        "insert into t values (1, 'hello');", "insert into t values (1, '(1,a)'), (2, null);",
        "malformed record literal",
    ),
    "texts whose fields a new type refuses": (
        LIKE + "create table t (id int primary key, v varchar);", LIKE + OF_IT,
        "insert into t values (1, '(x,a)');", "insert into t values (1, '(1,a)'), (2, '(,)');",
        "invalid input syntax for type integer",
    ),
    "texts in an array that are no rows of a new type": (
        "create table t (id int primary key, v text[]);", ROW.replace("v c", "v c[]"),
        "insert into t values (1, array['(1,a)', 'x']);", "insert into t values (1, '{(1\\,a)}');",
        "malformed record literal",
    ),
    "labels that are no rows of a new type": (
        "create type e as enum ('(1,a)', 'x'); create table t (id int primary key, v e);", ROW,
        "insert into t values (1, '(1,a)'), (2, 'x');", "insert into t values (1, '(1,a)');",
        "malformed record literal",
    ),
    "texts that are no rows of a type made anew": (
        "create table c (x int); create table t (id int primary key, v text);", ROW,
        "insert into t values (1, '(1)');", "insert into t values (1, '(1,a)');",
        "malformed record literal",
    ),
}  # fmt: skip


NAMED = {  # a name that is found along the path of the table, or in full, and what is said of none
    "regclass": ("t'), (2, 'public.t", "nope", 'relation "nope" does not exist'),
    "regtype": ("integer", "public.nope", 'type "public.nope" does not exist'),
    "regproc": ("now", "nope", 'function "nope" does not exist'),
    "regprocedure": ("now()", "now", "left parenthesis"),
    "regoperator": ("||(text,text)", "||(text,nope)", 'type "nope" does not exist'),
    "regconfig": ("pg_catalog.english", "nope", 'configuration "nope" does not exist'),
    "regnamespace": ("public", "nope", 'schema "nope" does not exist'),
    "regrole": ("pg_monitor", "nope", 'role "nope" does not exist'),
}
CASES |= {
    f"texts that are no {type_}": (
        "create table t (id int primary key, v text);",
        f"create table t (id int primary key, v {type_});",
        f"insert into t values (3, '{wrong}');", f"insert into t values (1, '{right}'), (9, null);",
        said,
    )
    for type_, (right, wrong, said) in NAMED.items()
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_certain_to_fail_is_found(make_database: MakeDatabase, name: str) -> None:
    before, after, wrong, right, said = CASES[name]
    two = make_database()
    two.load(after)
    asked(make_database(), two, before + wrong, said)
    if right:
        asked(make_database(), two, before + right, "")


MADE = """create function f() returns int {} language plpgsql
as 'begin raise exception ''no''; end';"""
KEYED = "create type c as (x {}); create table t (id int primary key, v c unique);"
JUDGED = "create {}; create table t (id int primary key, {}); create table h () inherits (t);"
ROUNDED = """create table t (id int primary key, n {});
create materialized view m as select n from t; create unique index u on m (n);"""

FROM_TEXT = """create function told(text) returns c language plpgsql
as 'begin return row($1)::c; end'; create cast (text as c) with function told(text);"""
RENAMED = "create type e as enum ({});"

# before, after, rows that stop it, what is said
UNASKED = {
    "a default that a function gives": (
        MADE.format("stable") + T, MADE.format("stable") + GIVEN.format("int default f()"),
        "insert into t values (1);", "each time (the server says: no)",
    ),
    "a check of values that differ each time": (
        T, NEW.format("float default random() check (z > 2)"), "insert into t values (1);",
        "each time (some are found now)",
    ),
    "texts to which a new cast leads": (
        "create table t (id int primary key, v text);",
        "create type c as (x int);" + FROM_TEXT + "create table t (id int primary key, v c);",
        "insert into t values (1, 'hello');", "composite public.c changes in the same plan",
    ),
    "labels that are called otherwise by then": (
        RENAMED.format("'x', 'y'") + "create table t (id int primary key, v e, w e);",
        RENAMED.format("'x', 'y', 'z'") + "create type c as (x int);"
        "create table t (id int primary key, v c, w e);",
        "insert into t values (1, 'x');", "composite public.c changes in the same plan",
    ),
    "values inside of others, under a key": (
        KEYED.format("numeric"), KEYED.format("int"),
        "insert into t values (1, row(1.1)), (2, row(1.2));",
        "values of composite public.c change in the same plan",
    ),
    "values inside of others, under a check": (
        JUDGED.format("type c as (x numeric)", "v c check ((v).x > 1)"),
        JUDGED.format("type c as (x int)", "v c check ((v).x > 1)"),
        "insert into h values (1, row(1.2));",
        "violate check public.t.t_v_check: not checked, because composite public.c changes",
    ),
    "bounds of another type, under a check": (
        JUDGED.format("type c as range (subtype = text)", "v c check (lower(v)::text <> '1')"),
        JUDGED.format("type c as range (subtype = int)", "v c check (lower(v)::text <> '1')"),
        "insert into h values (1, '[01,5)');", "violate check public.t.t_v_check: not checked",
    ),
    "labels in another order, under a check": (
        JUDGED.format("type c as enum ('a', 'b')", "v c check (v > 'a')"),
        JUDGED.format("type c as enum ('b', 'a')", "v c check (v > 'a')"),
        "insert into h values (1, 'b');",
        "violate check public.t.t_v_check: not checked, because enum public.c changes",
    ),
    "a key of a materialized view": (
        ROUNDED.format("numeric"), ROUNDED.format("int"),
        "insert into t values (1, 1.1), (2, 1.2); refresh materialized view m;",
        "what it reads changes in the same plan",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNASKED)
def test_what_cannot_be_asked_is_said(make_database: MakeDatabase, name: str) -> None:
    before, after, rows, why = UNASKED[name]
    not_asked(make_database, before + rows, after, why)


def not_asked(make_database: MakeDatabase, before: str, after: str, why: str) -> None:
    """See that nothing is refused, that it is said why, and that the plan fails."""
    one, two = make_database(), make_database()
    one.load(before)
    two.load(after)
    plan = laws.plan_between(one, two)
    found = answered(one, plan).answers or ()
    assert not [a.text for a in found if a.outcome is Outcome.FAILS]
    said = [a.text for a in found if a.outcome is Outcome.NOT_CHECKED]
    assert any(why in text for text in said), said
    with pytest.raises(psycopg.Error):
        laws.run(one, plan)


COLLATED = """create collation c (provider = icu, locale = '{}'{});
create table t (id int primary key, a text collate c unique, b text collate c);
create unique index t_b on t (b);"""


def test_a_collation_that_finds_more_alike(database: Database, make_database: MakeDatabase) -> None:
    try:
        database.execute("create collation c (provider = icu, locale = 'und')")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("a server without ICU")
    after = make_database()
    after.load(COLLATED.format("und-u-ks-level2", ", deterministic = false"))
    before = COLLATED.format("und", "")
    wrong, right = (f"insert into t values (1, 'a', 'x'), (2, '{a}', 'X');" for a in ("A", "b"))
    said = "rows of public.t that share a key of unique public.t.t_a_key: 2 ("
    asked(make_database(), after, before + wrong.replace("X", "y"), said)
    asked(make_database(), after, before + right, "share a key of index public.t.t_b: 2 (")
    asked(make_database(), after, before + right.replace("X", "y"), "")


def test_what_a_collation_changes_inside_of_an_expression(
    database: Database, make_database: MakeDatabase
) -> None:
    try:
        database.execute("create collation c (provider = icu, locale = 'und')")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("a server without ICU")
    made = """create collation c (provider = icu, locale = '{}'{});
        create table t (id int primary key, b text collate c);
        create unique index u on t (lower(b));"""
    after = made.format("und-u-ks-level1", ", deterministic = false")
    before = made.format("und", "") + "insert into t values (1, 'a'), (2, 'á');"
    not_asked(make_database, before, after, "collation public.c changes in the same plan")


Q = """create table q (id int primary key, a text, b int default 7,
n int generated always as identity{});"""
YAML = """tables:
  q:
    columns:
      id: integer
      a: {type: text%s}
      b: {type: integer, default: '7'}
      n: {type: integer, identity: always}
    primary_key: id
    %s
    rows: [%s]
"""
TRADED = "unique: {u: a}\n    checks: {k: length(a) < 9}"
UNIQUE = ", constraint u unique ({})"
LOWER = "create unique index i on q (lower(a)) where b > 5;"
NEXT = """alter table q add constraint x exclude using gist (int4range(b, b + 2) with &&)
where (id < 9);"""
NEXT_YAML = "exclusions: {x: {elements: ['int4range(b, b + 2) with &&'], where: id < 9}}"
LOWER_YAML = "indexes: {i: {columns: [lower(a)], unique: true, where: b > 5}}"

# before, what the table says, its rows, rows that are wrong, rows that are right, what is said
ROWS = {
    "a key of new rows": (
        Q.format(UNIQUE.format("a")), "unique: {u: a}", "{id: 1, a: x}, {id: 9, a: y}",
        "insert into q values (5, 'y')", "insert into q values (5, 'z')", "u: 1 (a = y)",
    ),
    "a key of defaults": (
        Q.format(UNIQUE.format("b")), "unique: {u: b}", "{id: 1, a: x}",
        "insert into q values (5, 'y')", "insert into q values (5, 'y', 8)", "u: 1 (b = 7)",
    ),
    "a key of rows of the files": (
        Q.format(UNIQUE.format("b")), "unique: {u: b}", "{id: 1}, {id: 2}",
        "insert into q values (5, 'y', 9)", "", "u: 2 (b = 7",
    ),
    "a key of NULL": (
        Q.format(UNIQUE.format("a")), "unique: {u: a}", "{id: 1, a: x}, {id: 2}",
        "insert into q values (5, 'x'), (6, null)", "insert into q values (6, null)",
        "u: 1 (a = x)",
    ),
    "a key of changed rows": (
        Q.format(UNIQUE.format("a")), "unique: {u: a}", "{id: 1, a: x}",
        "insert into q values (1, 'q'), (5, 'x')", "insert into q values (1, 'q'), (5, 'z')",
        "u: 1 (a = x)",
    ),
    "a key of a row that changes before": (
        Q.format(UNIQUE.format("a")), "unique: {u: a}", "{id: 1, a: x}, {id: 2, a: q}",
        "insert into q values (1, 'y'), (5, 'q')", "insert into q values (1, 'q')", "u: 1 (a = q)",
    ),
    "values that are handed on": (
        Q.format(UNIQUE.format("a")), "unique: {u: a}", "{id: 1, a: y}, {id: 2, a: z, b: 5}",
        "insert into q values (1, 'x'), (2, 'y'), (3, 'z')",
        "insert into q values (1, 'x'), (2, 'y')", "u: 1 (a = z)",
    ),
    "an index of an expression": (
        Q.format("") + LOWER, LOWER_YAML, "{id: 1, a: X}",
        "insert into q values (5, 'x')", "insert into q values (5, 'x', 1)", "lower(a) = x",
    ),
    "a new key": (
        Q.format(""), "unique: {u: a}", "{id: 1, a: x}",
        "insert into q values (4, 'q'), (5, 'q')", "insert into q values (1, 'q'), (5, 'z')",
        "rows of public.q that share a key of unique public.q.u: 2",
    ),
    "a new key of new rows": (
        Q.format(""), "unique: {u: a}", "{id: 1, a: x}",
        "insert into q values (5, 'x')", "insert into q values (1, 'q'), (5, 'z')",
        "rows of the files that share a key of unique public.q.u: 1 (a = x)",
    ),
    "traded values of which a check asks something": (
        Q.format(UNIQUE.format("a") + ", constraint k check (length(a) < 9)"), TRADED,
        "{id: 1, a: y}, {id: 2, a: x}",
        "insert into q values (1, 'x'), (2, 'y')", "insert into q values (1, 'q'), (2, 'z')",
        "trade values of unique public.q.u, which is not deferrable: 2 (id = 1; id = 2)",
    ),
    "values in a circle, by an index and beside other columns": (
        Q.format("") + LOWER, LOWER_YAML,
        "{id: 1, a: Y, b: 8}, {id: 2, a: Z, b: 9}, {id: 3, a: X}",
        "insert into q values (1, 'x'), (2, 'y'), (3, 'z')",
        "insert into q values (1, 'x', 3), (2, 'y', 2), (3, 'z', 1)", "trade values of index",
    ),
    "what others exclude": (
        Q.format("") + NEXT, NEXT_YAML, "{id: 1, b: 4}, {id: 2, b: 9}",
        "insert into q values (5, 'y', 5)", "insert into q values (5, 'y', 6), (9, 'y', 5)",
        "rows of the files that others exclude by exclusion public.q.x: 1 (id = 1)",
    ),
    "new rows that exclude each other": (
        Q.format("") + NEXT, NEXT_YAML, "{id: 1, b: 4}, {id: 2, b: 5}",
        "insert into q values (5, 'y', 7)", "",
        "rows of the files that others exclude by exclusion public.q.x: 2 (id = 1; id = 2)",
    ),
    "changed rows that others exclude": (
        Q.format("") + NEXT, NEXT_YAML, "{id: 1, b: 4}",
        "insert into q values (1, 'x', 8), (5, 'y', 5)",
        "insert into q values (1, 'x', 5), (5, 'y', 8)",
        "rows of the files that others exclude by exclusion public.q.x: 1 (id = 1)",
    ),
    "what rows exclude that trade places": (
        Q.format("") + NEXT, NEXT_YAML, "{id: 1, b: 5}, {id: 2, b: 8}",
        "insert into q values (1, 'x', 8), (2, 'x', 5)", "insert into q values (1, 'x', 5)",
        "trade values of exclusion public.q.x, which is not deferrable: 2 (id = 1; id = 2)",
    ),
    "a new exclusion": (
        Q.format(""), NEXT_YAML, "{id: 1, b: 4}",
        "insert into q values (5, 'y', 5)", "insert into q values (1, 'x', 8), (5, 'y', 12)",
        "rows of the files that others exclude by exclusion public.q.x: 1 (id = 1)",
    ),
    "a new check": (
        Q.format(""), "checks: {k: b > 5}", "{id: 1, b: 8}",
        "insert into q values (1, 'q', 3), (2, 'q', 3)", "insert into q values (1, 'q', 3)",
        "rows of public.q that violate check public.q.k: 1 (id = 2)",
    ),
    "a new check of a column that stays": (
        Q.format(""), "checks: {k: b > 5}", "{id: 1, a: x}",
        "insert into q values (1, 'q', 3)", "insert into q values (1, 'q', 8)",
        "rows of the files that violate check public.q.k: 1 (id = 1)",
    ),
    "NOT NULL": (
        Q.format(""), "", "{id: 1, a: x}", "insert into q values (2)",
        "insert into q values (2, 'y')", "rows of public.q with NULL in a: 1 (id = 2)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_the_files(make_database: MakeDatabase, tmp_path: Path, name: str) -> None:
    before, keys, rows, wrong, right, said = ROWS[name]
    null = ", not_null: true" if name == "NOT NULL" else ""
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(YAML % (null, keys, rows))
    wanted(make_database(), before + wrong, yaml, said)
    if right:
        wanted(make_database(), before + right, yaml, "")


def wanted(database: Database, script: str, yaml: Path, said: str) -> None:
    """Ask what a plan may fail on; it is applied, and fails where that was said, and there only."""
    database.load(script)
    plan = answered(database, laws.plan_for(database, yaml))
    fails = [a.text for a in plan.answers or () if a.outcome is Outcome.FAILS]
    assert not [a.text for a in plan.answers or () if a.outcome is Outcome.NOT_CHECKED]
    if said:
        assert any(said in text for text in fails), fails
        with pytest.raises(psycopg.Error):
            laws.run(database, plan)
        return
    assert not fails
    laws.run(database, plan)
    assert laws.plan_for(database, yaml).empty


AGAIN = {  # what the table has, and a change after which the saved plan of its rows is run again
    "a key": (UNIQUE.format("a"), "unique: {u: a}", "insert into q values (5, 'x')"),
    "an exclusion": (NEXT, NEXT_YAML, "insert into q values (5, 'z', 5)"),
}


@pytest.mark.parametrize("name", AGAIN)
def test_a_new_row_that_is_there_is_in_nobody_s_way(
    database: Database, tmp_path: Path, name: str
) -> None:
    """The saved plan passes over it, whatever it has become; a third row has what it would have."""
    made, keys, third = AGAIN[name]
    apart = made if made is NEXT else ""
    database.load(Q.format("" if apart else made) + apart)
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(YAML % ("", keys, "{id: 1, a: x, b: 4}"))
    plan = laws.plan_for(database, yaml)
    laws.run(database, plan)
    database.execute(f"update q set a = 'y', b = 90; {third}")
    plan = answered(database, plan)
    assert not [a.text for a in plan.answers or () if a.outcome is not Outcome.PASSED]
    before = database.execute("select * from q order by id")
    laws.run(database, plan)
    assert database.execute("select * from q order by id") == before


def test_a_value_that_another_row_gives_up(database: Database, tmp_path: Path) -> None:
    """Whichever comes first in the table, the one that gives it up is changed before."""
    database.load(Q.format(UNIQUE.format("a")) + "insert into q values (1, 'x'), (2, 'y');")
    yaml = tmp_path / "desired.yaml"
    for rows in ("{id: 1, a: y}, {id: 2, a: z}", "{id: 1, a: w}, {id: 2, a: y}"):
        yaml.write_text(YAML % ("", "unique: {u: a}", rows))
        plan = answered(database, laws.plan_for(database, yaml))
        assert not [a.text for a in plan.answers or () if a.outcome is not Outcome.PASSED]
        laws.run(database, plan)
        assert laws.plan_for(database, yaml).empty


REFERS = """tables:
  q:
    columns: {id: integer, s: {type: text, references: st}}
    primary_key: id
    %s
  st: {columns: {c: text}, primary_key: c, rows: [{c: a}, {c: b}]}
"""
OWN = "create table q (id int primary key, s text);"
OTHER = "create table st (c text primary key); insert into st values ('c');"

REFERENCES = {
    "a new table": (OWN, "", "insert into q values (1, 'x')", "insert into q values (1, 'b')"),
    "more rows": (
        OTHER + OWN, "",
        "insert into q values (1, 'x')", "insert into q values (1, 'b'), (2, 'c'), (3, null)",
    ),
    "rows on both sides": (
        OTHER + OWN, "rows: [{id: 1, s: a}]",
        "insert into q values (1, 'c'), (2, 'x')", "insert into q values (1, 'c'), (2, 'b')",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_references_to_rows_of_the_files(
    make_database: MakeDatabase, tmp_path: Path, name: str
) -> None:
    before, rows, wrong, right = REFERENCES[name]
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(REFERS % rows)
    wanted(make_database(), before + wrong, yaml, "refer to nothing in public.st: 1 (s = x)")
    wanted(make_database(), before + right, yaml, "")
