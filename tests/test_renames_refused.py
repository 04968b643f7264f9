"""Renames that the server would refuse half-way are refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import PlanError
from tests import laws
from tests.plugins.postgres import Database

TAKEN = """
schemas:
  a:
  b:
    tables:
      old: {renamed_from: t, columns: {id: integer primary key}}
      t: {renamed_from: a.t, columns: {id: integer primary key}}
"""


def test_the_index_of_a_key_finds_its_name_taken(database: Database, tmp_path: Path) -> None:
    database.load(
        "CREATE SCHEMA a; CREATE TABLE a.t (id integer PRIMARY KEY);"
        "CREATE SCHEMA b; CREATE TABLE b.t (id integer PRIMARY KEY);"
    )
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(TAKEN, "utf-8")
    with pytest.raises(PlanError) as refused:
        laws.plan_for(database, schemas)
    assert [d.code for d in refused.value.diagnostics] == ["SD050"]
    assert "t_pkey" in refused.value.diagnostics[0].message


def test_a_shell_type_has_its_name_for_ever(database: Database, tmp_path: Path) -> None:
    database.load("CREATE TYPE shell")
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text("base_types:\n  other: {renamed_from: shell}\n", "utf-8")
    with pytest.raises(PlanError, match="is only a shell") as refused:
        laws.plan_for(database, schemas)
    assert [d.code for d in refused.value.diagnostics] == ["SD050"]


OF_TWO = """
tables:
  p: {columns: {x: {type: integer, renamed_from: a}}}
  q: {columns: {a: integer}}
  h: {inherits: [p, q]}
"""


def test_a_column_that_an_heir_has_from_another_table_by_its_old_name(
    database: Database, tmp_path: Path
) -> None:
    database.load(
        "CREATE TABLE p (a integer); CREATE TABLE q (a integer); CREATE TABLE h () INHERITS (p, q);"
    )
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(OF_TWO, "utf-8")
    with pytest.raises(PlanError) as refused:
        laws.plan_for(database, schemas)
    assert [d.code for d in refused.value.diagnostics] == ["SD050"]
    assert "public.h has it from" in refused.value.diagnostics[0].message


OF_AN_HEIR = """
tables:
  p: {columns: {a: integer}}
  h: {inherits: p, columns: {x: {type: integer, renamed_from: a}}}
"""


def test_a_column_of_an_heir_alone(database: Database, tmp_path: Path) -> None:
    database.load("CREATE TABLE p (a integer); CREATE TABLE h (a integer) INHERITS (p);")
    schemas = tmp_path / "schemas.yaml"
    schemas.write_text(OF_AN_HEIR, "utf-8")
    with pytest.raises(PlanError) as refused:
        laws.plan_for(database, schemas)
    assert [d.code for d in refused.value.diagnostics] == ["SD050"]
    assert "public.h has it from public.p" in refused.value.diagnostics[0].message
