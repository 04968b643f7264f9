"""What YAML may say about a column, and how its parts become objects of other kinds.

The shorthand is SQL's own column definition; both forms end in the same model.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from schemadiff.core.kind import At
from schemadiff.core.lexer import Kind, code
from schemadiff.core.object import DbObject
from schemadiff.core.spec_model import (
    SCALAR,
    Flag,
    Integer,
    LabelledSpec,
    OrOne,
    SpecModel,
    Sql,
    Text,
    Texts,
    flag_or_name,
)
from schemadiff.core.sql import ident, qualified
from schemadiff.core.typename import is_type
from schemadiff.kinds._column.definition import split_column
from schemadiff.kinds._column.settings import expand_settings
from schemadiff.kinds._identity_options import (
    INTEGERS,
    IdentityOptions,
    check_counter,
    identity_defaults,
)
from schemadiff.kinds._moment import check_moment
from schemadiff.kinds._not_null import NotNullSpec, expand_not_null
from schemadiff.kinds._shorthand import ShorthandError, read_column

_SERIALS = {
    "smallserial": "smallint",
    "serial2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
}


class IdentitySpec(SpecModel):
    """GENERATED … AS IDENTITY; the generation alone is the short form."""

    shorthands: ClassVar = ({"enum": ["always", "by default"]},)

    generation: Text = "by default"
    """`always` or `by default`."""
    start: Integer | None = None
    """The first value."""
    increment: Integer = 1
    """What is added for the next value."""
    minvalue: Integer | None = None
    """The lowest value; absent is that of the type."""
    maxvalue: Integer | None = None
    """The highest value; absent is that of the type."""
    cache: Integer = 1
    """How many values a session takes at once."""
    cycle: Flag = False
    """Whether it begins anew at the end."""
    name: Text | None = None
    """The name of its sequence; absent is as it is, and `table_column_seq` of a new one."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept `always` and `by default`."""
        return {"generation": value} if isinstance(value, str) else value


class InlineUnique(SpecModel):
    """UNIQUE in a column's definition; `true` or a name is the short form."""

    shorthands: ClassVar = ({"type": "boolean"}, {"type": "string"})

    enabled: Flag = True
    """`false` says that there is none."""
    name: Text | None = None
    """The name of the constraint; absent is `table_column_key`."""
    nulls_not_distinct: Flag = False
    """Whether only one null may stand in the column (PostgreSQL 15)."""
    deferrable: Flag = False
    """Whether the check may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept true, false and a name."""
        return flag_or_name(value)


class InlinePrimaryKey(SpecModel):
    """PRIMARY KEY in a column's definition; `true` or a name is the short form."""

    shorthands: ClassVar = ({"type": "boolean"}, {"type": "string"})

    enabled: Flag = True
    """`false` says that there is none."""
    name: Text | None = None
    """The name of the constraint; absent is `table_pkey`."""
    deferrable: Flag = False
    """Whether the check may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept true, false and a name."""
        return flag_or_name(value)


class InlineCheck(SpecModel):
    """CHECK in a column's definition; the expression alone is the short form."""

    shorthands: ClassVar = (SCALAR,)

    expression: Sql
    """What must not be false."""
    name: Text | None = None
    """The name of the constraint; absent is `table_column_check`."""
    no_inherit: Flag = False
    """Whether children of the table are left out."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the expression."""
        return {"expression": value} if isinstance(value, str) else value


