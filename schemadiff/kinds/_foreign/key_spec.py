"""What YAML may say about a foreign key."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from schemadiff.core.lexer import LexError
from schemadiff.core.spec_model import Flag, NamedSpec, SpecModel, Text, Texts
from schemadiff.core.sql import qualified
from schemadiff.core.sqlname import parse_name_and_columns
from schemadiff.kinds._clauses import parse_foreign_key


class Target(SpecModel):
    """What a foreign key refers to; `table(column)` is the short form."""

    guesses: ClassVar = {"column": "columns"} | {
        key: f"{key} beside references"
        for key in ("deferrable", "initially_deferred", "match", "name", "on_delete", "on_update")
    }
    shorthands: ClassVar = ({"type": "string"},)

    table: Text
    """The table."""
    columns: Texts = ()
    """The columns; absent is the primary key."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept `table`, `schema.table` and `table(column, column)`."""
        if not isinstance(value, str):
            return value
        try:
            parts, columns = parse_name_and_columns(value)
        except (LexError, ValueError) as error:
            raise ValueError(f"{error}, write table(column)") from error
        return {"table": qualified(*parts), "columns": columns}


def _lower(value: object) -> object:
    return " ".join(value.lower().split()) if isinstance(value, str) else value


class ForeignKeySpec(NamedSpec):
    """A foreign key; `(a, b) references t (c, d) on delete cascade` is the short form."""

    guesses: ClassVar = {"column": "columns"} | dict.fromkeys(
        ("ref_table", "ref_columns", "referenced_table", "referenced_columns", "table", "target"),
        "references: table(column)",
    )
    shorthands: ClassVar = ({"type": "string"},)

    columns: Texts
    """The columns, in their order."""
    references: Target
    """What they refer to: `table(column, …)`."""
    on_delete: Text = "no action"
    """`no action`, `restrict`, `cascade`, `set null [(a, …)]` or `set default [(a, …)]`."""
    on_update: Text = "no action"
    """As `on_delete` but without columns, where the key changes."""
    match: Annotated[Text, BeforeValidator(_lower)] = "simple"
    """`simple` or `full`."""
    deferrable: Flag = False
    """Whether the check may wait until the end of the transaction."""
    initially_deferred: Flag = False
    """Whether it waits unless SET CONSTRAINTS says otherwise."""
    not_valid: Flag = False
    """Whether the rows of before were never checked."""
    not_enforced: Flag = False
    """Whether nothing is checked at all (PostgreSQL 18)."""
    period: Flag = False
    """Whether the last column is a PERIOD, a range (PostgreSQL 18)."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept SQL's own words."""
        return parse_foreign_key(value) if isinstance(value, str) else value
