"""What views and materialized views share: their query as text, and how guards ask for it.

The server prints a query with a leading space and a semicolon; both are taken off here and in
the guards alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from schemadiff.core.identity import Identity
from schemadiff.core.kind import At, Context, YamlValue
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.printed import printed
from schemadiff.core.spec_model import GrantedSpec, Sql, Text, Texts
from schemadiff.core.sql import comma, ident, literal, qualified

_RELATIONS = ("table", "view", "materialized_view", "foreign_table", "sequence", "index")

ViewColumn = tuple[str, str, str]  # name, type, collation


class QuerySpec(GrantedSpec):
    """What both kinds of view may say; the query alone is the short form."""

    guesses: ClassVar = dict.fromkeys(("sql", "select", "as", "definition", "body"), "query")
    query: Sql | None = None
    """The query."""
    query_file: Text | None = None
    """A file beside this one that holds the query."""
    columns: Texts = ()
    """Names of the columns, where the query does not give them."""
    column_comments: dict[Text, Text] = {}  # noqa: RUF012  pydantic copies it
    """Comments on columns: `{name: text}`."""

    @classmethod
    def shorthand(cls, value: object) -> object:
        """Accept the query."""
        return {"query": value} if isinstance(value, str) else value


def query_of(spec: QuerySpec, at: At) -> str | None:
    """Give the checked query of a spec; None where something was reported."""
    if (spec.query is None) == (spec.query_file is None):
        if spec.query is None:
            message, hint = "needs a query", "query: select …, or query_file: name.sql"
        else:
            message, hint = "has query and query_file", "keep one of them"
        at.fail("SD096", f"{at.name} {message}", hint)
        return None
    if spec.query_file is not None:
        return at.query(at.body(spec.query_file, "query_file"), "query_file")
    return at.query(spec.query or "", "query")


def sections_yaml(nested: dict[str, dict[str, YamlValue]]) -> dict[str, YamlValue]:
    """Give what nests in a view; what its columns have stands by column."""
    keys = {"comment": "column_comments", "default": "defaults"}
    sections: dict[str, YamlValue] = {keys.get(k, k): v for k, v in nested.items()}
    for mark in nested.get("cluster_on", {}).values():
        sections["cluster_on"] = mark
    return sections


def column_list(columns: tuple[str, ...]) -> str | None:
    """Write given names of columns; the server keeps them inside of the query."""
    return comma(map(ident, columns)) if columns else None


def canonical(text: str | None) -> str:
    """Take off what `pg_get_viewdef` puts around a query."""
    return printed(text).strip(" ;")


def columns_sql(relkind: str) -> str:
    """Join the columns of each relation `c` of that kind, as `a.columns`."""
    return f"""LEFT JOIN (
                SELECT attrelid, array_agg(ARRAY[attname::text, format_type(atttypid, atttypmod),
                                                 attcollation::regcollation::text]
                                           ORDER BY attnum) AS columns
                FROM pg_attribute
                JOIN pg_class vc ON vc.oid = attrelid AND vc.relkind = {literal(relkind)}
                JOIN pg_namespace n ON n.oid = vc.relnamespace AND {{namespaces}}
                WHERE attnum > 0 AND NOT attisdropped
                GROUP BY attrelid
            ) a ON a.attrelid = c.oid"""


def read_columns(found: list[list[str]] | None) -> tuple[ViewColumn, ...]:
    """Give the columns that the server made of a query."""
    return tuple((c[0], c[1], c[2]) for c in found or ())


def is_relation(name: str, relkind: str, condition: str = "") -> str:
    """Give the condition that a relation of that kind exists."""
    return (
        f"EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass({literal(name)}) "
        f"AND relkind = {literal(relkind)}{condition})"
    )


def query_differs(name: str, relkind: str, query: str) -> str:
    """Give the condition that the relation exists and its query is another one."""
    # VALUES is printed with a space once and without it when that text is read again.
    text = literal(query.replace("( VALUES", "(VALUES"))
    printed = "replace(btrim(pg_catalog.pg_get_viewdef(oid), ' ;'), '( VALUES', '(VALUES')"
    condition = f" AND {printed} <> {text}"
    return is_relation(name, relkind, condition)


def columns_differ(columns: Iterable[ViewColumn]) -> str:
    """Give the condition that a relation's columns are of other types or collations."""
    types = comma(literal(f"{type_} {collation}") for _, type_, collation in columns)
    return (
        "ARRAY(SELECT pg_catalog.format_type(atttypid, atttypmod) || ' ' ||"
        " attcollation::regcollation::text FROM pg_catalog.pg_attribute"
        " WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)"
        f" <> ARRAY[{types}]::text[]"
    )


def gone(identity: Identity, relkind: str, context: Context) -> Guard | None:
    """Guard a drop where the name goes to another sort of relation: IF EXISTS would fail on it."""
    others = (Identity(k, identity.path) for k in _RELATIONS if k != identity.kind)
    if any(other in context.desired for other in others):
        return Guard(is_relation(identity.sql, relkind))
    return None


def moves(words: str, old: DbObject, new: DbObject, relkind: str) -> Iterable[Operation]:
    """SET SCHEMA, RENAME TO."""
    schema, name = old.identity.path
    target = new.identity
    steps = []
    if schema != target.schema:
        steps.append((qualified(schema, name), f"SET SCHEMA {ident(target.schema)}"))
    if name != target.name:
        steps.append((qualified(target.schema, name), f"RENAME TO {ident(target.name)}"))
    for before, action in steps:
        yield Operation(
            verb=Verb.RENAME,
            target=target,
            sql=f"ALTER {words} {before} {action}",
            guard=Guard(is_relation(before, relkind)),
        )
