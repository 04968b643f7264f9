"""What a server would not take is refused by the plan, each mistake at its own place.

The surprising fact: what only misses something else that failed is left out, so that values that
are wrong and names that nobody has are asked about in plans of their own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import ShadowError, SpecError
from tests import laws
from tests.plugins.postgres import Database

# Line by line: what is wrong on it, or nothing.
VALUES = """
tables:                                                                   #
  a: {columns: {x: int}, with: {nope: 1}}                                 # unrecognized parameter
  b: {columns: {x: int}, with: {fillfactor: 1000}}                        # out of bounds
  c:                                                                      #
    columns:                                                              #
      x: {type: int, storage: external}                                   # only have storage PLAIN
      y: {type: int, compression: pglz}                                   # not support compression
      z: {type: text, options: {nope: 1}}                                 # unrecognized parameter
      w: varchar(0)                                                       # at least 1
    primary_key: {columns: [x], with: {nope: 2}}                          # unrecognized parameter
    checks: {c: x}                                                        # type boolean
  d:                                                                      #
    columns: {a: int, b: json}                                            #
    statistics:                                                           #
      s: {columns: [a, b]}                                                # no default btree
  e:                                                                      #
    columns: {x: int, k: int}                                             #
    partition_by: range (k)                                               #
    unique:                                                               #
      u: {columns: [x]}                                                   # all partitioning columns
functions:                                                                #
  f(): {returns: int, language: sql, set: {work_mem: lots}, body: ''}     # invalid value for
  g(cstring): {returns: int, language: sql, body: ''}                     # of type cstring
  h(): {returns: trigger, language: sql, body: ''}                        # cannot return type
  w(): {returns: event_trigger, language: plpgsql, body: begin end}       #
aggregates:                                                               #
  total(int): {sfunc: pg_catalog.int4pl, stype: int, initcond: x}         # invalid input syntax
event_triggers:                                                           #
  e: {event: ddl_command_end, function: w, tags: [NO TABLE]}              # not recognized
schemas: {s: {functions: {}}}                                             #
"""
NAMES = """
tables:                                                                   #
  a: {columns: {x: int}, access_method: nope}                             # "nope" does not exist
  b:                                                                      #
    columns:                                                              #
      x: int                                                              #
      y: nope                                                             # "nope" does not exist
functions:                                                                #
  f(a nope): {returns: int, language: sql, body: ''}                      # nope does not exist
  g(): {returns: setof nope, language: sql, body: ''}                         # does not exist
  h(): {returns: int, language: sql, set: {nope: 1}, body: ''}            # unrecognized config
procedures:                                                               #
  p(nope): {language: sql, body: ''}                                      # nope does not exist
servers:                                                                  #
  s: {wrapper: nope}                                                      # "nope" does not exist
casts:                                                                    #
  int as nope: {inout: true}                                              # "nope" does not exist
operator_families:                                                        #
  o using nope: {}                                                        # "nope" does not exist
"""
OFFLINE = """
sequences:                                                                #
  a: {type: smallint, maxvalue: 40000}                                    # no number of type
  b: {cache: 0}                                                           # cannot keep 0 numbers
  c: {minvalue: 7, maxvalue: 7}                                           # cannot count from 7 to 7
  d: {start: 0}                                                           # cannot start at 0
tables:                                                                   #
  t: {columns: {x: {type: int, identity: {increment: 0}}}}                # cannot go on by 0
extensions:                                                               #
  plpgsql: {version: 9}                                                   # part of every database
"""


@pytest.mark.parametrize("text", [VALUES, NAMES, OFFLINE], ids=["values", "names", "offline"])
def test_what_no_server_takes_is_refused_with_all_places(
    text: str, database: Database, tmp_path: Path
) -> None:
    text = text.lstrip()
    before = laws.dump(database)
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises((ShadowError, SpecError)) as caught:
        laws.plan_for(database, tmp_path)
    expected = {n: w for n, _, w in (_said(i, t) for i, t in enumerate(text.splitlines(), 1)) if w}
    found = {d.place.line: d.message for d in caught.value.diagnostics if d.place}
    assert sorted(found) == sorted(expected)
    assert [n for n, words in expected.items() if words not in found[n]] == []
    assert laws.dump(database) == before


def _said(number: int, line: str) -> tuple[int, str, str]:
    text, _, words = line.rpartition("#")
    return number, text, words.strip()


CHANGES = {
    "CREATE TABLE t (a int)": "tables: {t: {columns: {a: int}, with: {toast.nope: 1}}}",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'": (
        "functions: {f(): {returns: int, language: sql, set: {work_mem: lots}, body: select 1}}"
    ),
    "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (b int REFERENCES t)": (
        "tables: {t: {columns: {a: int primary key}}, u: {columns: {b: text references t}}}"
    ),
}


@pytest.mark.parametrize("before", CHANGES, ids=lambda b: b.split("(")[0])
def test_a_change_that_no_server_takes_is_refused(
    before: str, database: Database, tmp_path: Path
) -> None:
    database.execute(before)
    (tmp_path / "s.yaml").write_text(CHANGES[before])
    with pytest.raises(ShadowError) as caught:
        laws.plan_for(database, tmp_path)
    assert [d.code for d in caught.value.diagnostics] == ["SD074"]
    assert caught.value.diagnostics[0].place is not None


def test_what_the_role_may_not_make_elsewhere_is_no_mistake(
    database: Database, tmp_path: Path
) -> None:
    """Only a superuser makes functions of the server's own; others may have columns over them."""
    role = f"{database.name}_maker"
    database.execute(
        f"CREATE ROLE {role} LOGIN CREATEDB; CREATE FUNCTION low(text) RETURNS text"
        " IMMUTABLE LANGUAGE internal AS 'lower'; CREATE TABLE t (a text,"
        f" b text GENERATED ALWAYS AS (low(a)) STORED); ALTER TABLE t OWNER TO {role}"
    )
    text = """
        functions: {low(text): {returns: text, language: internal, volatility: immutable,
          body: lower}}
        tables: {t: {columns: {a: text, b: text generated always as (low(a)) stored},
          with: {fillfactor: 50}}}
    """
    (tmp_path / "s.yaml").write_text(text)
    limited = Database(database.name, database.url.replace("postgres@", f"{role}@"))
    assert not laws.plan_for(limited, tmp_path).empty
