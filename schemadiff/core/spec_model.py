"""The base of what YAML may say.

Every scalar reaches the models as text (or None): the field's type gives the meaning, so that
`on`, `no`, `12:30` and `0123` stay what was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_WORDS = ("yes", "no", "on", "off")  # truth values of YAML 1.1


def _boolean(value: object) -> object:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    way = (
        f"\nhint: {value} is a text here: write true or false"
        if str(value).lower() in _WORDS
        else ""
    )
    raise ValueError(f"expected true or false{way}")


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


# What YAML 1.1 and people take for a truth value, and numbers, stand for no name of their own.
_NO_NAME = re.compile(r"true|false|yes|no|on|off|y|n|null|[-+.\d]+", re.IGNORECASE)


def is_plain_name(text: str) -> bool:
    """Tell whether a name can stand where `true` could stand."""
    return _NO_NAME.fullmatch(text) is None


def flag_or_name(value: object) -> object:
    """Read `true`, `false` or the name of a constraint, which is there then."""
    if isinstance(value, bool):
        return {"enabled": value}
    if not isinstance(value, str | int | float):
        return value
    text = str(value)
    if text.lower() in ("true", "false"):
        return {"enabled": text}
    if not is_plain_name(text):
        raise ValueError(f"expected true or false; a name that reads so is {{name: {text}}}")
    return {"name": text}


Flag = Annotated[bool, BeforeValidator(_boolean)]
Integer = Annotated[int, BeforeValidator(_integer)]
# What YAML takes for a number or a truth value is a text as well: `0`, `on`.
SCALAR = {"type": ["string", "number", "boolean"]}

Sql = Annotated[str, BeforeValidator(_text), WithJsonSchema(SCALAR)]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(SCALAR)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}),
]


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


class OrOne:
    """Lets one item stand where a list is expected, and says so in the JSON Schema."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Put one item into a list."""
        return core_schema.no_info_before_validator_function(_several, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Put the item before the list."""
        listed = handler(core)
        return {"anyOf": [listed["items"], listed]}


class SpecModel(BaseModel):
    """One mapping of the YAML; `shorthand` turns a scalar or a list into one."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    shorthands: ClassVar[tuple[dict[str, Any], ...]] = ()
    # What people write for a key that has another name here.
    guesses: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Turn a short form (anything but a mapping) into the mapping it stands for."""
        return value

    @classmethod
    def short_forms(cls, properties: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        """Give the short forms to editors, which know those of the keys."""
        del properties
        return cls.shorthands

    @model_validator(mode="wrap")
    @classmethod
    def _long_form(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, dict):
            return handler(value)
        if not isinstance(value, str):
            return handler(cls.shorthand(value))
        # Specs are frozen, so equal texts may share one; the columns of a schema repeat themselves.
        found = _seen.get((cls, value))
        if found is None:
            found = _seen[cls, value] = handler(cls.shorthand(value))
        return cast(Self, found)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        from schemadiff.core.meanings import meanings

        schema = handler(core_schema)
        if text := summary(cls):
            schema["description"] = text
        for name, text in meanings(cls).items():
            key = cls.model_fields[name].alias or name
            schema["properties"][key]["description"] = text
        if not cls.shorthands:
            return schema
        return {"anyOf": [*cls.short_forms(schema["properties"]), schema]}


def by_name(value: object) -> object:
    """Take a list of names for a mapping in which each stands for what is usual."""
    named = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return dict.fromkeys(cast(list[str], value)) if named else value


class OrNames:
    """Says in the JSON Schema that a list of names may stand where a mapping is expected."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Put the list before the mapping."""
        return {"anyOf": [{"type": "array", "items": SCALAR}, handler(core)]}


_seen: dict[tuple[type[SpecModel], str], SpecModel] = {}


def summary(model: type) -> str:
    """Give the docstring of a model, or of the nearest base that has one; one line."""
    text = next((c.__doc__ for c in model.__mro__ if c.__dict__.get("__doc__")), None)
    return " ".join((text or "").split())


class NamedSpec(SpecModel):
    """What every object with a name of its own may say."""

    comment: Text | None = None
    """What COMMENT ON says about it; absent means no comment."""
    renamed_from: Text | None = None
    """Its former name; the plan renames and keeps the data. Harmless afterwards."""


class GranteeSpec(SpecModel):
    """What one role may do; the list of privileges is the short form."""

    shorthands: ClassVar = (
        SCALAR,
        {"type": "array", "items": SCALAR},
        {"type": "null"},
    )

    privileges: Texts = ()
    """As GRANT names them: `select`, `insert(col1, col2)`, `all`; none takes away a default."""
    grant_option: Flag | Texts = False
    """Which of them the role may grant to others: `true` for all, or a list."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the privileges."""
        return {} if value is None else {"privileges": value}


class LabelledSpec(NamedSpec):
    """What can have security labels."""

    security_labels: dict[Text, Text] | None = None
    """SECURITY LABEL, by provider; absent means as it is. Needs `manage: [security_labels]` in the
    config, and the provider on the server."""


class OwnedSpec(LabelledSpec):
    """What has an owner."""

    owner: Text | None = None
    """The role that owns it; absent means whoever owns it now, or makes it."""


class GrantedSpec(OwnedSpec):
    """What has an owner and privileges."""

    grants: dict[Text, GranteeSpec] | None = None
    """Who may do what, by role (`public` is everybody); absent is what default privileges give."""
