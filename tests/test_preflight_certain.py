"""Whatever is certain to fail is found before anything runs, and nothing else is said to be.

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

T = "create table t (id int primary key, a int, n numeric);"
GENERATED = "create table t (id int primary key, a int, g {} generated always as ({}) stored{});"
VIRTUAL = GENERATED.replace("stored", "virtual")
P = "create table p (id int primary key);"
HEIRS = P + "create table h (id int, a text{}); create table c ({}) inherits (h);"
HEIR_KEYS = "create table h (id int primary key, a text); create table c () inherits (h);"
WHOLE = "create table w (id int primary key, a text) partition by range (id);"
PART_2 = WHOLE + "create table w2 partition of w for values from (10) to (20);"
PARTS = PART_2 + "create table w1 partition of w for values from (0) to (10);"
DEEP = (
    "create table w1 partition of w for values from (0) to (10) partition by range (id);"
    "create table q partition of w1 for values from (0) to (5);"
)
REFERS = "create table r (id int primary key, w int references w);"
RANGES = (
    "create table w (id int4range not null, r int4range,"
    " exclude using gist (id with =, r with &&)) partition by range (id);"
)
VIEW = "create materialized view m as select {} from t; create unique index u on m (a);"
NEW_DOMAIN = "create domain d as b not null; create table t (v d);"
FIVE = "insert into t values (1, 5);"
TWO = "insert into t values (1, 3), (2, {});"
REFER = "create table p (id {0} primary key); create table t (id {1} references p);"
Cases = dict[str, tuple[str, str, str, str, str]]

# before, after, rows that are wrong, rows that are right, what is said
CASES: Cases = {
    "generated, narrower": (
        GENERATED.format("int", "a * 2", ""), GENERATED.format("smallint", "a * 2", ""),
        "insert into t values (1, 30000);", FIVE, "cannot be computed",
    ),
    "generated, shorter": (
        GENERATED.format("text", "a::text", ""), GENERATED.format("varchar(3)", "a::text", ""),
        "insert into t values (1, 30000);", FIVE, "cannot be computed",
    ),
    "generated, and then plain": (
        GENERATED.format("text", "repeat(a::text, a)", ""),
        "create table t (id int primary key, a int, g int);",
        "insert into t values (1, 30);", FIVE, "that are no integer",
    ),
    "generated, new, too short": (
        T, T + "alter table t add g varchar(3) generated always as (a::text) stored;",
        "insert into t values (1, 30000);", FIVE, "cannot be computed",
    ),
    "generated, new, not null": (
        T, T + "alter table t add g int not null generated always as (nullif(a, 3)) stored;",
        "insert into t values (1, 3);", FIVE, "with NULL in g",
    ),
    "generated, new, unique": (
        T, T + "alter table t add g int generated always as (a / 3) stored unique;",
        TWO.format(4), TWO.format(6), "share a key",
    ),
    "generated, new, checked": (
        T, T + "alter table t add g int generated always as (a / 3) stored check (g > 1);",
        "insert into t values (1, 3);", "insert into t values (1, 6);", "violate check",
    ),
    "generated, new, referring": (
        P + T, P + T + "alter table t add g int generated always as (a / 3) stored references p;",
        FIVE + "insert into p values (5);", FIVE + "insert into p values (1);", "refer to nothing",
    ),
    "generated, new, excluding": (
        T, T + "alter table t add g int4range generated always as (int4range(0, a)) stored,"
        " add exclude using gist (g with &&);",
        TWO.format(4), TWO.format(0), "exclude each other",
    ),
    "generated otherwise, unique": (
        GENERATED.format("int", "a * 3", " unique"), GENERATED.format("int", "a / 3", " unique"),
        TWO.format(4), TWO.format(6), "share a key",
    ),
    "generated otherwise, checked": (
        GENERATED.format("int", "a * 3", " check (g > 1)"),
        GENERATED.format("int", "a / 3", " check (g > 1)"),
        "insert into t values (1, 3);", "insert into t values (1, 6);", "violate check",
    ),
    "generated otherwise, not null": (
        GENERATED.format("int", "a * 3", " not null"),
        GENERATED.format("int", "nullif(a, 3)", " not null"),
        "insert into t values (1, 3);", "insert into t values (1, 6);", "with NULL in g",
    ),
    "generated otherwise, excluding": (
        GENERATED.format("int4range", "int4range(a, a + 1)", ", exclude using gist (g with &&)"),
        GENERATED.format("int4range", "int4range(0, a)", ", exclude using gist (g with &&)"),
        TWO.format(4), TWO.format(0), "exclude each other",
    ),
    "generated otherwise, referring": (
        P + GENERATED.format("int", "a / 3", " references p"),
        P + GENERATED.format("int", "a * 3", " references p"),
        "insert into p values (1); insert into t values (1, 3);",
        "insert into p values (1), (9); insert into t values (1, 3);", "refer to nothing",
    ),
    "generated otherwise, referred to": (
        GENERATED.format("int", "a * 3", " unique") + "create table r (g int references t (g));",
        GENERATED.format("int", "a * 4", " unique") + "create table r (g int references t (g));",
        FIVE + "insert into r values (15);", FIVE + "insert into r values (null);",
        "refer to nothing",
    ),
    "division by zero in a check": (
        T, T + "alter table t add check (10 / n > 1);",
        "insert into t values (1, 1, 0);", "insert into t values (1, 1, 2);", "division by zero",
    ),
    "division by zero in a key": (
        T, T + "create unique index on t ((10 / n)) where a > 0;",
        "insert into t values (1, 1, 0);", "insert into t values (1, 0, 0);", "division by zero",
    ),
    "division by zero in an exclusion": (
        T, T + "alter table t add exclude using btree ((10 / n) with =);",
        "insert into t values (1, 1, 0);", "insert into t values (1, 1, 1);", "division by zero",
    ),
    "bits": (
        "create table t (v bit(5));", "create table t (v bit(3));",
        "insert into t values ('10101');", "insert into t values (null);", "do not fit",
    ),
    "bits, varying": (
        "create table t (v varbit(5));", "create table t (v varbit(3));",
        "insert into t values ('10101');", "insert into t values ('101');", "do not fit",
    ),
    "texts in an array": (
        "create table t (v varchar(9)[]);", "create table t (v varchar(3)[]);",
        "insert into t values ('{{abc},{abcd}}');", "insert into t values ('{abc}');",
        "too long",
    ),
    "texts in a row": (
        "create type c as (a text); create table t (v c, w c[]);",
        "create type c as (a varchar(3)); create table t (v c, w c[]);",
        "insert into t values (null, '{(abcd)}');", "insert into t values ('(abc)', '{(abc)}');",
        "whose a is no",
    ),
    "reference to what is rounded": (
        REFER.format("numeric(9,2)", "numeric(9,2)"), REFER.format("numeric(9,1)", "numeric(9,2)"),
        "insert into p values (1.55); insert into t values (1.55);",
        "insert into p values (1.5); insert into t values (1.5);", "refer to nothing",
    ),
    "reference that is rounded": (
        REFER.format("timestamp", "timestamp"), REFER.format("timestamp", "timestamp(0)"),
        "insert into p values ('2020-01-01 9:00:00.4'); insert into t select * from p;",
        "insert into p values ('2020-01-01 9:00:00'); insert into t select * from p;",
        "refer to nothing",
    ),
    "key of an heir": (
        HEIRS.format("", "unique (a)"),
        HEIRS.format("", "unique (a)").replace("a text", "a int"),
        "insert into c values (1, '1'), (2, '01');", "insert into c values (1, '1'), (2, '2');",
        "share a key",
    ),
    "check of an heir": (
        HEIRS.format("", ""), HEIRS.format("", "check (a <> 'x')"),
        "insert into c values (1, 'x');", "insert into c values (1, 'y');", "violate check",
    ),
    "reference to an heir": (
        HEIR_KEYS + "create table t (id int);", HEIR_KEYS + "create table t (id int references h);",
        "insert into c values (1); insert into t values (1);",
        "insert into h values (1); insert into t values (1);", "refer to nothing",
    ),
    "key beside an heir": (
        HEIRS.format("", ""), HEIRS.format(" unique", ""),
        "insert into h values (1, 'x'), (2, 'x');",
        "insert into h values (1, 'x'); insert into c values (2, 'x');", "share a key",
    ),
    "reference beside an heir": (
        HEIRS.format("", ""), HEIRS.format(", foreign key (id) references p", ""),
        "insert into h values (1, 'x');", "insert into c values (1, 'x');", "refer to nothing",
    ),
    "exclusion beside an heir": (
        HEIRS.format(", r int4range", ""),
        HEIRS.format(", r int4range, exclude using gist (r with &&)", ""),
        "insert into h values (1, 'x', '[1,5)'), (2, 'x', '[2,3)');",
        "insert into h values (1, 'x', '[1,5)'); insert into c values (2, 'x', '[2,3)');",
        "exclude each other",
    ),
    "a part that is referred to leaves": (
        PARTS + REFERS, PART_2 + "create table w1 (id int primary key, a text);" + REFERS,
        "insert into w values (1, 'x'); insert into r values (1, 1);",
        "insert into w values (1, 'x'), (11, 'y'); insert into r values (1, 11), (2, null);",
        "rows of public.r that refer to those of public.w1",
    ),
    "a part that is referred to goes": (
        PARTS + REFERS, PART_2 + REFERS,
        "insert into w values (1, 'x'); insert into r values (1, 1);",
        "insert into w values (1, 'x'), (11, 'y'); insert into r values (1, 11);",
        "rows of public.r that refer to those of public.w1",
    ),
    "a part of a part that is referred to goes": (
        WHOLE + DEEP + REFERS, WHOLE + REFERS,
        "insert into w values (1, 'x'); insert into r values (1, 1);",
        "insert into w values (1, 'x'); insert into r values (1, null);",
        "rows of public.r that refer to those of public.w1",
    ),
    "a part leaves whose rows refer to one another": (
        PARTS + "alter table w add foreign key (id) references w;",
        PART_2 + "alter table w add foreign key (id) references w;"
        "create table w1 (id int primary key, a text);",
        "insert into w values (1, 'x');", "insert into w values (11, 'x');",
        "rows of public.w that refer to those of public.w1",
    ),
    "a new reference to a part that goes": (
        PARTS + "create table r (id int primary key, w int);", PART_2 + REFERS,
        "insert into w values (1, 'x'); insert into r values (1, 1);",
        "insert into w values (1, 'x'), (11, 'y'); insert into r values (1, 11);",
        "rows of public.r that refer to nothing in public.w",
    ),
    "a new rule, as a part goes": (
        PARTS, PART_2 + "alter table w alter a set not null, add check (a > 'a');",
        "insert into w values (11, null);", "insert into w values (1, null), (2, 'a');",
        "with NULL in a",
    ),
    "another type, as a part leaves": (
        PARTS, PART_2.replace("text", "int") + "create table w1 (id int primary key, a text);",
        "insert into w values (11, 'x');", "insert into w values (1, 'x'), (11, '5');",
        "are no integer",
    ),
    "an attribute of another type": (
        "create type c as (x bigint, y text); create table t (v c, w c[]);",
        "create type c as (x int, y text); create table t (v c, w c[]);",
        "insert into t values (null, array[null, row(3000000000, 'x')::c]);",
        "insert into t values (row(3, null), array[null, row(3, 'x')::c]);",
        "whose x is no integer",
    ),
    "an index without a key": (
        T, T + "create index on t ((10 / n)) where a > 0;",
        "insert into t values (1, 1, 0);", "insert into t values (1, 0, 0);", "division by zero",
    ),
    "an index of some rows": (
        T, T + "create index on t (a) where 10 / n > 1;",
        "insert into t values (1, 1, 0);", "insert into t values (1, 0, 1);", "division by zero",
    ),
    "a new materialized view": (
        T, T + "create materialized view m as select 10 / n as v from t;",
        "insert into t values (1, 1, 0);", "insert into t values (1, 0, 1);", "division by zero",
    ),
    "a materialized view with another query": (
        T + VIEW.format("a"), T + VIEW.format("a / 3 as a"),
        TWO.format(4), TWO.format(6), "share a key",
    ),
    "a materialized view with a new key": (
        T + "create materialized view m as select a from t;",
        T + "create materialized view m as select a from t; create unique index u on m (a);",
        TWO.format(3) + "refresh materialized view m;", TWO.format(3), "share a key",
    ),
    "a domain that is not there yet": (
        "create table t (v text);",
        "create domain b as int check (value > 0);" + NEW_DOMAIN,
        "insert into t values ('5'), ('-1');", "insert into t values ('5');",
        "that are no public.d",
    ),
    "a value that a new domain cannot read": (
        "create table t (v text);",
        "create domain d as int check (value > 0); create table t (v d);",
        "insert into t values ('x');", "insert into t values ('5'), (null);", "integer",
    ),
    "numbers for more rows than there are": (
        T, T + "alter table t add z int generated always as identity (start 5 maxvalue 6);",
        TWO.format(3) + "insert into t values (3);", TWO.format(3), "beyond the last number",
    ),
    "numbers of a new serial": (
        T, T + "create sequence s start -1 increment -2 minvalue -4 maxvalue -1;"
        "alter table t add z int not null default nextval('s');",
        TWO.format(3) + "insert into t values (3);", TWO.format(3), "beyond the last number",
    ),
    "not null of a part": (
        PARTS, PARTS + "alter table w1 alter a set not null;",
        "insert into w values (1, null);", "insert into w values (11, null);", "with NULL in a",
    ),
    "not null of a part in a new column": (
        PARTS, PARTS + "alter table w add z int; alter table w1 alter z set default 4;"
        "alter table w1 alter z set not null;",
        "insert into w values (1, null);", "insert into w values (11, null);", "has no value",
    ),
    "not null of an heir in a new column": (
        HEIRS.format("", ""),
        HEIRS.format("", "") + "alter table h add z int; alter table c alter z set not null;",
        "insert into c values (1);", "insert into h values (1);", "has no value",
    ),
    "no conversion to what takes no NULL": (
        "create table t (r numrange not null);", "create table t (r int4range not null);",
        "insert into t values ('[1,2)');", "", "has no value",
    ),
    "no conversion under a key": (
        "create table t (r numrange unique);",
        "create table t (r int4range unique default '[1,2)');",
        "insert into t values ('[1,2)'), ('[2,3)');", "insert into t values ('[3,4)');",
        "share a key",
    ),
    "a new rule, as an heir goes": (
        HEIRS.format("", ""), P + "create table h (id int, a text not null);",
        "insert into h values (1);", "insert into c values (1);", "with NULL in a",
    ),
}  # fmt: skip

LATER: dict[int, Cases] = {
    15: {
        "no conversion, NULL under a key": (
            "create table t (r numrange unique nulls not distinct);",
            "create table t (r int4range unique nulls not distinct);",
            "insert into t values ('[1,2)'), (null);", "insert into t values ('[1,2)');",
            "share a key",
        ),
        "numbers under a key": (
            T, T + "alter table t add z int generated always as identity (maxvalue 2)"
            " unique nulls not distinct;",
            TWO.format(3) + "insert into t values (3);", TWO.format(3), "beyond the last number",
        ),
    },
    17: {
        "exclusion of a table that joins": (
            RANGES + "create table q (id int4range not null, r int4range);",
            RANGES + "create table q partition of w for values from ('[1,2)') to ('[5,6)');",
            "insert into q values ('[1,2)', '[1,5)'), ('[1,2)', '[2,3)');",
            "insert into q values ('[1,2)', '[1,2)'), ('[1,2)', '[2,3)');", "exclude each other",
        ),
    },
    18: {
        "an empty period": (
            "create table t (id int4range, r int4range);",
            "create table t (id int4range, r int4range, unique (id, r without overlaps));",
            "insert into t values (null, 'empty');",
            "insert into t values (null, '[1,5)'), (null, '[1,5)'), ('empty', '[1,2)');",
            "with an empty r",
        ),
        "virtual, new, not null": (
            T, T + "alter table t add g int not null generated always as (nullif(a, 3)) virtual;",
            "insert into t values (1, 3);", FIVE, "with NULL in g",
        ),
        "virtual, new, checked": (
            T, T + "alter table t add g int generated always as (a / 3) virtual check (g > 1);",
            "insert into t values (1, 3);", "insert into t values (1, 6);", "violate check",
        ),
        "virtual otherwise, checked": (
            VIRTUAL.format("int", "a * 3", " check (g > 1)"),
            VIRTUAL.format("int", "a / 3", " check (g > 1)"),
            "insert into t values (1, 3);", "insert into t values (1, 6);", "violate check",
        ),
        "virtual becomes stored": (
            VIRTUAL.format("int", "1 / a", ""), GENERATED.format("int", "1 / a", ""),
            "insert into t values (1, 0);", FIVE, "division by zero",
        ),
    },
}  # fmt: skip
EVERY = [(0, name) for name in CASES] + [(v, name) for v, each in LATER.items() for name in each]


@pytest.mark.parametrize(("since", "name"), EVERY)
def test_what_is_certain_to_fail_is_found(
    make_database: MakeDatabase, server_major: int, since: int, name: str
) -> None:
    before, after, wrong, right, said = (LATER[since] if since else CASES)[name]
    if server_major < since:
        pytest.skip(f"PostgreSQL {since} and newer")
    two = make_database()
    two.load(after)
    asked(make_database(), two, before + wrong, said)
    asked(make_database(), two, before + right, "")


def asked(one: Database, two: Database, script: str, said: str) -> None:
    """Ask what a plan may fail on; it is applied, and fails where that was said, and there only."""
    one.load(script)
    plan = laws.plan_between(one, two)
    found = answered(one, plan).answers or ()
    fails = [a.text for a in found if a.outcome is Outcome.FAILS]
    if not said:
        assert not fails
        assert not [a.text for a in found if a.outcome is Outcome.NOT_CHECKED]
        laws.run(one, plan)
        assert laws.plan_between(one, two).empty
        return
    assert any(said in text for text in fails), fails
    with pytest.raises(psycopg.Error):
        laws.run(one, plan)


CALLED = """create function good(int) returns boolean immutable language sql as 'select $1 > {}';
create table t (id int primary key, a int{});"""


def test_what_a_check_calls_may_change_with_it(make_database: MakeDatabase) -> None:
    one, two = make_database(), make_database()
    one.load(CALLED.format(5, "") + "insert into t values (1, 1);")
    two.load(CALLED.format(0, " check (good(a))"))
    (answer,) = answered(one, laws.plan_between(one, two)).answers or ()
    assert answer.outcome is Outcome.NOT_CHECKED
    assert "good(integer) changes in the same plan" in answer.text
    laws.run(one, laws.plan_between(one, two))


FINDS = """create table look (k int primary key);
create function found(int) returns int immutable language plpgsql as
    'begin return (select k from look where k = $1); end';
