"""The JSON Schema for editors and the reader agree on the shapes of what may be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemadiff.cli.schema import json_schema
from schemadiff.core.errors import SpecError
from schemadiff.kinds import KINDS
from schemadiff.spec.folder import build_spec, read_folder

TABLE = {"a": "integer", "b": "text"}

TAKEN: list[dict[str, Any]] = [
    {"extensions": {"citext": 1.6, "hstore": None}},
    {"extensions": ["citext"]},
    {"composites": {"c": {"a": "int", "b": {"type": "text", "collation": "C"}}}},
    {"composites": {"c": {"attributes": {"a": "int"}, "comment": "It."}}},
    {"domains": {"d": {"type": "int", "checks": {"c": True}}}},
    {"tables": {"t": {"columns": TABLE, "checks": {"c": True}, "policies": {"p": True}}}},
    {"tables": {"t": {"columns": {"a": {"type": "int", "check": True, "not_null": True}}}}},
    {"tables": {"t": {"columns": {"a": {"type": "int", "unique": "it", "not_null": "said"}}}}},
    {"tables": {"t": {"columns": TABLE, "indexes": ["a", ["a", {"column": "b", "desc": True}]]}}},
]
REFUSED: list[dict[str, Any]] = [
    {"composites": {"c": {"a": ["int"]}}},
    {"composites": {"c": {"a": None}}},
    {"composites": {"c": {"a": "int", "comment": "It."}}},
    {"tables": {"t": {"columns": TABLE, "indexes": [[["a"]]]}}},
    {"tables": {"t": {"columns": TABLE, "indexes": [["a", {"columns": ["b"]}]]}}},
    {"tables": {"t": {"columns": {"a": {"type": "int", "not_null": 0}}}}},
    {"tables": {"t": {"columns": {"a": {"type": "int", "unique": 1}}}}},
]
# What YAML 1.1 took for false is a text today, and would be the name of a constraint.
NO_NAMES = ("no", "off", "0", "N", "Yes", "1.5")


def reader_takes(document: dict[str, Any], folder: Path) -> bool:
    (folder / "s.yaml").write_text(json.dumps(document))
    try:
        build_spec(read_folder(folder, KINDS), KINDS, folder)
    except SpecError:
        return False
    return True


@pytest.mark.parametrize("document", [*TAKEN, *REFUSED], ids=str)
def test_both_say_the_same(document: dict[str, Any], tmp_path: Path) -> None:
    taken = Draft202012Validator(json_schema()).is_valid(document)
    assert (taken, reader_takes(document, tmp_path)) == ((document in TAKEN),) * 2


@pytest.mark.parametrize("key", ["not_null", "unique", "primary_key"])
@pytest.mark.parametrize("word", NO_NAMES)
def test_no_constraint_is_called_no_by_accident(key: str, word: str, tmp_path: Path) -> None:
    column = {"type": "int", key: word}
    assert not reader_takes({"tables": {"t": {"columns": {"a": column}}}}, tmp_path)
    column[key] = {"name": word}  # type: ignore[assignment]
    assert reader_takes({"tables": {"t": {"columns": {"a": column}}}}, tmp_path)
