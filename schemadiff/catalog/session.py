"""Connections to a live server: opened, named, and held still while a catalog is read.

The surprising fact: no message may be passed on as it is. What libpq says about a connection
string that it cannot read quotes pieces of it, and a password with an unescaped `@` ends up in
the name of the host.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from schemadiff.catalog.retry import CONFLICT, GONE, sqlstate_of
from schemadiff.catalog.settings import STEADY
from schemadiff.catalog.waited import WAITED, holder
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError, InspectError
from schemadiff.core.printed import WHILE_DROPPED

if TYPE_CHECKING:
    from psycopg import Connection

OLDEST = 140000  # the first version whose catalogs the queries know
CONNECT_TIMEOUT = 10  # seconds, where neither the URL nor PGCONNECT_TIMEOUT says otherwise
HIDDEN = "***"

_SECRETS = ("password", "sslpassword", "oauth_client_secret")
_KEYS = r"password|passwd|sslpassword|oauth_client_secret"
_PATTERNS = (
    # Up to the last @, since a password may hold one that was not escaped.
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://?[^:/@?#\s]*):\S*@", re.IGNORECASE), rf"\1:{HIDDEN}@"),
    (re.compile(rf"([?&](?:{_KEYS})=)[^&\s]*", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(
            rf"((?<![?&\w])(?:{_KEYS})\s*=\s*)(?:'(?:[^'\\]|\\.)*(?:'|\Z)|\S+)",
            re.IGNORECASE | re.DOTALL,
        ),
        rf"\1{HIDDEN}",
    ),
)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ESCAPES = "in a URL's password write @ as %40, / as %2F, : as %3A and % as %25"
_HINTS = (
    ("no password supplied", "put the password into PGPASSWORD or ~/.pgpass, or into the URL"),
    ("authentication failed", "check the user and the password (URL, PGPASSWORD, ~/.pgpass)"),
    ("no pg_hba.conf entry", "the server lets nobody in from here: see its pg_hba.conf"),
    ("does not exist", "check the name, or create it first: createdb NAME, createuser NAME"),
    ("too many", "the server takes no more connections now; try again later"),
    ("starting up", "the server is starting; try again in a moment"),
    ("failed to resolve", "check the name of the host in the URL"),
    ("could not translate host", "check the name of the host in the URL"),
    ("timeout", "the host does not answer: check its name, the port and the firewall"),
    ("timed out", "the host does not answer: check its name, the port and the firewall"),
    ("refused", "no server listens there: check that it runs, and the host and port"),
    ("no such file", "no server listens on this socket: check that it runs, or name a host"),
)

# A sort of catalog rows fits into memory; starting workers takes longer than they save.
_READING = {"max_parallel_workers_per_gather": "0", "work_mem": "32MB"}
# The limits of a role are those of its applications: as pg_dump, a reading takes its time. Since
# which version, where not all have it.
_LIMITS = {
    "statement_timeout": 0,
    "idle_in_transaction_session_timeout": 0,
    "transaction_timeout": 170000,
}
_PATIENCE = "10s"  # for a lock; whoever wants one of those that the reading has waits as well
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_AWAKE = """
SELECT pg_catalog.set_config('idle_session_timeout', '0', false)
WHERE pg_catalog.current_setting('idle_session_timeout') <> '0'"""


def redact(text: str) -> str:
    """Give a URL, a keyword string or a message without the passwords in it."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def shown_url(url: str) -> str:
    """Give a URL as it may be shown: nothing of one that cannot be read."""
    try:
        _parameters(url)
    except ConnectError:
        return "(unreadable)"
    return redact(url)


def parameters_of(connection: Connection[Any]) -> dict[str, str]:
    """Say how a connection was made, as another one to the same server needs it; no password.

    psycopg leaves out what libpq does by itself, such as port 5432. Where a variable of the
    environment (PGPORT) says otherwise, that has to be said.
    """
    from psycopg import pq

    stated = {
        option.keyword
        for option in pq.Conninfo.get_defaults()
        if option.envvar and option.envvar.decode() in os.environ
    }
    own = {
        option.keyword.decode(): option.val.decode()
        for option in connection.pgconn.info
        if option.val is not None and option.keyword in stated - {b"password"}
    }
    return connection.info.get_parameters() | own


def load_driver() -> None:
    """Load what connecting needs, and nothing else."""
    import psycopg  # noqa: F401  is wanted loaded, not used


