"""Servers of our own: started here, shared by concurrent runs, stopped after the last of them.

Two flavours. A *persistent* server has a name and keeps its data; it is what a newcomer works on.
An *ephemeral* one is a fresh copy of a template, without fsync, and vanishes with its user.

The surprising fact: no user stops a server. Each only holds a shared lock on a file, and a
watchdog (`embedded_watchdog.py`) stops the server when the last lock is gone; so a SIGKILL of the
user leaves neither a server nor a folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

from schemadiff.catalog import embedded_home
from schemadiff.catalog.binaries import Binaries, find_binaries
from schemadiff.catalog.embedded_home import Home, failed
from schemadiff.catalog.embedded_locks import awaiting, exclusively, is_free, locked, shared
from schemadiff.catalog.embedded_process import is_ready, stop_orphan
from schemadiff.core.errors import SchemaDiffError
from schemadiff.core.record import record

PORT = 5432  # only a part of the socket's name
SUPERUSER = "postgres"
# What variables of the environment would say otherwise, as they are meant for other servers.
_PLAINLY = "&hostaddr=&channel_binding=prefer&gssencmode=disable&target_session_attrs=any"
PATIENCE = 60.0  # seconds; a server that was killed may have to recover first

_LONGEST_SOCKET = 100  # bytes of a socket's path: 108 on Linux, 104 on macOS
_LARGEST_LOG = 1_000_000
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_SETTINGS = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "jit": "off",
        "max_locks_per_transaction": "1024",
        "max_wal_size": "1GB",
    }
)
_EPHEMERAL = MappingProxyType(
    {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        # Files in the data folder go away with it; segments in /dev/shm would stay after SIGKILL.
        "dynamic_shared_memory_type": "mmap",
    }
)


@dataclass(slots=True)
class Server:
    """A running server and our claim on it; it runs at least until `close()`.

    Use it as a context manager. Forgetting to close it is harmless: the claim ends with the
    process.
    """

    binaries: Binaries
    folder: Path
    socket_folder: Path
    log: Path
    ephemeral: bool
    _claim: int = field(repr=False)

    def url(self, dbname: str = "postgres") -> str:
        """Give the URL of a database of this server, which need not exist."""
        host = quote(str(self.socket_folder), safe="")
        # Variables such as PGPORT would lead elsewhere otherwise.
        name = quote(dbname, safe="")
        return f"postgresql://{SUPERUSER}@/{name}?host={host}&port={PORT}{_PLAINLY}"

    def ensure_database(self, dbname: str) -> str:
        """Create a database when it is missing and give its URL."""
        import psycopg
        from psycopg import errors, sql

        with psycopg.connect(self.url(), autocommit=True) as connection:
            known = "select from pg_catalog.pg_database where datname = %s"
            if connection.execute(known, [dbname]).fetchone() is None:
                # Another run may be faster by a moment.
                with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                    create = sql.SQL("create database {}").format(sql.Identifier(dbname))
                    connection.execute(create)
        return self.url(dbname)

    def close(self) -> None:
        """Give up our claim; an ephemeral server is gone when this returns.

        Raises ConnectError when that server does not stop.
        """
        if self._claim < 0:
            return
        guard = self.folder / "watchdog"
        try:
            # Opened before the watchdog removes the file, which it still holds while it does so.
            with awaiting(guard, seconds=PATIENCE) if self.ephemeral else contextlib.nullcontext():
                os.close(self._claim)
                self._claim = -1
        except TimeoutError as error:
            raise failed(f"the server in {self.folder} does not stop") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def default_server() -> Server:
    """Open the server that a newcomer works on; ConnectError when it cannot be started."""
    return open_server(find_binaries())


def open_server(
    binaries: Binaries, *, name: str = "default", settings: Mapping[str, str] = _NO_SETTINGS
) -> Server:
    """Open the server of that name and major version, which keeps its data between runs.

    It is started when it is not running, and shared when it is; `settings` count only for the
    one who starts it. Raises ConnectError with the end of the server's log.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,40}", name):
        raise failed(
            f"{name!r} cannot be the name of an embedded server",
            hint="use lower-case letters, digits, dots, dashes and underscores",
        )
    with _explained():
        home = embedded_home.find_home()
        binaries = embedded_home.runnable(home, binaries)
        folder = home.folder("servers", f"{name}-{binaries.major}")
        launch = _Launch(home, binaries, folder, {**_SETTINGS, **settings})
        with locked(folder / "start", seconds=embedded_home.PATIENCE):
            return launch.join()