class InlineReference(SpecModel):
    """REFERENCES in a column's definition; `table(column)` is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    table: Text
    """The table that is referred to, with its column as `table(column)`."""
    columns: Texts = ()
    """The column that is referred to; absent is the primary key."""
    name: Text | None = None
    """The name of the constraint; absent is `table_column_fkey`."""
    match: Text | None = None
    """`simple` or `full`."""
    on_delete: Text | None = None
    """`no action`, `restrict`, `cascade`, `set null` or `set default`."""
    on_update: Text | None = None
    """As `on_delete`, where the key changes."""
    deferrable: Flag = False
    """Whether the check may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept `table(column)`, and what SQL says behind it."""
        if not isinstance(value, str):
            return value
        said: dict[str, Any] = {"table": value}
        with contextlib.suppress(ShorthandError):  # what is no target is refused as one
            found = split_column(f"integer references {value}")
            said = found["references"] if found.keys() == {"type", "references"} else said
        return said


_OPPOSITE: Final = "{}, which says the opposite"


class ColumnSpec(LabelledSpec):
    """A column; one line of SQL (`text not null default ''`) is the short form."""

    guesses: ClassVar = {
        "array": "type: text[]",
        "auto_increment": "identity",
        "computed": "generated",
        "fk": "references",
        "foreign_key": "references",
        "index": "indexes: of the table",
        "length": "type: varchar(20)",
        "expression": "generated",
        "null": _OPPOSITE.format("not_null"),
        "nullable": _OPPOSITE.format("not_null"),
        "pk": "primary_key",
        "precision": "type: numeric(10,2)",
        "required": "not_null",
        "scale": "type: numeric(10,2)",
        "stored": _OPPOSITE.format("virtual"),
        "values": "enums: of the file, and its name as the type",
    }
    shorthands: ClassVar = ({"type": "string"},)

    type: Text
    """The type as SQL writes it; `serial` and `bigserial` are known."""
    collation: Text | None = None
    """The collation; absent is that of the type."""
    not_null: NotNullSpec | None = None
    """Whether nulls are refused. A primary key implies it."""
    default: Sql | None = None
    """The expression of DEFAULT."""
    generated: Sql | None = None
    """The expression of GENERATED ALWAYS AS."""
    virtual: Flag = False
    """Whether a generated column is computed when read (PostgreSQL 18), not stored."""
    identity: IdentitySpec | None = None
    """GENERATED … AS IDENTITY."""
    primary_key: InlinePrimaryKey | None = None
    """Whether the column alone is the primary key."""
    unique: InlineUnique | None = None
    """Whether the column alone is unique."""
    check: Annotated[tuple[InlineCheck, ...], OrOne()] = ()
    """A check of the column, or a list of them."""
    references: InlineReference | None = None
    """A foreign key of the column alone: `table(column)`, and what SQL says behind it."""
    on_delete: Text | None = None
    """What happens here when the row behind `references` is deleted."""
    on_update: Text | None = None
    """What happens here when the key behind `references` changes."""
    match: Text | None = None
    """MATCH of `references`."""
    deferrable: Flag = False
    """Whether `references`, else the key, may be checked at the end."""
    initially_deferred: Flag = False
    """Whether it is, unless SET CONSTRAINTS says otherwise."""
    using: Sql | None = None
    """How a change of type converts the values; used by that change, and not kept."""
    statistics: Integer | None = None
    """The statistics target of ANALYZE; absent is the server's."""
    storage: Text | None = None
    """`plain`, `external`, `extended` or `main`; absent is that of the type."""
    compression: Text | None = None
    """`pglz` or `lz4`; absent is the server's."""
    options: dict[Text, Text] = Field(default={})
    """`n_distinct` and `n_distinct_inherited`."""
    foreign_options: dict[Text, Text] = Field(default={})
    """OPTIONS of the foreign-data wrapper, where the table is a foreign one."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Split SQL's column definition."""
        if not isinstance(value, str):
            return value
        try:
            return read_column(value)
        except ShorthandError as error:
            raise ValueError(str(error)) from error


def expand_column(spec: ColumnSpec, at: At) -> dict[str, Any]:
    """Give the fields of the column and have its other parts expanded by their kinds."""
    assert at.parent is not None
    table = at.parent
    name = at.name or ""
    serial = _SERIALS.get(spec.type.strip().lower())
    type_ = serial or at.type(spec.type, "type")
    fields: dict[str, Any] = {
        "type": type_,
        "collation": at.collation(spec.collation, "collation") if spec.collation else None,
        "generated": at.expression(spec.generated, "generated") if spec.generated else None,
        "virtual": spec.virtual,
        "using": _using(spec.using, name, at) if spec.using else None,
    }
    fields |= expand_not_null(spec, serial is not None or spec.identity is not None, at)
    fields |= expand_settings(spec, at)
    if serial:
        owned_by = {"table": qualified(*table.identity.path), "column": name}
        at.child("sequence", table, None, {"type": serial, "owned_by": owned_by})
    if spec.identity is not None:
        fields |= _expand_identity(spec.identity, type_, at)
    if spec.default is not None:
        check_moment(spec.default, type_, at)
        _check_word(spec.default, at)
        at.child("default", table, name, at.expression(spec.default, "default"), "default")
    _check_contradictions(spec, at)
    _expand_constraints(spec, table, name, at)
    return fields


