"""What a plan makes that PostgreSQL lets nobody make but a superuser, or whom a provider lets.

Who that is no catalog says: providers of servers let roles of theirs do some of it. So the server
is asked to make something of the kind that it has to refuse in any case, and says for which reason:
the right comes first, what is wrong with the statement after. Nothing can come of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemadiff.catalog.trial import attempted, rolled_back
from schemadiff.core.change import Alter, Create
from schemadiff.core.sql import ident
from schemadiff.render.entries import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemadiff.catalog.connection import Connection
    from schemadiff.core.change import Change

_DENIED: Final = "42501"
_NONE: Final = "schemadiff_nothing"  # there is no such function, and no such type
_ATTEMPTS: Final = {
    "access_method": f"CREATE ACCESS METHOD {_NONE} TYPE INDEX HANDLER {_NONE}",
    "base_type": f"CREATE TYPE pg_temp.{_NONE} (INPUT = {_NONE}, OUTPUT = {_NONE})",
    "event_trigger": f"CREATE EVENT TRIGGER {_NONE} ON ddl_command_end EXECUTE FUNCTION {_NONE}()",
    "foreign_data_wrapper": f"CREATE FOREIGN DATA WRAPPER {_NONE} HANDLER {_NONE}",
    "language": f"CREATE LANGUAGE {_NONE} HANDLER {_NONE}",
    "operator_class": f"CREATE OPERATOR CLASS pg_temp.{_NONE} FOR TYPE {_NONE} USING btree"
    f" AS STORAGE {_NONE}",
    "text_search_parser": f"CREATE TEXT SEARCH PARSER pg_temp.{_NONE} (START = {_NONE},"
    f" GETTOKEN = {_NONE}, END = {_NONE}, LEXTYPES = {_NONE})",
    "text_search_template": f"CREATE TEXT SEARCH TEMPLATE pg_temp.{_NONE} (LEXIZE = {_NONE})",
}
_FUNCTION: Final = f"CREATE FUNCTION pg_temp.{_NONE}() RETURNS {_NONE} LANGUAGE %s AS ''"
_ALL_TABLES: Final = f"CREATE PUBLICATION {_NONE} FOR ALL TABLES WITH ({_NONE} = 1)"
_OF_LANGUAGE: Final = frozenset({"language", "leakproof"})
_SUPERUSER: Final = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
_LANGUAGES: Final = """
SELECT lanname::text FROM pg_catalog.pg_language
WHERE NOT (lanpltrusted AND pg_catalog.has_language_privilege(oid, 'USAGE'))"""


def denied(changes: Iterable[Change], connection: Connection) -> list[str]:
    """Name what the plan makes and whoever applies it may not; the session is in no transaction.

    Not asked where others' event triggers would see it.
    """
    said = [c for c in changes if isinstance(c, Create | Alter)]
    made = [c for c in said if isinstance(c, Create) or c.replace]
    routines = [c for c in said if isinstance(c, Create) or c.replace or c.changed & _OF_LANGUAGE]
    if not routines or connection.execute(_SUPERUSER.encode()).fetchone() != (False,):
        return []
    closed = {name for (name,) in connection.execute(_LANGUAGES.encode())}
    attempts = dict(_attempts(made)) | dict(_of_routines(routines, closed))
    if not attempts:
        return []
    with rolled_back(connection) as willing:
        tried = {sql: attempted(sql, connection) for sql in attempts.values()} if willing else {}
    refused = {sql for sql, state in tried.items() if state == _DENIED}
    return [f"to make {what}" for what, sql in attempts.items() if sql in refused]


def _attempts(made: Iterable[Create | Alter]) -> Iterator[tuple[str, str]]:
    for change in made:
        kind = change.identity.kind
        if sql := _ATTEMPTS.get(kind):
            yield str(change.identity), sql
        elif kind == "publication" and value_of(change.new, "all_tables"):
            yield f"{change.identity} of all tables", _ALL_TABLES


def _of_routines(routines: Iterable[Create | Alter], closed: set[str]) -> Iterator[tuple[str, str]]:
    for change in routines:
        new = change.new
        language = value_of(new, "language")
        if language in closed:
            yield f"{change.identity} in {language}", _FUNCTION % ident(language)
        elif language and value_of(new, "leakproof"):
            yield f"{change.identity} LEAKPROOF", _FUNCTION % f"{ident(language)} LEAKPROOF"