create function own(int) returns int immutable language plpgsql as
    'begin return (select k from public.look where k = $1); end';
create table t (id int primary key, a int);"""


@pytest.mark.parametrize(
    "made",
    [
        "create index i on t ({})",
        "create unique index i on t ({}) where a > 0",
        "alter table t add exclude (({}) with =)",
        "create materialized view m as select {} as a from t",
    ],
)
def test_indexes_find_nothing_along_the_search_path(
    make_database: MakeDatabase, server_major: int, made: str
) -> None:
    before = FINDS + "insert into look values (1); insert into t values (1, 1);"
    for function in ("own", "found"):
        two = make_database()
        two.load(FINDS + made.format(f"{function}(a)"))
        unfound = function == "found" and server_major >= 17
        said = "without the search_path" if unfound else ""
        asked(make_database(), two, before, said)


USING = """tables: {t: {columns: {id: integer, a: {type: numeric, not_null: true, using: '%s'}},
primary_key: id, checks: {k: a < 100}}}"""


@pytest.mark.parametrize(
    ("using", "said"),
    [
        ("a * 100", "violate check public.t.k: 1 (id = 2)"),
        ("nullif(a, 3)", "with NULL in a: 1 (id = 2)"),
        ("a / (id - 2)", "division by zero"),
        ("a + id", ""),
    ],
)
def test_what_using_makes_is_asked(
    database: Database, tmp_path: Path, using: str, said: str
) -> None:
    database.load(
        "create table t (id int primary key, a int not null, constraint k check (a < 100));"
        "insert into t values (2, 3);"
    )
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(USING % using)
    found = answered(database, laws.plan_for(database, yaml)).answers or ()
    fails = [a.text for a in found if a.outcome is Outcome.FAILS]
    assert not [a.text for a in found if a.outcome is Outcome.NOT_CHECKED]
    assert any(said in text for text in fails) if said else not fails


SHORT = """domains: {d: varchar(3)}
tables: {t: {columns: {a: {type: %s, using: 'a || a'}}}}"""


@pytest.mark.parametrize("type_", ["varchar(3)", "d"])
@pytest.mark.parametrize(("value", "fails"), [("ab", True), ("a", False)])
def test_what_using_makes_is_assigned(
    database: Database, tmp_path: Path, type_: str, value: str, *, fails: bool
) -> None:
    database.load(f"create table t (a text); insert into t values ('{value}');")
    yaml = tmp_path / "desired.yaml"
    yaml.write_text(SHORT % type_)
    found = answered(database, laws.plan_for(database, yaml)).answers or ()
    assert not [a.text for a in found if a.outcome is Outcome.NOT_CHECKED]
    assert any("too long for" in a.text for a in found if a.outcome is Outcome.FAILS) == fails


CUT = {
    "a domain in a row": ("create domain d as {}; create type c as (a d);", "text", "varchar(3)"),
    "a number in a row": ("create domain d as int; create type c as (a {});", "numeric",
                          "numeric(5,1)"),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_inside_of_others_is_counted(make_database: MakeDatabase, name: str) -> None:
    types, old, new = CUT[name]
    one, two = make_database(), make_database()
    table = " create table t (id int primary key, v c, w c[]);"
    one.load(types.format(old) + table + "insert into t values (1, '(1.234)', '{(1.234)}');")
    one.load("insert into t values (2, '(1.2)', '{(1.2)}');" if new != "varchar(3)" else "")
    two.load(types.format(new) + table)
    plan = laws.plan_between(one, two)
    found = answered(one, plan).answers or ()
    assert [a.count for a in found if a.outcome is Outcome.LOSES] == [1, 1]
    laws.run(one, plan)
    assert laws.plan_between(one, two).empty


@pytest.mark.parametrize("array", ["", "[]"])
def test_what_a_new_domain_cuts_is_counted(make_database: MakeDatabase, array: str) -> None:
    one, two = make_database(), make_database()
    one.load(f"create table t (id int, v text{array});")
    one.load(f"insert into t values (1, '{'{abcd}' if array else 'abcd'}');")
    two.load(f"create domain d as varchar(3); create table t (id int, v d{array});")
    plan = laws.plan_between(one, two)
    found = answered(one, plan).answers or ()
    assert [a.count for a in found if a.outcome is Outcome.LOSES] == [1]
    laws.run(one, plan)
