"""Check the bodies of functions once everything they name is there.

While statements are put in order `check_function_bodies` is off. What PostgreSQL would have done
at CREATE FUNCTION is done here before a commit: the validator of the language is called (manual,
CREATE LANGUAGE) for each function that the transaction wrote. The surprising fact: the search
path decides whether a body is right. It is the function's own where it sets one. Else nobody knows
yet who will call it: the function's schema and the session's default path are tried, that path by
itself, as CREATE FUNCTION would, and last all schemas. What is right on the last alone rests on
its caller, which is worth a warning; what is right on none is wrong.

Where the role, the database or PGOPTIONS says `check_function_bodies = off`, CREATE FUNCTION would
look at none, and none is looked at here: a dump makes functions that way whose tables are gone.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from schemadiff.apply.failure import CANNOT_LOCK, lost, server_words
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.record import record, replace
from schemadiff.core.sql import ident, qualified

if TYPE_CHECKING:
    from psycopg import Connection, Error

# What a body's check rests on; a rename or a grant writes the row anew and changes none of it.
_CONTENT = """pg_catalog.md5(pg_catalog.concat_ws('/', p.prosrc, p.prorettype, p.proargtypes,
    p.proallargtypes, p.proargnames, p.proargmodes, p.proconfig, p.prolang))"""
_BEFORE = f"SELECT p.oid, {_CONTENT} FROM pg_catalog.pg_proc AS p WHERE p.oid >= 16384"
# A body in SQL-standard form was parsed at CREATE FUNCTION, and 12 and 13 (internal, C) as well.
_WRITTEN = f"""
SELECT p.oid, {_CONTENT}, p.oid::regprocedure::text, n.nspname, vn.nspname, v.proname,
  (SELECT pg_catalog.substr(s, 13) FROM pg_catalog.unnest(p.proconfig) AS s
   WHERE s LIKE 'search\\_path=%%')
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
JOIN pg_catalog.pg_proc AS v ON v.oid = l.lanvalidator
JOIN pg_catalog.pg_namespace AS vn ON vn.oid = v.pronamespace
WHERE p.oid >= 16384 AND p.prosqlbody IS NULL AND l.oid NOT IN (12, 13)
  AND (p.xmin = pg_catalog.pg_current_xact_id_if_assigned()::xid OR p.oid = ANY (%s))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                  WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
                    AND d.deptype = 'e')"""
_SCHEMAS = """
SELECT n.nspname FROM pg_catalog.pg_namespace AS n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY n.nspname"""
# What the session began with, whatever it has been set to since.
_BEGUN = "SELECT reset_val FROM pg_catalog.pg_settings WHERE name = %s"
_SYNTAX, _CANCELED = "42601", "57014"


@record(frozen=True, slots=True)
class Body:
    """A function whose body is to be checked, by which validator, on which path."""

    oid: int
    name: str
    validator: str
    path: str
    own_path: bool = False


class Bodies:
    """The functions of a database before an apply, and those still to be checked."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._before: dict[int, str] = dict(connection.execute(_BEFORE).fetchall())
        self._pending: frozenset[int] = frozenset()
        [path], [asked] = (
            connection.execute(_BEGUN, [name]).fetchone() or ("",)
            for name in ("search_path", "check_function_bodies")
        )
        self._path = str(path or "")
        self._asked = asked != "off"
        self._schemas = ""

    def check(
        self, connection: Connection[Any], *, final: bool
    ) -> tuple[list[Diagnostic], frozenset[int]]:
        """Check what the open transaction wrote; `final` where no transaction follows.

        Gives the findings, among them warnings, and the functions to look at again after the next
        transaction since they name what is not there yet.
        """
        written = self._written(connection) if self._asked else []
        failed: list[tuple[Body, Error]] = []
        key = attrgetter("path", "validator")
        connection.execute("SET LOCAL check_function_bodies = on")
        for _, group in groupby(sorted(written, key=key), key=key):
            failed += self._validate(connection, list(group))
        later = frozenset(b.oid for b, e in failed if not final and _may_follow(e))
        found = (self._judged(connection, b, e) for b, e in failed if b.oid not in later)
        return [f for f in found if f is not None], later

    def _judged(self, connection: Connection[Any], body: Body, error: Error) -> Diagnostic | None:
        """Look at a body on the other paths that its caller may have."""
        if body.own_path or not _may_follow(error):
            return _finding(body, error)
        if _call(connection, [replace(body, path=self._path)]) is None:
            return None
        if not self._schemas:
            rows = connection.execute(_SCHEMAS).fetchall()
            self._schemas = ", ".join(ident(str(name)) for (name,) in rows)
        everywhere = ", ".join(filter(None, [body.path, self._schemas]))
        if _call(connection, [replace(body, path=everywhere)]) is None:
            return _doubt(body, error)
        return _finding(body, error)

    def committed(self, pending: frozenset[int]) -> None:
        """Keep what `check` left for later, now that its transaction is committed."""
        self._pending = pending

    def _written(self, connection: Connection[Any]) -> list[Body]:
        found = []
        rows = connection.execute(_WRITTEN, [list(self._pending)])
        for oid, content, name, schema, validator_schema, validator, own in rows:
            if oid not in self._pending and self._before.get(oid) == content:
                continue
            path = own if own is not None else ", ".join(filter(None, [ident(schema), self._path]))
            validate = qualified(validator_schema, validator)
            found.append(Body(oid, name, validate, path, own is not None))
        return found

    def _validate(
        self, connection: Connection[Any], bodies: list[Body]
    ) -> list[tuple[Body, Error]]:
        """Check functions of one validator and path: all at once, then the halves of bad ones."""
        error = _call(connection, bodies)
        if error is None:
            return []
        if len(bodies) == 1:
            return [(bodies[0], error)]
        middle = len(bodies) // 2
        left, right = bodies[:middle], bodies[middle:]
        return self._validate(connection, left) + self._validate(connection, right)


