"""What becomes of values under another type: the server is asked.

Which stay byte for byte what they are, and which cannot be converted at all. The surprising facts:
a domain with a constraint, or with a limit of its own, has its rows written anew although nothing
in them changes (manual, ALTER TABLE, Notes); and a cast that does not exist is an error of reading
a statement, not of a value, so a query without rows tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

from schemadiff.catalog.session import reading
from schemadiff.core.sizes import Pair

if TYPE_CHECKING:
    from psycopg import Connection

_SQL = """
WITH RECURSIVE asked AS (
    SELECT w.old, w.new, to_regtype(w.old)::oid AS a, to_regtype(w.new)::oid AS b
    FROM unnest(%s::text[], %s::text[]) AS w (old, new)
), below (type, base, checked, limits) AS (
    SELECT t.oid, t.oid, false, ARRAY[]::text[] FROM pg_type t
    WHERE t.oid IN (SELECT a FROM asked UNION SELECT b FROM asked)
    UNION ALL
    SELECT d.type, t.typbasetype,
           d.checked OR t.typnotnull
           OR EXISTS (SELECT 1 FROM pg_constraint c WHERE c.contypid = t.oid),
           d.limits || CASE WHEN t.typtypmod <> -1
                            THEN ARRAY[format_type(t.typbasetype, t.typtypmod)] END
    FROM below d JOIN pg_type t ON t.oid = d.base AND t.typtype = 'd'
)
SELECT w.old, w.new, a.base = b.base, b.checked, b.limits <> '{}'
FROM asked w
JOIN below a ON a.type = w.a JOIN pg_type ta ON ta.oid = a.base AND ta.typtype <> 'd'
JOIN below b ON b.type = w.b JOIN pg_type tb ON tb.oid = b.base AND tb.typtype <> 'd'
WHERE b.limits <@ (a.limits || w.old) AND format_type(w.b, NULL) = w.new
  AND (a.base = b.base OR EXISTS (
      SELECT 1 FROM pg_cast c
      WHERE c.castsource = a.base AND c.casttarget = b.base AND c.castmethod = 'b'))"""


Begin = Callable[["Connection[Any]"], AbstractContextManager[Any]]


class Alike(NamedTuple):
    """Types whose values stay what they are, and whether their order does.

    Those of `refusing` are domains with rules, which may refuse one, or, where it is false, with a
    limit that the values have already: all are written anew.
    """

    plain: Mapping[Pair, bool] = {}
    refusing: Mapping[Pair, bool] = {}


def read_alike(connection: Connection[Any], types: Collection[Pair]) -> Alike:
    """Tell of pairs of types which keep every value.

    The connection is in a transaction with an empty search_path. A type that is not there yet is
    one of which nothing is known.
    """
    import psycopg

    pairs = sorted(types)
    names = [[old for old, _ in pairs], [new for _, new in pairs]]
    try:
        with connection.transaction():
            rows = connection.execute(_SQL.encode(), names).fetchall()
    except psycopg.ProgrammingError:
        return Alike()  # a name that cannot be read yet
    plain = {(o, n): bool(s) for o, n, s, checked, limited in rows if not (checked or limited)}
    refusing = {(o, n): bool(checked) for o, n, _, checked, limited in rows if checked or limited}
    return Alike(plain, refusing)


def read_apart(
    connection: Connection[Any], types: Collection[Pair], begun: Begin = reading
) -> frozenset[Pair]:
    """Tell which pairs of types have no conversion at all.

    The connection is in no transaction, or `begun` knows how to go on in one. Of a type that is not
    there yet nothing is known.
    """
    return frozenset(
        (old, new)
        for old, new in sorted(types)
        if refused(connection, f"SELECT NULL::{old}::{new} LIMIT 0", begun=begun)
    )


_NO_CAST = ("42846", "42883")  # nor operator
NO_COLUMN = ("42703",)


def refused(
    connection: Connection[Any],
    query: str,
    states: Container[str] = _NO_CAST,
    *,
    begun: Begin = reading,
) -> str:
    """Give what the server says of what it has no cast or operator for; types may be new."""
    import psycopg

    with begun(connection):
        try:
            connection.execute(query.encode())
        except (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError) as error:
            if error.sqlstate in states:
                return error.diag.message_primary or str(error)
            # Else a type that the plan makes, or one that this role cannot name.
    return ""