def connect(
    url: str, *, application_name: str = "schemadiff", autocommit: bool = True
) -> Connection[Any]:
    """Open a connection; `url` is a URL or keywords, and "" means the variables PGHOST and so on.

    Raises ConnectError, which shows no password, also for a server older than PostgreSQL 14.
    """
    import logging

    import psycopg

    # What a pipeline ends with is raised; on standard error it would be said twice.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    parameters = _parameters(url)
    if "connect_timeout" not in parameters and not os.environ.get("PGCONNECT_TIMEOUT"):
        parameters["connect_timeout"] = CONNECT_TIMEOUT
    parameters.setdefault("fallback_application_name", application_name)
    # The texts of the catalog are decoded as UTF-8, whatever PGCLIENTENCODING says.
    parameters["client_encoding"] = "UTF8"
    try:
        # Poolers hand one session to many: nothing may be prepared in it.
        connection = psycopg.connect(autocommit=autocommit, prepare_threshold=None, **parameters)
    except (psycopg.Error, OSError, UnicodeError, ValueError) as error:
        raise ConnectError(_cannot_connect(url, parameters, str(error))) from None
    if connection.info.server_version < OLDEST:
        label = server_label(connection)
        connection.close()
        raise ConnectError(
            Diagnostic(
                code="SD402",
                message=f"the server is {label}; schemadiff needs PostgreSQL 14 or newer",
                hint="upgrade the server, or check the host and port of the URL",
            )
        )
    _stay_awake(connection)
    return connection


def _stay_awake(connection: Connection[Any]) -> None:
    """Have the server keep the session while a person reads a plan, and thinks."""
    import psycopg

    with contextlib.suppress(psycopg.Error):  # what is wrong is found by what comes next
        connection.execute(_AWAKE)
        if not connection.autocommit:
            connection.commit()