def _call(connection: Connection[Any], bodies: list[Body]) -> Error | None:
    import psycopg
    from psycopg.sql import SQL

    query = SQL(f"SELECT {bodies[0].validator}(b.oid) FROM pg_catalog.unnest(%s::oid[]) AS b (oid)")
    try:
        with connection.transaction():
            connection.execute(
                "SELECT pg_catalog.set_config('search_path', %s, true)", [bodies[0].path]
            )
            connection.execute(query, [[b.oid for b in bodies]])
    except psycopg.Error as error:
        # A lock, a timeout, a lost session: nothing that the body is to blame for.
        if lost(error) or error.sqlstate in CANNOT_LOCK or error.sqlstate == _CANCELED:
            raise
        return error
    return None


def _may_follow(error: Error) -> bool:
    """Tell whether a later transaction may bring what the body names (class 42, appendix A)."""
    state = error.sqlstate or ""
    return state.startswith(("42", "3F")) and state != _SYNTAX


def _doubt(body: Body, error: Error) -> Diagnostic:
    return Diagnostic(
        code="SD511",
        message=f"the body of {body.name} is right only with a search_path that its caller sets: "
        f"{server_words(error, '')[0].strip()}",
        hint="write names with their schema, or give the function a search_path of its own",
        severity=Severity.WARNING,
    )


def _finding(body: Body, error: Error) -> Diagnostic:
    first = f"the body of {body.name} is wrong (checked with search_path {body.path or '(empty)'})"
    hint = ""
    if _may_follow(error):
        hint = (
            "write names with their schema, or give the function a search_path of its own; where "
            "what it names is gone for good, PGOPTIONS='-c check_function_bodies=off' has it made "
            "as it is, as pg_restore does"
        )
    message = "\n  ".join([first, *server_words(error, "")])
    return Diagnostic(code="SD510", message=message, hint=hint)
