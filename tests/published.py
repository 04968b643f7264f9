"""The JSON that others read, against the schemas in `docs/`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from schemadiff.cli.drift import drift_of
from schemadiff.core.plan import Plan
from schemadiff.render import render

DOCS = Path(__file__).parents[1] / "docs"


@cache
def validator(name: str) -> Any:
    """Read a published schema, which is one itself."""
    schema = json.loads((DOCS / name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_published(plan: Plan) -> None:
    """The plan, and the drift that it would mend, have the form that is published."""
    validator("plan.schema.json").validate(json.loads(render(plan, "json")))
    said = json.loads(json.dumps(drift_of(plan)))
    validator("drift.schema.json").validate(said)
    assert said["drift"] == (not plan.empty or bool(plan.changes))
