"""The long form of a column in YAML; the table makes the shorthand of it where it can."""

from __future__ import annotations

from typing import Any

from schemadiff.core.kind import Style, YamlValue
from schemadiff.kinds._column.settings import settings_yaml
from schemadiff.kinds._identity_options import IdentityOptions, identity_defaults
from schemadiff.kinds._not_null import not_null_yaml
from schemadiff.kinds._options import pairs

_SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def column_yaml(
    column: Any, nested: dict[str, dict[str, YamlValue]], style: Style
) -> dict[str, YamlValue]:
    """Give one key per property that is not the default; keys are those of the long form."""
    value: dict[str, YamlValue] = {"type": style.type(column.type)}
    if column.collation:
        value["collation"] = column.collation
    nested = dict(nested)
    constraint = not_null_yaml(column, _only(nested.pop("comment", None)))
    if constraint is not None:
        value["not_null"] = constraint
    default = _only(nested.get("default"))
    if default is not None:
        value["default"] = default
    if column.generated is not None:
        value["generated"] = column.generated
        if column.virtual:
            value["virtual"] = True
    if column.identity_options is not None:
        value["identity"] = _identity(column, style)
    if nested.get("sequence"):
        # Only a sequence that `serial` makes again is handed to its column.
        value = {"type": _SERIALS[column.type]}
        if constraint not in (True, None):
            value["not_null"] = constraint
    if nested.get("identity_sequence"):
        value["identity_sequence"] = _only(nested.pop("identity_sequence"))
    value |= settings_yaml(column)
    if column.foreign_options:
        value["foreign_options"] = pairs(column.foreign_options)
    absorbed = ("default", "sequence")
    value |= {section: v for section, v in nested.items() if section not in absorbed and v}
    return value


def _only(content: Any) -> YamlValue:
    """Give the one value of a section, which may stand alone or under its name."""
    if isinstance(content, dict):
        return next(iter(content.values()), None)
    found: YamlValue = content
    return found


def _identity(column: Any, style: Style) -> YamlValue:
    options: IdentityOptions = column.identity_options
    usual = identity_defaults(options.generation, column.type, options.increment)
    # The start is the lowest value (or the highest, downwards) where it is not given.
    usual = usual._replace(start=options.minimum if options.increment > 0 else options.maximum)
    value: dict[str, YamlValue] = {"generation": options.generation}
    for key, field in (
        ("start", "start"),
        ("increment", "increment"),
        ("minvalue", "minimum"),
        ("maxvalue", "maximum"),
        ("cache", "cache"),
        ("cycle", "cycle"),
    ):
        found = getattr(options, field)
        plain = {"increment": 1, "cache": 1, "cycle": False}
        if found != plain.get(key, getattr(usual, field)):
            value[key] = found
    schema, table, name = column.identity.path
    sequence = column.identity_sequence
    if sequence and sequence != (schema, style.default_name(schema, table, name, "seq")):
        value["name"] = style.relation(*sequence)
    return value if len(value) > 1 else options.generation
