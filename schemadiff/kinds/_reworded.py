"""An expression in which a column is called by another name for a while.

The texts are the server's own (pg_get_indexdef, pg_get_expr), which name a column by one word.
The surprising fact: the same word may be a function, a type, a field or a part of a keyword's
syntax there, so only what stands where no such thing can is changed, and the server is asked
whether both texts mean the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemadiff.core.lexer import Kind, Token, code
from schemadiff.core.record import record
from schemadiff.core.sql import ident, literal
from schemadiff.core.succession import Successors

_NAMES = (Kind.IDENT, Kind.QUOTED)
_BEFORE = frozenset("( [ , and or not when then else case from".split())
_BEHIND = frozenset(") ] , :: [ and or when then else end is in like between at collate".split())


def speaks_of(expression: str | None, table: tuple[str, ...], names: Successors) -> bool:
    """Tell whether an expression may name one of the columns."""
    said = {token.value for token in code(expression or "") if token.kind in _NAMES}
    return any(i.path[:2] == table and i.name in said for i in names)


def reworded(expression: str | None, table: tuple[str, ...], names: Successors) -> str | None:
    """Call the columns by their other names; None where a word may be something else."""
    if expression is None:
        return None
    called = {i.name: name for i, name in names.items() if i.path[:2] == table}
    found = code(expression)
    text, end = "", 0
    around = zip([None, *found], found, [*found[1:], None], strict=False)
    for before, token, behind in around:
        if token.kind not in _NAMES or token.value not in called:
            continue
        if not (_stands(before, _BEFORE) and _stands(behind, _BEHIND)):
            return None
        text += expression[end : token.start] + ident(called[token.value])
        end = token.end
    return text + expression[end:]


def _stands(token: Token | None, words: frozenset[str]) -> bool:
    """Tell whether a column may stand beside a token, and nothing else of its name."""
    if token is None or token.kind is Kind.OPERATOR:
        return token is None or token.text != "=>"
    return token.kind is not Kind.QUOTED and token.value in words


@record(frozen=True, slots=True)
class Put:
    """How a definition is put on the copy of a table (`%s`), said again, and taken away."""

    made: str
    said: str
    gone: str


INDEX = Put(
    "CREATE INDEX schemadiff_said ON pg_temp.schemadiff_copy %s;",
    "pg_catalog.pg_get_indexdef('pg_temp.schemadiff_said'::regclass)",
    "DROP INDEX pg_temp.schemadiff_said;",
)
STATISTICS = Put(
    "CREATE STATISTICS pg_temp.schemadiff_said ON %s FROM pg_temp.schemadiff_copy;",
    "(SELECT pg_catalog.pg_get_statisticsobjdef_expressions(oid)::text"
    " FROM pg_catalog.pg_statistic_ext WHERE stxrelid = 'pg_temp.schemadiff_copy'::regclass)",
    "DROP STATISTICS pg_temp.schemadiff_said;",
)


def alike(
    table: str,
    columns: Sequence[tuple[str, str]],
    twins: tuple[str, str],
    name: str,
    put: Put = INDEX,
) -> str:
    """Write the block that fails where two definitions differ in meaning.

    One is put on a copy of the table as it is, the other on a copy in which the new columns are
    called like the old ones, and get their own names again.
    """
    alter = "ALTER TABLE pg_temp.schemadiff_copy"
    steps = [f"{alter} DROP COLUMN {ident(old)};" for old, _ in columns]
    steps += [f"{alter} RENAME COLUMN {new} TO {ident(old)};" for old, new in columns]
    steps.append(put.made % twins[1])
    steps += [f"{alter} RENAME COLUMN {ident(old)} TO {new};" for old, new in columns]
    return _ALIKE % {
        "table": table,
        "first": put.made % twins[0],
        "said": put.said,
        "gone": put.gone,
        "then": "\n        ".join(steps),
        "name": literal(name),
    }


_ALIKE = """
DECLARE
    one text;
    other text;
BEGIN
    BEGIN
        CREATE TEMPORARY TABLE schemadiff_copy (LIKE %(table)s);
        %(first)s
        one := %(said)s;
        %(gone)s
        %(then)s
        other := %(said)s;
        RAISE EXCEPTION USING errcode = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
        NULL;
    END;
    IF one IS DISTINCT FROM other THEN
        RAISE EXCEPTION 'schemadiff: %% does not mean the same on the new column', %(name)s
            USING HINT = 'plan it with --offline';
    END IF;
END
"""
