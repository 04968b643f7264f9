"""Scratch databases: made, named so that leftovers are known as ours, and always removed.

A crash can leave one behind; the next run removes it (`leftover.py`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from schemadiff.catalog.session import connect, database_name, parameters_of, unhurried
from schemadiff.catalog.settings import saying
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConnectError, ShadowError
from schemadiff.core.record import record
from schemadiff.core.sql import ident, literal
from schemadiff.shadow.leftover import let_go, new_name, sweep
from schemadiff.shadow.refused import refused
from schemadiff.shadow.roles import make_roles

if TYPE_CHECKING:
    from psycopg import Connection

_MOMENT = 0.1  # seconds; as long as the server would wait
_Needed = tuple[tuple[str, ...], tuple[str, ...]]  # extensions, roles


@record(frozen=True, slots=True)
class ShadowOptions:
    """Where shadows may be made: on the server of `url` if given, else where the target is."""

    url: str | None = None


@contextmanager
def scratch_database(
    target: Connection[Any],
    options: ShadowOptions,
    extensions: Iterable[str] = (),
    roles: Iterable[str] = (),
    *,
    lacking: bool = False,
) -> Iterator[Connection[Any]]:
    """Give a connection to an empty database of the target's major version, removed at the end.

    `extensions` have to be at hand where it is made, and the role may make them, unless it may be
    `lacking` them; `roles` are made where the server is ours. Raises ShadowError where none can be
    made, saying what was tried.
    """
    needed = (tuple(extensions), tuple(roles))
    with ExitStack() as stack:
        if options.url:
            scratch = _made(_named(options.url, target), target, stack)
        else:
            beside = _beside_target(target, stack)
            if beside is None:
                scratch = _embedded(target, needed, stack)
            elif not lacking and refused(beside, extensions):
                scratch = _elsewhere(target, needed, stack) or beside
            else:
                scratch = beside
        saying(scratch)
        yield scratch


_MANY: Final = 2_000  # objects: as many have some 300 tables, with a lock or two for each


class Scratch:
    """The scratch database of one who asks several times: empty for each, and made when needed.

    What is made in it is rolled back afterwards, which takes a tenth of what another one would.
    """

    def __init__(self, target: Connection[Any], options: ShadowOptions) -> None:
        """Take where it is to be; nothing is made yet."""
        self._target, self._options = target, options
        self._stack = ExitStack()
        self._needed: _Needed = ((), ())
        self._connection: Connection[Any] | None = None
        self._lacking = True
        self.refused: frozenset[str] = frozenset()  # extensions that the role may not make there

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the database; raises ShadowError."""
        self._connection = None
        self._stack.close()

    @contextmanager
    def emptied(
        self, extensions: Iterable[str], roles: Iterable[str], objects: int = 0
    ) -> Iterator[Connection[Any]]:
        """Give it for one question; raises ShadowError where none can be had.

        Where many objects are made for it, a transaction would keep too many locks: then the
        database goes as well.
        """
        connection = self._opened((tuple(extensions), tuple(roles)))
        if objects > _MANY:
            try:
                yield connection
            finally:
                self.__exit__()
        else:
            with connection.transaction(force_rollback=True):
                yield connection

    def complete(self) -> bool:
        """Go where all extensions can be made, if one was refused; tells whether there may be."""
        if not self.refused or not self._lacking:
            return False
        self._lacking = False
        self.__exit__()
        return True

    def _opened(self, needed: _Needed) -> Connection[Any]:
        found = self._connection
        missing = any(set(a) - set(b) for a, b in zip(needed, self._needed, strict=True))
        if found is None or found.closed or missing:
            self.__exit__()
            a, b = needed, self._needed
            self._needed = (tuple({*a[0], *b[0]}), tuple({*a[1], *b[1]}))
            made = scratch_database(
                self._target, self._options, *self._needed, lacking=self._lacking
            )
            found = self._connection = self._stack.enter_context(made)
            self.refused = refused(found, self._needed[0])
        return found


