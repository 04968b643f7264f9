"""Functions that the files name are somewhere, or the plan is refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemadiff.core.errors import PlanError, ShadowError
from tests import laws
from tests.plugins.postgres import Database

WRONG = {
    "aggregates: {total(integer): {sfunc: nope_add, stype: integer}}": "SD078",
    "aggregates: {total(integer): {sfunc: int4pl, stype: integer, combinefunc: nope}}": "SD078",
    "event_triggers: {e: {event: ddl_command_end, function: nope_watch}}": "SD078",
    "functions: {f(integer): {language: sql, returns: integer, support: nope, body: select 1}}": (
        "SD078"
    ),
    "tables: {t: {columns: {a: integer}, triggers: {r: {timing: before, events: [insert],"
    " function: nope()}}}}": "SD078",
    "operators: {'===(integer, integer)': {function: nope}}": "SD074",
    "enums: {m: [a]}\ncasts: {m as integer: {function: nope(m)}}": "SD074",
    "languages: {l: {handler: nope}}": "SD074",
    "access_methods: {am: {type: index, handler: nope}}": "SD074",
    "foreign_data_wrappers: {w: {handler: nope}}": "SD074",
    "ranges: {r: {subtype: float8, subtype_diff: nope}}": "SD074",
    "conversions: {c: {source: LATIN1, target: UTF8, function: nope}}": "SD074",
    "text_search_templates: {t: {lexize: nope}}": "SD074",
    "operator_classes: {o using btree: {type: integer, members:"
    " ['function 1 nope(integer, integer)']}}": "SD074",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda t: t.partition(":")[0])
def test_a_function_that_is_nowhere_is_refused_with_its_place(
    text: str, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises((PlanError, ShadowError)) as caught:
        laws.plan_for(database, tmp_path)
    (found,) = caught.value.diagnostics
    assert found.code == WRONG[text]
    assert "nope" in found.message
    assert found.place is not None


def test_the_name_that_was_meant_is_told(database: Database, tmp_path: Path) -> None:
    database.execute(
        "CREATE SCHEMA app; CREATE FUNCTION app.audit_row() RETURNS trigger"
        " LANGUAGE plpgsql AS 'begin return new; end'"
    )
    text = """
        schemas: {app: {functions: {audit_row(): {returns: trigger, language: plpgsql,
          body: begin return new; end}}}}
        tables: {t: {columns: {a: integer}, triggers: {r: {timing: before, events: [insert],
          function: audit_rows()}}}}
    """
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(PlanError) as caught:
        laws.plan_for(database, tmp_path)
    assert "did you mean app.audit_row?" in caught.value.diagnostics[0].hint
    (tmp_path / "s.yaml").write_text(text.replace("audit_rows()", "app.audit_row()"))
    laws.run(database, laws.plan_for(database, tmp_path))
    assert laws.plan_for(database, tmp_path).empty
