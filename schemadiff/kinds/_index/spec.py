"""What YAML may say about indexes, and about the keys of exclusion constraints as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from schemadiff.core.default_names import distinct_names, expression_name, index_name_addition
from schemadiff.core.expression import SEVERAL, UNCLOSED, UNOPENED, check_expression
from schemadiff.core.kind import At
from schemadiff.core.lexer import LexError
from schemadiff.core.spec_model import Flag, Integer, NamedSpec, OrOne, SpecModel, Sql, Text, Texts
from schemadiff.core.sql import qualified
from schemadiff.core.sqlname import parse_name
from schemadiff.kinds._clauses import parse_index
from schemadiff.kinds._constraint import bare
from schemadiff.kinds._index.column import IndexColumn, parse_index_column
from schemadiff.kinds._storage import storage_field


class KeySpec(SpecModel):
    """A key; the text of CREATE INDEX is the short form."""

    shorthands: ClassVar = ({"type": "string"},)

    text: Text | None = None
    """The key as CREATE INDEX writes it: `lower(name) desc`."""
    column: Text | None = None
    """The column."""
    expression: Sql | None = None
    """The expression, where it is no column."""
    collation: Text | None = None
    """The collation; absent is that of the column."""
    opclass: Text | None = None
    """The operator class; absent is the default of the type."""
    opclass_options: dict[Text, Text] = Field(default={})
    """Parameters of the operator class."""
    desc: Flag = False
    """Whether it is in descending order."""
    nulls: Text | None = None
    """`first` or `last`; absent is last, and first where descending."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept SQL's own form."""
        return {"text": value} if isinstance(value, str) else value


class IndexSpec(NamedSpec):
    """An index; its columns alone are the short form, or what CREATE INDEX says behind ON."""

    guesses: ClassVar = {
        "expression": "columns",
        "on": "columns",
        "method": "using",
        "predicate": "where",
        "type": "using",
    }
    shorthands: ClassVar = ({"type": "string"}, {"type": "array"})

    columns: Annotated[tuple[KeySpec, ...], OrOne()]
    """The keys, in their order: columns or expressions."""
    unique: Flag = False
    """Whether it is unique."""
    using: Text = "btree"
    """The access method."""
    include: Texts = ()
    """Columns that the index carries along."""
    where: Sql | None = None
    """The condition of the rows in a partial index."""
    nulls_not_distinct: Flag = False
    """Whether nulls are equal in a unique index (PostgreSQL 15)."""
    with_: dict[Text, Text] = storage_field()
    """Storage parameters, such as `fillfactor`."""
    tablespace: Text | None = None
    """The tablespace it lies in; absent is the database's own."""
    statistics: dict[Text, Integer] = Field(default={})
    """Statistics targets of expressions, by the number of the key: `{1: 1000}`."""
    depends_on_extensions: Texts = ()
    """Extensions that take it along when they are dropped: DEPENDS ON EXTENSION."""

    @classmethod
    def short_forms(cls, properties: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        """One column as text, or all of them as a list."""
        return ({"type": "string"}, properties["columns"]["anyOf"][1])

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the columns alone, and SQL's words that begin with UNIQUE or USING."""
        if isinstance(value, str) and (said := parse_index(value)) is not None:
            return said
        return {"columns": value} if isinstance(value, str | list | tuple) else value


def to_column(spec: KeySpec, at: At, position: int) -> IndexColumn | None:
    """Make a key, or report why it is none."""
    place = ("columns", position)
    if spec.text is not None:
        return parse_key(spec.text, at, *place)
    if (spec.column is None) == (spec.expression is None):
        hint = "{column: name, desc: true} or {expression: lower(name)}"
        at.fail("SD056", "a key is either a column or an expression", hint, *place)
        return None
    if spec.nulls not in (None, "first", "last"):
        at.fail("SD056", f"nulls {spec.nulls!r} is not known", "nulls: first or last", *place)
        return None
    try:
        opclass = qualified(*parse_name(spec.opclass)) if spec.opclass else None
    except (LexError, ValueError) as error:
        hint = "write name or schema.name"
        at.fail("SD056", f"opclass {spec.opclass!r} is not a name: {error}", hint, *place)
        return None
    text = spec.column
    if text is None:
        text = bare(at.expression(spec.expression or "", *place))
    return IndexColumn(
        text,
        spec.column is None,
        at.collation(spec.collation, *place) if spec.collation else None,
        opclass,
        tuple(spec.opclass_options.items()),
        spec.desc,
        spec.desc if spec.nulls is None else spec.nulls == "first",
    )


def parse_key(text: str, at: At, *place: str | int) -> IndexColumn | None:
    """Read a key in SQL's own form, or report why it is none."""
    reason = check_expression(text)
    if reason is None:
        try:
            column = parse_index_column(text)
        except (LexError, ValueError) as error:
            reason = str(error)
        else:
            if column.collation is None:
                return column
            return column._replace(collation=at.collation(column.collation, *place))
    hint = "write it as CREATE INDEX does: lower(name) desc, (a + b), email text_pattern_ops"
    if reason == SEVERAL:
        hint = "several keys are a list: [a, b]"
    elif reason.startswith((UNCLOSED, UNOPENED)):  # YAML has parted it at its comma
        hint = "within [ ] a key with a comma is put in quotes: [\"date_trunc('day', at)\"]"
    at.fail("SD056", f"{text!r} is not a key of an index: {reason}", hint, *place)
    return None


def index_name(
    table: str, columns: tuple[IndexColumn, ...], include: tuple[str, ...], label: str, at: At
) -> str:
    """Choose the name of an index as PostgreSQL does; that of a constraint is one among those."""
    spaces = ("relation",) if label == "idx" else ("relation", "constraint")
    return at.choose(table, default_addition(columns, include), label, *spaces)


def default_addition(columns: tuple[IndexColumn, ...], include: tuple[str, ...]) -> str:
    """Give what stands between the table's name and the label in the name of an index."""
    keys = [expression_name(c.text) if c.is_expression else c.text for c in columns]
    return index_name_addition(distinct_names((*keys, *include)))