@contextmanager
def copies(
    scratch: Connection[Any], count: int, settings: Mapping[str, str]
) -> Iterator[list[Connection[Any]]]:
    """Give connections to so many copies of a scratch database, removed at the end.

    What their sessions begin with `settings` says, for no template does. Its connection is closed:
    nobody may be in a database that is copied (manual, CREATE DATABASE).
    """
    template = scratch.info.dbname
    with ExitStack() as stack:
        host = _beside(scratch)
        stack.callback(host.close)
        scratch.close()
        _await_empty(host, template)
        found = []
        for number in range(count):
            name = f"{template}_{number}"
            host.execute(f"CREATE DATABASE {ident(name)} TEMPLATE {ident(template)}".encode())
            stack.callback(_drop, host, name)
            for setting, value in settings.items():
                alter = f"ALTER DATABASE {ident(name)} SET {ident(setting)} TO {literal(value)}"
                host.execute(alter.encode())
            found.append(_connect_to_scratch(host, name))
            stack.callback(found[-1].close)
        yield found


def _beside(scratch: Connection[Any]) -> Connection[Any]:
    """Connect to a database of the server that is no scratch database."""
    try:
        return connect_to(scratch, "postgres")
    except ConnectError:
        return connect_to(scratch, "template1")


def connect_to(like: Connection[Any], database: str) -> Connection[Any]:
    """Connect to another database of the same server, as the same user."""
    from psycopg.conninfo import make_conninfo

    said = parameters_of(like) | {"dbname": database}
    return unhurried(connect(make_conninfo(**said, password=like.info.password or None)))


def _named(url: str, target: Connection[Any]) -> Connection[Any]:
    """Connect to the server of --shadow."""
    host = unhurried(connect(url))
    try:
        _same_major(host, target)
        if not _may_create(host):
            raise ShadowError(
                Diagnostic(
                    code="SD070",
                    message="the role of --shadow may not create databases there",
                    hint="name a server where it may: ALTER ROLE … CREATEDB",
                )
            )
    except BaseException:
        host.close()
        raise
    return host


def _made(host: Connection[Any], target: Connection[Any], stack: ExitStack) -> Connection[Any]:
    """Make a database like the target's and connect to it; `stack` removes it."""
    stack.callback(host.close)
    name = _create(host, target)
    stack.callback(let_go, host, name)
    stack.callback(_drop, host, name)
    scratch = _connect_to_scratch(host, name)
    stack.callback(scratch.close)
    return scratch


def _connect_to_scratch(host: Connection[Any], name: str) -> Connection[Any]:
    """Connect to a database that was made a moment ago, and make sure that it is the one.

    A pooler may be set up to lead to one database whatever the name: what is made and dropped in a
    scratch database would be made and dropped in that of the users.
    """
    scratch = connect_to(host, name)
    found = database_name(scratch)
    if found != name:
        scratch.close()
        message = f"a pooler leads to the database {found}, where {name} was asked for"
        hint = "name another server with --shadow URL"
        raise ConnectError(Diagnostic(code="SD413", message=message, hint=hint))
    return scratch


def _beside_target(target: Connection[Any], stack: ExitStack) -> Connection[Any] | None:
    """Make one on the target's server, None where that cannot be.

    A pooler and pg_hba.conf may let nobody into a database that they do not know by its name.
    """
    from psycopg import Error

    if not _may_create(target):
        return None
    with ExitStack() as made:
        try:
            scratch = _made(connect_to(target, target.info.dbname), target, made)
        except (ConnectError, Error):
            return None
        stack.enter_context(made.pop_all())
        return scratch


