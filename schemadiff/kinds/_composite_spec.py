"""The YAML of composite types.

The surprising fact: a mapping without any word of the long form is the attributes themselves, in
the order of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from pydantic import Field, model_validator

from schemadiff.core.spec_model import GrantedSpec, SpecModel, Text
from schemadiff.kinds._shorthand import ShorthandError, parse_column


class AttributeSpec(SpecModel):
    """An attribute of a composite type; its type is the short form: `text collate "C"`."""

    guesses: ClassVar = {"renamed_from": "renamed_attributes: {new: old} of the type"}
    shorthands: ClassVar = ({"type": "string"},)

    type: Text
    """The type as SQL writes it."""
    collation: Text | None = None
    """The collation; absent is that of the type."""
    comment: Text | None = None
    """What COMMENT ON COLUMN says about it."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the type and its collation; SQL knows nothing else of an attribute."""
        if not isinstance(value, str):
            return value
        try:
            found = parse_column(value)
        except ShorthandError as error:
            hint = """write the long form: {type: text, collation: '"C"'}"""
            raise ValueError(f"{error.message}\nhint: {hint}") from error
        for key in found.keys() - {"type", "collation"}:
            words = key.replace("_", " ").upper()
            raise ValueError(f"an attribute of a composite type has no {words}")
        return found


KEYS: Final = frozenset({"attributes", "renamed_attributes", "comment", "renamed_from"})


class CompositeSpec(GrantedSpec):
    """A composite type; a mapping of its attributes to their types is the short form."""

    shorthands: ClassVar = ({"type": "object"},)

    attributes: dict[Text, AttributeSpec]
    """The attributes and their types, in their order."""
    renamed_attributes: dict[Text, Text] = Field(default={})
    """Renamed attributes: `{new: old}`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Refuse what is no mapping: the order of attributes is that of the file."""
        del value
        hint = "write `attribute: type` on each line"
        raise ValueError(f"expected a mapping of attributes to types\nhint: {hint}")

    @classmethod
    def short_forms(cls, properties: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        """Tell a bare mapping of attributes by that no key of the long form is in it."""
        no_key = {"anyOf": [{"required": [key]} for key in sorted(KEYS)]}
        bare = {k: v for k, v in properties["attributes"].items() if k != "description"}
        return ({**bare, "not": no_key},)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        """Take a mapping without any word of the long form for the attributes themselves."""
        if isinstance(value, dict) and not KEYS & value.keys():
            return {"attributes": value}
        return value