def ephemeral_server(
    binaries: Binaries,
    *,
    settings: Mapping[str, str] = _NO_SETTINGS,
    fill: Callable[[Path], None] | None = None,
) -> Server:
    """Start a fresh server of our own, in unsafe haste, which is removed with us.

    Its data is in memory where there is enough of it; `fill` makes the data folder where it is not
    to be that of an empty cluster. Raises ConnectError with the end of the server's log.
    """
    with _explained():
        home = embedded_home.find_home()
        binaries = embedded_home.runnable(home, binaries)
        runs = home.runs()
        every = {**_SETTINGS, **_EPHEMERAL, **settings}
        with locked(runs / "lock", seconds=PATIENCE):
            _remove_leftovers(runs)
            folder = home.own(runs / os.urandom(4).hex())
            launch = _Launch(home, binaries, folder, every, ephemeral=True)
            if fill is not None:
                home.private(launch.data)
                fill(launch.data)
            guard = exclusively(launch.guard)
            if guard is None:
                raise failed(f"{launch.guard} is locked")
            # From here on the folder is not a leftover.
        try:
            return launch.join(guard)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn what the operating system says into a diagnostic."""
    try:
        yield
    except SchemaDiffError:
        raise
    except (OSError, subprocess.SubprocessError) as error:
        raise failed(f"no embedded server could be started: {error}") from error


@record(frozen=True, slots=True)
class _Launch:
    """What it takes to start a server in a folder, or to join the one that runs there."""

    home: Home
    binaries: Binaries
    folder: Path
    settings: Mapping[str, str]
    ephemeral: bool = False

    @property
    def guard(self) -> Path:
        """The file whose lock the watchdog holds for as long as it lives."""
        return self.folder / "watchdog"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def join(self, guard: int | None = None) -> Server:
        """Claim the server and wait until it answers; start it when no watchdog is there."""
        # Taken first, so that the watchdog waits for us; and had only after a stopping server is
        # gone, since its watchdog keeps new users out.
        claim = shared(self.folder / "users", seconds=PATIENCE)
        try:
            with self.log.open("a+b") as log:
                self.log.chmod(0o600)
                return self._join(claim, guard, log)
        except BaseException:
            os.close(claim)
            raise

    def _join(self, claim: int, guard: int | None, log: BinaryIO) -> Server:
        deadline = time.monotonic() + PATIENCE
        while True:
            guard = exclusively(self.guard) if guard is None else guard
            started = guard is not None
            if guard is not None:
                try:
                    # A server that refuses to start may be gone by now, with all its folder.
                    place = self._start(guard, log)
                finally:
                    os.close(guard)
                guard = None
            else:
                place = Path((self.folder / "socket").read_text())
            if self._answers(place, deadline):
                return Server(self.binaries, self.folder, place, self.log, self.ephemeral, claim)
            if started:
                raise failed(f"the embedded server did not start:\n{_tail(log)}")

    def _start(self, guard: int, log: BinaryIO) -> Path:
        """Start the watchdog, which inherits the lock on `guard` and starts the server.

        Gives the folder of the server's socket.
        """
        if log.tell() > _LARGEST_LOG:
            log.truncate(0)
        if not self.data.exists():
            scratch = self.folder / "data.new"
            shutil.rmtree(scratch, ignore_errors=True)
            embedded_home.copy_template(self.home, self.binaries, scratch)
            if not self.ephemeral:
                # The template was never flushed, and a database that is kept must be.
                sync = (self.binaries.program("initdb"), "--sync-only", "-D", scratch)
                self.home.run(sync, embedded_home.environment(self.binaries))
            scratch.rename(self.data)
        stop_orphan(self.data, seconds=PATIENCE)
        place = self._socket_folder()
        (self.folder / "socket").write_text(str(place))
        doomed = [place, *([self.folder] if self.ephemeral else [])]
        watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", *self._arguments(guard, place, doomed)],
            env=embedded_home.environment(self.binaries),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[guard],
            start_new_session=True,
        )
        if watchdog.wait(PATIENCE):
            raise failed(f"the watchdog of the embedded server did not start:\n{_tail(log)}")
        return place

    def _arguments(self, guard: int, place: Path, doomed: list[Path]) -> list[str]:
        account = self.home.account
        # Data that is thrown away needs no checkpoint: SIGQUIT is PostgreSQL's immediate shutdown.
        stop = signal.SIGQUIT if self.ephemeral else signal.SIGINT
        ids = (account.uid, account.gid) if account else (-1, -1)
        script = Path(__file__).with_name("embedded_watchdog.py").resolve()
        numbers = (guard, int(stop), *ids, len(doomed))
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        server = (self.binaries.program("postgres"), "-D", self.data, "-k", place, *settings)
        return [str(word) for word in (script, self.folder / "users", *numbers, *doomed, *server)]

    def _socket_folder(self) -> Path:
        """Make the folder of the socket: with the data, or where a path is short enough."""
        place = self.folder / "s"
        if len(os.fsencode(place)) + len(f"/.s.PGSQL.{PORT}") <= _LONGEST_SOCKET:
            shutil.rmtree(place, ignore_errors=True)
            return self.home.private(place)
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        short = runtime.startswith("/") and len(runtime) < _LONGEST_SOCKET // 2
        usable = short and self.home.account is None and os.access(runtime, os.W_OK)
        # mkdtemp invents a name that nobody can have taken, with mode 0700.
        where = runtime if usable else "/tmp"  # noqa: S108  only such a folder in there is used
        place = Path(tempfile.mkdtemp(prefix="schemadiff-", dir=where))
        self.home.hand_over(place)
        return place

    def _answers(self, place: Path, deadline: float) -> bool:
        """Wait until the server lets us in; False when its watchdog is gone."""
        path = str(place / f".s.PGSQL.{PORT}")
        while not is_ready(path, SUPERUSER):
            if is_free(self.guard):
                return False
            if time.monotonic() > deadline:
                raise failed(f"the embedded server in {self.folder} does not answer")
            time.sleep(0.003)
        return True


def _remove_leftovers(runs: Path) -> None:
    """Remove the folders of servers whose watchdog was lost with the power."""
    for folder in runs.iterdir():
        if folder.is_dir() and is_free(folder / "watchdog"):
            stop_orphan(folder / "data", seconds=PATIENCE)
            with contextlib.suppress(OSError):
                place = Path((folder / "socket").read_text())
                if place.parent != folder:
                    shutil.rmtree(place, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def _tail(log: BinaryIO) -> str:
    log.seek(max(0, log.seek(0, os.SEEK_END) - 2000))
    return log.read().decode(errors="replace").strip() or "it wrote nothing to its log"