def _using(text: str, column: str, at: At) -> str:
    """Give what USING says; of casts of the column itself in the words that we would use."""
    said = at.expression(text, "using")
    first, *types = said.split("::")
    named = [token.value for token in code(first) if token.kind in (Kind.IDENT, Kind.QUOTED)]
    casts = [each.strip() for each in types]
    if named != [column] or len(code(first)) > 1 or any(is_type(each) for each in casts):
        return said
    return "::".join((ident(column), *(at.type(each, "using") for each in casts)))


# The words that mean a value by themselves (manual, 9.26 and 9.9.5).
_VALUES = frozenset(
    {
        "null", "true", "false", "current_catalog", "current_date", "current_role",
        "current_schema", "current_time", "current_timestamp", "current_user", "localtime",
        "localtimestamp", "session_user", "system_user", "user",
    }
)  # fmt: skip


def _check_word(default: str, at: At) -> None:
    """Report a default that is a mere name, which would be a column's: a text without quotes."""
    found = code(default)
    if len(found) == 1 and found[0].kind is Kind.IDENT and found[0].value not in _VALUES:
        message = f"the default {found[0].text} would be a column, which no default can name"
        hint = f"""a text stands in SQL's quotes: default: "'{found[0].text}'" """
        at.fail("SD031", message, hint.strip(), "default")


def _check_contradictions(spec: ColumnSpec, at: At) -> None:
    given = [
        key
        for key, value in (
            ("default", spec.default),
            ("generated", spec.generated),
            ("identity", spec.identity),
        )
        if value is not None
    ]
    if len(given) > 1:
        message = f"column {at.name} cannot have both {given[0]} and {given[1]}"
        at.fail("SD042", message, "keep one of them", given[1])
    if spec.virtual and spec.generated is None:
        at.fail(
            "SD043", f"column {at.name} is virtual but not generated", "add generated:", "virtual"
        )


def _expand_identity(spec: IdentitySpec, type_: str, at: At) -> dict[str, Any]:
    generation = " ".join(spec.generation.lower().split())
    if generation not in ("always", "by default"):
        at.fail(
            "SD044",
            f"identity {spec.generation!r} is not known",
            "identity: always, or identity: by default",
            "identity",
        )
    if type_ not in INTEGERS:
        message = f"an identity cannot be of type {type_}"
        at.fail("SD044", message, "type: bigint (or integer, or smallint)", "identity")
    base = identity_defaults(generation, type_, spec.increment)
    low = base.minimum if spec.minvalue is None else spec.minvalue
    high = base.maximum if spec.maxvalue is None else spec.maxvalue
    first = low if spec.increment > 0 else high
    options = IdentityOptions(
        generation,
        first if spec.start is None else spec.start,
        spec.increment,
        low,
        high,
        spec.cache,
        spec.cycle,
    )
    check_counter(at, "SD044", type_, options, "identity")
    sequence = at.relation(spec.name, "identity", "name") if spec.name else None
    return {"identity_options": options, "identity_sequence": sequence}


def _expand_constraints(spec: ColumnSpec, table: DbObject, name: str, at: At) -> None:
    if spec.primary_key is not None and spec.primary_key.enabled:
        value = spec.primary_key.model_dump(exclude={"enabled", "name"}, exclude_defaults=True)
        at.child(
            "primary_key", table, spec.primary_key.name, {"columns": [name], **value}, "primary_key"
        )
    if spec.unique is not None and spec.unique.enabled:
        value = spec.unique.model_dump(exclude={"enabled", "name"}, exclude_defaults=True)
        at.child("unique", table, spec.unique.name, {"columns": [name], **value}, "unique")
    for check in spec.check:
        value = check.model_dump(exclude={"name"}, exclude_defaults=True)
        at.child("check", table, check.name, value, "check")
    if spec.references is not None:
        at.child(
            "foreign_key",
            table,
            spec.references.name,
            dict(_reference(spec, spec.references, name)),
            "references",
        )


def _reference(spec: ColumnSpec, inline: InlineReference, name: str) -> Iterator[tuple[str, Any]]:
    yield "columns", [name]
    target = inline.table
    if inline.columns:
        target += f"({', '.join(map(ident, inline.columns))})"
    yield "references", target
    for key in ("match", "on_delete", "on_update"):
        value = getattr(inline, key) or getattr(spec, key)
        if value:
            yield key, value
    for key in ("deferrable", "initially_deferred"):
        if getattr(inline, key) or getattr(spec, key):
            yield key, True
