"""The base of what YAML may say.

Every scalar reaches the models as text (or None): the field's type gives the meaning, so that
`on`, `no`, `12:30` and `0123` stay what was written.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


def _boolean(value: object) -> object:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise ValueError("expected true or false")


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value


def _integer(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("expected a whole number")
    return value


Flag = Annotated[bool, BeforeValidator(_boolean)]
Integer = Annotated[int, BeforeValidator(_integer)]
Sql = Annotated[
    str,
    BeforeValidator(_text),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}),
]
Text = Annotated[str, BeforeValidator(_text)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class SpecModel(BaseModel):
    """One mapping of the YAML; `shorthand` turns a scalar or a list into one."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    shorthands: ClassVar[tuple[dict[str, Any], ...]] = ()

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Turn a short form (anything but a mapping) into the mapping it stands for."""
        return value

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, value: object) -> object:
        if isinstance(value, dict):
            return value
        return cls.shorthand(value)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        if not cls.shorthands:
            return schema
        return {"anyOf": [*cls.shorthands, schema]}


class NamedSpec(SpecModel):
    """What every object with a name of its own may say."""

    comment: Text | None = None
    renamed_from: Text | None = None