def _embedded(target: Connection[Any], needed: _Needed, stack: ExitStack) -> Connection[Any]:
    """Start a server of our own: the one that keeps its data is for databases, not for shadows."""
    from schemadiff.catalog.binaries import find_binaries
    from schemadiff.catalog.embedded import ephemeral_server

    extensions, roles = needed
    major = target.info.server_version // 10000
    try:
        binaries = find_binaries(major=major, extensions=extensions)
        server = ephemeral_server(binaries)
    except ConnectError as error:
        message = f"the desired state has to be built somewhere: {_why_not_here(target)}, "
        message += "and no embedded server will do"
        hint = "grant CREATEDB, or name a server with --shadow URL"
        raise ShadowError(
            Diagnostic(code="SD071", message=message, hint=hint),
            *error.diagnostics,
        ) from error
    stack.callback(server.close)
    host = connect(server.url("postgres"))
    make_roles(host, roles)
    return _made(host, target, stack)


def _why_not_here(target: Connection[Any]) -> str:
    """Say why no scratch database can be made on the server of the target."""
    row = target.execute(
        "SELECT pg_catalog.pg_is_in_recovery(),"
        " pg_catalog.current_setting('default_transaction_read_only') = 'on'"
    ).fetchone()
    standby, read_only = row or (False, False)
    if standby:
        return "this server is a standby"
    if read_only:
        return "the session only reads (default_transaction_read_only is on)"
    return "the role may not create databases on this server or not connect to them"


def _elsewhere(
    target: Connection[Any], needed: _Needed, stack: ExitStack
) -> Connection[Any] | None:
    """Make one on a server of our own, None where that lacks something."""
    with ExitStack() as made:
        try:
            scratch = _embedded(target, needed, made)
        except ShadowError:
            return None
        stack.enter_context(made.pop_all())
        return scratch


def _may_create(connection: Connection[Any]) -> bool:
    row = connection.execute(
        "SELECT (rolcreatedb OR rolsuper) AND NOT pg_is_in_recovery()"
        " AND current_setting('default_transaction_read_only') = 'off'"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(row and row[0])


def _same_major(host: Connection[Any], target: Connection[Any]) -> None:
    a, b = host.info.server_version // 10000, target.info.server_version // 10000
    if a != b:
        raise ShadowError(
            Diagnostic(
                code="SD072",
                message=f"--shadow is PostgreSQL {a}, the database is PostgreSQL {b}",
                hint="name a server of the same major version: texts of views differ between them",
            )
        )


def _create(host: Connection[Any], target: Connection[Any]) -> str:
    host.autocommit = True
    sweep(host)
    name = new_name(host)
    row = target.execute(
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchone()
    assert row is not None
    base = f"CREATE DATABASE {ident(name)} TEMPLATE template0"
    encoding, collate, ctype = map(literal, row)
    like = f"{base} ENCODING {encoding} LC_COLLATE {collate} LC_CTYPE {ctype}"
    from psycopg import Error

    try:
        host.execute(like.encode())
    except Error:
        # Another machine may lack the locale, or the database may use another provider.
        host.execute(base.encode())
    return name


def _drop(host: Connection[Any], name: str) -> None:
    from psycopg import Error

    try:
        _await_empty(host, name)
        host.execute(f"DROP DATABASE IF EXISTS {ident(name)} WITH (FORCE)".encode())
    except Error as error:
        raise ShadowError(
            Diagnostic(
                code="SD073",
                message=f"the scratch database {name} could not be removed: {error}",
                hint=f"DROP DATABASE {ident(name)}",
            )
        ) from error


def _await_empty(host: Connection[Any], name: str) -> None:
    """Give the session that was just closed the moment that its process takes to end.

    A server that still finds somebody in the database looks again only after 100 ms
    (CountOtherDBBackends in src/backend/storage/ipc/procarray.c).
    """
    inside = "SELECT FROM pg_stat_activity WHERE datname = %s"
    deadline = time.monotonic() + _MOMENT
    while host.execute(inside, (name,)).fetchone() and time.monotonic() < deadline:
        time.sleep(0.002)