@contextlib.contextmanager
def reading(connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """Hold one snapshot: a read-only transaction with an empty search_path, always rolled back.

    The connection must not be in a transaction. Raises InspectError for what the server refuses.
    """
    import psycopg

    autocommit = connection.autocommit
    try:
        if not autocommit:
            connection.autocommit = True  # else psycopg would begin a transaction of its own
        # In one message, so that no limit of the role comes between the two.
        patience = f"SET LOCAL lock_timeout = '{_PATIENCE}'"
        connection.execute(f"{_BEGIN}; {patience}; {_settings(connection)}".encode())
        yield connection
    except psycopg.Error as error:
        who = ""
        if sqlstate_of(error) in WAITED:
            connection.rollback()
            who = holder(connection)
        raise InspectError(_cannot_read(error, who)) from error
    finally:
        # Lost connections cannot roll back, and need not.
        with contextlib.suppress(psycopg.Error):
            connection.rollback()
            if not autocommit:
                connection.autocommit = False


@contextlib.contextmanager
def reading_within(connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """Read what a transaction has made so far, in a database that nobody else is in.

    Begins one where there is none. Raises InspectError for what the server refuses.
    """
    import psycopg

    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_settings(connection).encode())
            yield connection
    except psycopg.Error as error:
        raise InspectError(_cannot_read(error)) from error


def _settings(connection: Connection[Any]) -> str:
    version = connection.info.server_version
    limits = {name: "0" for name, since in _LIMITS.items() if version >= since}
    wanted = STEADY | _READING | limits
    calls = ", ".join(f"pg_catalog.set_config('{k}', '{v}', true)" for k, v in wanted.items())
    return f"SELECT {calls}"


def unhurried(connection: Connection[Any]) -> Connection[Any]:
    """Have the limits of a role not end a session of ours outside of a reading.

    A pooler hands the session to others, who keep their limits: its process is not the one that
    libpq was told of.
    """
    import psycopg

    version = connection.info.server_version
    names = [name for name, since in _LIMITS.items() if version >= since]
    with contextlib.suppress(psycopg.Error):  # what is wrong is found by what comes next
        connection.execute(
            "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
            " WHERE name = ANY (%s) AND setting <> '0' AND pg_catalog.pg_backend_pid() = %s",
            [names, connection.info.backend_pid],
        )
    return connection


def database_name(connection: Connection[Any]) -> str:
    """Give the name of the database as the server knows it: a pooler may call it otherwise."""
    row = connection.execute("SELECT pg_catalog.current_database()").fetchone()
    return str(row[0]) if row else connection.info.dbname


def database_id(connection: Connection[Any]) -> str:
    """Tell this database from every other one, also from those with its name; "" if it is unknown.

    The number is made by initdb (pg_control_system) and shared with standbys and base backups.
    """
    import hashlib

    import psycopg

    try:
        with connection.transaction():
            row = connection.execute(
                "SELECT s.system_identifier::text, d.oid::text"
                " FROM pg_catalog.pg_control_system() AS s, pg_catalog.pg_database AS d"
                " WHERE d.datname = pg_catalog.current_database()"
            ).fetchone()
    except psycopg.Error:
        return ""
    return hashlib.sha256("/".join(row).encode()).hexdigest()[:16] if row else ""


def server_label(connection: Connection[Any]) -> str:
    """Name the server for a person: `PostgreSQL 18.4`."""
    said = connection.info.parameter_status("server_version") or ""
    number = connection.info.server_version
    return f"PostgreSQL {said.split()[0] if said.split() else number // 10000}"


def _parameters(url: str) -> dict[str, Any]:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        return dict(conninfo_to_dict(url))
    except (psycopg.Error, UnicodeError, ValueError) as error:
        said, shown = _first_lines(str(error)), redact(url)
        if not _URL.match(url) and shown == url:
            # No keywords and no URL: whatever stands there may be a password too.
            shown, option = "", "invalid connection option" in said
            said = said if option else re.sub(r'".*"', '"…"', said, flags=re.DOTALL)
        elif shown != url:
            # What stands in quotes is a piece of the string, perhaps of the password; and in
            # keywords without quotes nobody knows where the password ends.
            said = re.sub(r'".*"', '"…"', said, flags=re.DOTALL)
            shown = shown if _URL.match(url) else shown.partition(HIDDEN)[0] + HIDDEN
        hint = _escape_hint(url) or "write it as postgresql://USER@HOST:PORT/DATABASE"
        if "percent" in said:
            hint = _ESCAPES
        message = f"the database URL {shown} cannot be read: {said}".replace("  ", " ", 1)
        raise ConnectError(Diagnostic(code="SD400", message=message, hint=hint)) from None


def _cannot_connect(url: str, parameters: dict[str, Any], said: str) -> Diagnostic:
    if hint := _escape_hint(url):
        # Part of the password was taken for the host, and the server's words repeat it.
        message = f"cannot connect to {redact(url)}"
        return Diagnostic(code="SD401", message=message, hint=hint)
    said = _first_lines(_hide(said, parameters)).removeprefix("connection failed: ")
    hint = next((hint for word, hint in _HINTS if word in said.lower()), "")
    return Diagnostic(code="SD401", message=f"cannot connect: {said}", hint=hint)


def _hide(said: str, parameters: dict[str, Any]) -> str:
    """Take the secrets that are known out of a message."""
    public = {str(v) for k, v in parameters.items() if k not in _SECRETS}
    secrets = [str(parameters[k]) for k in _SECRETS if parameters.get(k)]
    secrets.append(os.environ.get("PGPASSWORD", ""))
    for secret in secrets:
        # A password equal to the user's name is no longer one, and replacing it tells it.
        if len(secret) > 3 and secret not in public:  # noqa: PLR2004  "a" is in every message
            said = said.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    return redact(said)


def _escape_hint(url: str) -> str:
    """Tell whether a URL's password holds an `@` or `/` that had to be escaped."""
    start = _URL.match(url)
    if start is None:
        return ""
    credentials = re.match(r"[^@/]*[@/]", url[start.end() :])
    rest = url[start.end() + (credentials.end() if credentials else 0) :].partition("?")[0]
    if "@" not in rest:
        return ""
    return _ESCAPES


def _first_lines(text: str) -> str:
    return "\n  ".join(line.strip() for line in text.strip().splitlines() if line.strip())


def _cannot_read(error: Exception, who: str = "") -> Diagnostic:
    said = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
    sqlstate = sqlstate_of(error)
    code = f" ({sqlstate})" if sqlstate else ""
    hint = getattr(getattr(error, "diag", None), "message_hint", None) or ""
    if sqlstate == "57014":
        hint = "raise statement_timeout for this role, or look for what blocks the catalog"
    elif sqlstate == CONFLICT:
        hint = "run it again, or on the primary: a standby ends what is in the way of its replay"
    elif sqlstate in WAITED:
        hint = f"{who or 'somebody was in the way'}: run it again when that has ended"
    elif sqlstate in GONE:
        hint = hint or WHILE_DROPPED
    elif not sqlstate or sqlstate.startswith(("08", "57P")):
        hint = hint or "the connection was lost; run the command again"
    message = f"the database cannot be read: {_first_lines(redact(said))}{code}"
    return Diagnostic(code="SD403", message=message, hint=hint)
