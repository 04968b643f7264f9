from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemadiff.core.errors import PlanError
from schemadiff.core.plan import Plan
from schemadiff.render import render
from schemadiff.render.json_plan import digest, from_json, render_json
from tests.unit import plans

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/plan.schema.json").read_text("utf-8"))
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
ALL = pytest.mark.parametrize("make", [plans.salons, plans.nasty, plans.nothing])


@ALL
@pytest.mark.parametrize("generated", [None, NOW])
def test_the_output_fits_the_published_schema(
    make: Callable[[], Plan], generated: datetime | None
) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(render(make(), "json", generated=generated))
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)


@ALL
def test_a_saved_plan_keeps_what_is_run_and_what_is_shown(make: Callable[[], Plan]) -> None:
    plan = make()
    text = render_json(plan, generated=NOW)
    again = from_json(text)
    for name in ("current_fingerprint", "desired_fingerprint", "server_version", "database"):
        assert getattr(again, name) == getattr(plan, name)
    for name in ("database_id", "expected"):
        assert getattr(again, name) == getattr(plan, name)
    assert again.segments == plan.segments
    assert again.hazards == plan.hazards
    assert again.notes == plan.notes
    assert again.unmanaged == plan.unmanaged
    assert again.counts() == plan.counts()
    assert render_json(again, generated=NOW) == text
    for fmt in ("text", "sql", "markdown"):
        assert render(again, fmt, generated=NOW) == render(plan, fmt, generated=NOW)


def test_layout_does_not_count_in_the_digest() -> None:
    text = render_json(plans.salons())
    assert from_json(json.dumps(json.loads(text), sort_keys=True)).segments


def edited(**changes: Any) -> str:
    document = json.loads(render_json(plans.salons())) | changes
    return json.dumps(document)


def signed(**changes: Any) -> str:
    document = json.loads(edited(**changes))
    return json.dumps(document | {"digest": digest(document)})


def without_digest() -> str:
    document = json.loads(render_json(plans.salons()))
    del document["digest"]
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SD310"),
        ("[]", "SD310"),
        ("{}", "SD310"),
        ("[" * 100_000, "SD310"),
        ('{"format_version": 1, "x": ' + "[" * 900 + "]" * 900 + "}", "SD312"),
        (edited(format_version=2), "SD311"),
        (edited(format_version=True), "SD311"),
        (edited(format_version={}), "SD311"),
        (edited(database="other"), "SD312"),
        (edited(digest=None), "SD312"),
        (without_digest(), "SD312"),
        (signed(segments=None), "SD310"),
        (signed(segments=[{"transactional": "no", "operations": []}]), "SD310"),
        (signed(changes=[{"verb": "create"}]), "SD310"),
        (signed(server=[]), "SD310"),
        (signed(unmanaged=[1]), "SD310"),
        (signed(notes=[{}]), "SD310"),
    ],
)
def test_what_is_no_plan_or_was_edited_is_refused(text: str, code: str) -> None:
    with pytest.raises(PlanError) as caught:
        from_json(text, file="plan.json")
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert caught.value.diagnostics[0].hint
    assert str(caught.value).startswith("plan.json ")


def test_an_edited_statement_is_refused() -> None:
    text = render_json(plans.salons())
    assert "DROP COLUMN IF EXISTS fax" in text
    with pytest.raises(PlanError):
        from_json(text.replace("DROP COLUMN IF EXISTS fax", "DROP COLUMN IF EXISTS id"))
