"""What a section of a file may be besides a mapping of names: nothing, or a list."""

from __future__ import annotations

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemadiff.core.kind import ObjectKind
from schemadiff.core.spec_model import SCALAR

UNNAMED = "\0"


def listed(value: object) -> object:
    """Give what is made of unnamed items their positions for names."""
    if isinstance(value, list):
        return {f"{UNNAMED}{i}": v for i, v in enumerate(value)}
    return {} if value is None else value


def mapped(value: object) -> object:
    """Take a section of which nothing is said for an empty one."""
    return {} if value is None else value


def named(value: object) -> object:
    """Take a list of names, each once, for a mapping of them."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return mapped(value)
    if twice := sorted({v for v in value if value.count(v) > 1}):
        raise ValueError(f"{', '.join(twice)} stands there twice")
    return dict.fromkeys(value)


def needs_no_more(kind: ObjectKind) -> bool:
    """Tell whether the name of an object may be all that is said of it."""
    return kind.spec is not None and not kind.single and {"type": "null"} in kind.spec.shorthands


class OrList:
    """Says in the JSON Schema that a section may also be a list of unnamed items."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        mapping = handler(core)
        listed = {"type": "array", "items": mapping["additionalProperties"]}
        return {"anyOf": [listed, mapping]}


class OrNames:
    """Says in the JSON Schema that a section may also be a list of nothing but names."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "array", "items": SCALAR}, handler(core)]}
