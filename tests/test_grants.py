"""Owners and grants beyond the laws: what is kept, what is told, and roles that lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.core.errors import PlanError, SpecError
from schemadiff.core.plan import Plan
from tests import laws
from tests.plugins.postgres import Database
from tests.read_back import written_and_read

ROLES = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_reader') THEN
    CREATE ROLE case_reader; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_owner') THEN
    CREATE ROLE case_owner; END IF;
END $$;
"""
TABLE = "tables:\n  t:\n    columns: {a: int, b: text}\n"
DEFAULTS = "default_privileges: {postgres: {tables: {case_reader: [select]}}}\n"


def planned(database: Database, folder: Path, text: str) -> Plan:
    (folder / "t.yaml").write_text(text)
    return laws.plan_for(database, folder)


def test_silence_about_all_grants_is_asked_for(database: Database, tmp_path: Path) -> None:
    database.load(ROLES + "CREATE TABLE t (a int, b text); GRANT SELECT ON t TO case_reader;")
    for text, code in ((TABLE, "SD139"), (TABLE + "    grants: {}\n", "SD148")):
        plan = planned(database, tmp_path, text)
        assert [op.sql for op in plan.operations()] == [
            "REVOKE SELECT ON TABLE public.t FROM case_reader"
        ]
        assert {h.code for h in plan.hazards} == {code}


def test_a_new_view_keeps_what_default_privileges_give(database: Database, tmp_path: Path) -> None:
    database.load(ROLES + "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO case_reader;")
    text = TABLE + DEFAULTS
    plan = planned(database, tmp_path, text)
    assert [op.sql for op in plan.operations() if "REVOKE" in op.sql] == []
    laws.run(database, plan)
    assert planned(database, tmp_path, text).empty


def test_a_rebuilt_view_gets_nothing_by_default_privileges(
    database: Database, tmp_path: Path
) -> None:
    view = "CREATE VIEW v AS SELECT a FROM t;"
    database.load(ROLES + "CREATE TABLE t (a int, b text);" + view)
    database.load("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO case_reader;")
    text = TABLE.replace("a: int", "a: bigint") + "views:\n  v: select a from t\n" + DEFAULTS
    laws.run(database, planned(database, tmp_path, text))
    granted = "SELECT has_table_privilege('case_reader', 'v', 'select')"
    assert database.execute(granted) == [(False,)]
    assert planned(database, tmp_path, text).empty


def test_roles_that_lack_are_named_with_their_places(database: Database, tmp_path: Path) -> None:
    text = TABLE + "    owner: case_nobody\n    grants: {case_none: [select], public: [select]}\n"
    with pytest.raises(PlanError) as caught:
        planned(database, tmp_path, text)
    found = {(d.code, d.place.line if d.place else 0) for d in caught.value.diagnostics}
    assert found == {("SD075", 4), ("SD075", 5)}
    assert "CREATE ROLE case_none" in str(caught.value)


def test_a_privilege_that_is_none_is_told(database: Database, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        planned(database, tmp_path, TABLE + "    grants: {public: [selct, delete(a)]}\n")
    assert [d.code for d in caught.value.diagnostics] == ["SD110", "SD110"]


def test_a_dropped_table_takes_its_grants_along(database: Database, tmp_path: Path) -> None:
    database.load(
        ROLES + "CREATE TABLE t (a int, b text); CREATE TABLE u (a int);"
        "GRANT SELECT (a) ON u TO case_reader; ALTER TABLE u OWNER TO case_owner;"
    )
    plan = planned(database, tmp_path, TABLE)
    assert [op.sql for op in plan.operations()] == ["DROP TABLE IF EXISTS public.u"]


def test_an_owned_sequence_keeps_its_grants(database: Database, tmp_path: Path) -> None:
    database.load(ROLES + "CREATE TABLE t (a serial); GRANT USAGE ON t_a_seq TO case_reader;")
    with laws.opened(database) as connection:
        inspection = laws.look(connection)
    assert written_and_read(inspection) == []


def test_all_roles_that_lack_are_named_with_their_places(
    database: Database, tmp_path: Path
) -> None:
    text = (
        "tables:\n  t:\n    columns: {a: int}\n    policies:\n      p:\n        roles: case_none\n"
        "        using: a > 0\n"
        "default_privileges:\n  case_nobody:\n    tables: {public: [select]}\n"
        "publications:\n  pub: {owner: case_noone, all_tables: true}\n"
        "foreign_data_wrappers:\n  w: {}\n"
        "servers:\n  s: {wrapper: w, user_mappings: {case_nowhere: {}}}\n"
    )
    with pytest.raises(PlanError) as caught:
        planned(database, tmp_path, text)
    found = {(d.code, d.place.line if d.place else 0) for d in caught.value.diagnostics}
    assert found == {("SD075", line) for line in (5, 9, 12, 16)}
    assert all(d.place and d.place.column for d in caught.value.diagnostics)


def test_who_is_connected_may_have_a_grant_on_public(database: Database, tmp_path: Path) -> None:
    """The schema is not that role's, and what it has there is no owner's."""
    database.load("GRANT ALL ON SCHEMA public TO postgres WITH GRANT OPTION;")
    with laws.opened(database) as connection:
        assert written_and_read(laws.look(connection)) == []
    text = "schemas:\n  public:\n    grants:\n      postgres: {}\n"
    for grants in ("[usage]", "{privileges: [all], grant_option: true}"):
        laws.run(database, planned(database, tmp_path, text.replace("{}", grants)))
        assert planned(database, tmp_path, text.replace("{}", grants)).empty


def test_grants_on_what_an_extension_brings_that_the_files_drop_are_refused(
    database: Database, binaries: Binaries, tmp_path: Path
) -> None:
    if "cube" not in binaries.extensions:
        pytest.skip("the server has no contrib extensions")
    database.load(ROLES + "CREATE EXTENSION cube;")
    database.load("GRANT EXECUTE ON FUNCTION cube_dim(cube) TO case_reader;")
    text = "grants:\n  function cube_dim(cube): {public: []}\n"
    with pytest.raises(PlanError, match="cube brings it, and is dropped"):
        planned(database, tmp_path, text)
    assert not planned(database, tmp_path, text + "extensions: [cube]\n").empty


def test_roles_that_get_the_same_are_granted_it_at_once(database: Database, tmp_path: Path) -> None:
    """What is granted already, is taken away or comes with an option stands alone."""
    database.load(ROLES + "CREATE TABLE t (a int, b text); GRANT SELECT ON t TO case_owner;")
    text = (
        TABLE + "    grants:\n"
        "      case_owner: [select]\n"
        "      case_reader: [insert]\n"
        "      pg_monitor: [insert]\n"
        "      pg_read_all_data: [insert]\n"
        "      public: [insert]\n"
        "views:\n"
        "  v:\n"
        "    query: select a from t\n"
        "    grants:\n"
        "      case_owner: {privileges: [select], grant_option: [select]}\n"
        "      case_reader: {privileges: [select], grant_option: [select]}\n"
        "      pg_monitor: [select]\n"
    )
    plan = planned(database, tmp_path, text)
    assert [op.sql for op in plan.operations()][1:] == [
        "GRANT INSERT ON TABLE public.t TO case_reader, pg_monitor, pg_read_all_data, PUBLIC",
        "GRANT SELECT ON TABLE public.v TO case_owner, case_reader WITH GRANT OPTION",
        "GRANT SELECT ON TABLE public.v TO pg_monitor",
    ]
    laws.run(database, plan)
    assert planned(database, tmp_path, text).empty
