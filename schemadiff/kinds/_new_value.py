"""The value that a new column has in the rows that are there: who gives it, and who asks for it.

The surprising fact: ADD COLUMN asks a domain even for NULL, so it writes every row anew where one
has a check or NOT NULL (manual, ALTER TABLE, Notes), but not for an array or a row of such values.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import Kind, LexError, code
from schemadiff.core.operation import ScanFor
from schemadiff.core.sqlname import parse_name

# Whether a type is a domain that asks something, or is over one: of those of extensions too.
CHECKED_SQL = """t.typtype = 'd' AND t.oid = ANY (ARRAY(
               WITH RECURSIVE checked AS (
                   SELECT d.oid FROM pg_type d
                   WHERE d.typtype = 'd' AND (d.typnotnull OR EXISTS (
                       SELECT FROM pg_constraint k WHERE k.contypid = d.oid))
                   UNION
                   SELECT d.oid FROM checked JOIN pg_type d ON d.typbasetype = checked.oid
                   WHERE d.typtype = 'd')
               SELECT oid FROM checked))"""
# Calls that are evaluated once for all rows when a column is added (manual, ALTER TABLE, Notes).
_STABLE = frozenset(
    {"now", "transaction_timestamp", "statement_timestamp", "current_setting", "timezone"}
)


def may_be_volatile(expression: str) -> bool:
    """Tell whether a default may give each row its own value; a call that is not known may."""
    found = code(expression)
    return any(
        after.text == "(" and token.kind in (Kind.IDENT, Kind.QUOTED) and token.value not in _STABLE
        for token, after in pairwise(found)
    )


def domains(type_: str, catalog: Catalog) -> Iterator[Any]:
    """Give the domain that a type is, and those below it; none for any other type."""
    seen = set[Identity]()
    while (identity := _named(type_)) is not None and identity not in seen:
        domain: Any = catalog.get(identity)
        if domain is None:
            return
        seen.add(identity)
        yield domain
        type_ = domain.type


def _named(type_: str) -> Identity | None:
    try:
        return Identity("domain", parse_name(type_))
    except (ValueError, LexError):
        return None


def refused_by(type_: str, value: str, catalog: Catalog) -> str:
    """Give the condition "a domain refuses a value" of the type below; empty where none is known.

    VALUE is read as the name of a column where no domain is around.
    """
    rules, base = list[str](), ""
    for domain in domains(type_, catalog):
        base = domain.type
        rules += ["value IS NOT DISTINCT FROM NULL"] if domain.not_null else []
        checks: Iterator[Any] = (
            catalog.objects[i] for i in catalog.children.get(domain.identity, ())
        )
        rules += [f"NOT ({c.expression})" for c in checks if c.identity.kind == "domain_check"]
    where = " OR ".join(rules)
    if not rules:
        return ""
    return f"EXISTS (SELECT FROM (SELECT ({value})::{base} AS value) AS v WHERE {where})"


def is_checked(column: Any, context: Context) -> bool:
    """Tell whether a domain is asked about every row, even where that has no value."""
    return column.type_checked or any(
        domain.not_null
        or any(i.kind == "domain_check" for i in context.desired.children.get(domain.identity, ()))
        for domain in domains(column.type, context.desired)
    )


def takes_no_null(column: Any, context: Context) -> bool:
    """Tell whether a column, or a domain below it, is NOT NULL."""
    return column.not_null or any(d.not_null for d in domains(column.type, context.desired))


def default_of(column: Any, context: Context) -> str | None:
    """Give the value that a new row has, where nobody gives it one: the column's or the domain's.

    A domain has that of the one below it already.
    """
    own: Any = context.desired.get(Identity("default", column.identity.path))
    if own is not None:
        return str(own.expression)
    domain = next(domains(column.type, context.desired), None)
    return domain.default if domain is not None else None


def domain_fills(column: Any, context: Context) -> str:
    """Say it where each row gets its own value from the domain; empty where it does not."""
    if Identity("default", column.identity.path) in context.desired:
        return ""
    value = default_of(column, context)
    return "each row gets its own value from the domain" if value and may_be_volatile(value) else ""


def plain_keys(obj: Any) -> list[str]:
    """Name the columns in the key of an index or a constraint, but for those in expressions."""
    return [getattr(c, "text", c) for c in obj.columns if not getattr(c, "is_expression", False)]


def scan_of_key(obj: Any, context: Context) -> ScanFor:
    """Say for what an index is built that lets no two rows be the same.

    Rows with a NULL in the key are never the same, unless it says so, and a new column has nothing
    else until somebody writes to it.
    """
    there = obj.parent in context.current and not getattr(obj, "nulls_not_distinct", False)
    for name in plain_keys(obj) if there else ():
        column: Any = context.desired.get(Identity("column", (*obj.parent.path, name)))
        new = column is not None and column.identity not in context.current
        filled = new and (column.generated or column.identity_options)
        if new and not filled and default_of(column, context) is None:
            return ScanFor.INDEX
    return ScanFor.UNIQUE
