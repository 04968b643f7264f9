"""Defaults of columns, a kind of their own as pg_attrdef is.

Apart from the column, a default can wait for the function it calls, even where that function
takes the table's row type.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, ObjectKind, Row, Style, YamlValue
from schemadiff.core.lexer import Kind, code
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified


@dataclass(frozen=True, slots=True)
class Default(DbObject):
    """The default expression of a column that is not generated; `of` says what the column is in."""

    expression: str
    of: str = field(default="table", compare=False)

    @property
    def parent(self) -> Identity:
        """The column, or the view, whose columns are no objects of their own."""
        path = self.identity.path
        return Identity("column", path) if self.of == "table" else Identity(self.of, path[:2])


class DefaultKind(ObjectKind):
    """ALTER COLUMN … SET DEFAULT."""

    name = "default"
    order = 62
    model = Default
    classid = "pg_attrdef"
    alters = frozenset({"expression"})
    texts = frozenset({"expression"})

    def catalog_sql(self, version: int) -> str:
        """Read all defaults of columns that are not generated."""
        del version
        return """
            SELECT d.oid, d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid)
            FROM pg_attrdef d
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            JOIN pg_class c ON c.oid = d.adrelid AND c.relkind IN ('r', 'p', 'v')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attgenerated = '' AND (a.attislocal OR c.relkind = 'v') AND {namespaces}"""

    def read(self, row: Row, names: Names) -> Default | None:
        """Make the default."""
        _, relation, number, expression = row
        if not names.ours("pg_class", relation):
            return None
        schema, table, relkind = names.relations[relation]
        path = (schema, table, names.columns[relation][number])
        of = "view" if relkind == "v" else "table"
        return Default(Identity("default", path), expression.strip(), of)

    def address(self, row: Row) -> Address:
        """pg_depend knows a default by the OID of pg_attrdef."""
        return ("pg_attrdef", row[0], 0)

    def expand(self, spec: str, at: At) -> Iterable[Default]:
        """Make the default of a column of the parent table or view."""
        assert at.parent is not None
        above = at.parent.identity
        yield Default(Identity("default", (*above.path, at.name or "")), spec, above.kind)

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the expression; the column takes it in."""
        del nested, style
        assert isinstance(obj, Default)
        return obj.expression

    def create(self, new: Default, context: Context) -> Iterable[Operation]:
        """SET DEFAULT, or part of the column's definition."""
        # After a bare DEFAULT the grammar takes less than an expression (`x IS NULL` is refused).
        table = Identity("table", new.identity.path[:2])
        text = f"({new.expression})" if context.raw else new.expression
        yield Operation(
            verb=Verb.CREATE,
            target=new.identity,
            sql=f"{_alter(new)} SET DEFAULT {text}",
            fold=Fold(
                Identity("column", new.identity.path),
                f" DEFAULT {text}",
                rank=5,
                rewrites=table in context.current and _may_be_volatile(new.expression),
            ),
        )

    def drop(self, old: Default, context: Context) -> Iterable[Operation]:
        """DROP DEFAULT, which goes with the column."""
        del context
        condition = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
            f"to_regclass({literal(qualified(*old.identity.path[:2]))}) "
            f"AND attname = {literal(old.identity.name)} AND atthasdef AND NOT attisdropped)"
        )
        yield Operation(
            verb=Verb.DROP,
            target=old.identity,
            sql=f"{_alter(old)} DROP DEFAULT",
            guard=Guard(condition),
            fold=Fold(old.parent, "", rank=5),
        )

    def alter(
        self, old: Default, new: Default, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """SET DEFAULT anew."""
        del old, changed, context
        yield Operation(
            verb=Verb.ALTER,
            target=new.identity,
            sql=f"{_alter(new)} SET DEFAULT {new.expression}",
        )

    def probe(self, obj: Default, relation: str) -> str | None:
        """Put the default on the temporary column; a view is asked in the shadow."""
        if obj.of != "table":
            return None
        return (
            f"ALTER TABLE {relation} ALTER COLUMN {ident(obj.identity.name)} "
            f"SET DEFAULT ({obj.expression})"
        )


def _alter(obj: Default) -> str:
    return (
        f"ALTER TABLE {qualified(*obj.identity.path[:2])} ALTER COLUMN {ident(obj.identity.name)}"
    )


# Calls that are evaluated once for all rows when a column is added (manual, ALTER TABLE, Notes).
_STABLE = frozenset(
    {"now", "transaction_timestamp", "statement_timestamp", "current_setting", "timezone"}
)


def _may_be_volatile(expression: str) -> bool:
    """Tell whether a default may give each row its own value; a call that is not known may."""
    found = code(expression)
    return any(
        after.text == "(" and token.kind in (Kind.IDENT, Kind.QUOTED) and token.value not in _STABLE
        for token, after in pairwise(found)
    )
