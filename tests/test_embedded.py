"""The launcher of embedded servers: what is left behind when users end in all the ways they can."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.binaries import VARIABLE, Binaries, find_binaries
from schemadiff.catalog.embedded import Server, ephemeral_server, open_server
from schemadiff.catalog.embedded_home import find_home, runnable
from schemadiff.catalog.embedded_process import is_ready
from schemadiff.core.errors import ConnectError

ROOT = Path(__file__).resolve().parent.parent
AS_ROOT = os.geteuid() == 0

# A user of a server in a process of its own: says where it is, then waits for its end.
USER = """
import sys
from schemadiff.catalog.binaries import inspect_binaries
from schemadiff.catalog.embedded import ephemeral_server, open_server
from schemadiff.catalog.embedded_home import find_home
from pathlib import Path
binaries = inspect_binaries(Path(sys.argv[1]))
name = sys.argv[2]
server = open_server(binaries, name=name) if name else ephemeral_server(binaries)
print(server.folder, server.socket_folder, find_home().path, flush=True)
sys.stdin.read()
"""


class User:
    """Another process that uses a server."""

    def __init__(self, binaries: Binaries, name: str, **how: object) -> None:
        python = str(how.pop("python", sys.executable))
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            [python, "-c", USER, str(binaries.bindir), name],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **how,
        )

    def wait_until_ready(self) -> tuple[Path, Path, Path]:
        """Give the folders of the server, of its socket, and of all servers of that user."""
        folder, place, home = self.process.stdout.readline().split()
        return Path(folder), Path(place), Path(home)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module", autouse=True)
def home() -> Iterator[Path]:
    """A home of this module's own, where the servers' user can pass."""
    folder = Path(tempfile.mkdtemp(prefix="sd-", dir="/tmp"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHEMADIFF_HOME", str(folder / "home"))
        yield folder / "home"
    shutil.rmtree(folder)


def pid_of(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def is_alive(pid: int) -> bool:
    # A dead child of nobody may stay a zombie where no init process buries it.
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    done = subprocess.run(["ps", "-p", str(pid)], check=False, stdout=subprocess.DEVNULL)
    return done.returncode == 0


def watchdog_of(folder: Path) -> int:
    command = ["ps", "-o", "ppid=", "-p", str(pid_of(folder))]
    return int(subprocess.run(command, check=True, capture_output=True).stdout)


def eventually(what: object, *, seconds: float = 20) -> None:
    assert callable(what)
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def start_time(server: Server) -> object:
    with psycopg.connect(server.url()) as connection:
        return connection.execute("select pg_postmaster_start_time()").fetchone()


def initdb_of(server: Server) -> object:
    """Give the number that initdb gave the cluster, which copies of its files have as well."""
    with psycopg.connect(server.url()) as connection:
        return connection.execute("select system_identifier from pg_control_system()").fetchone()


def test_an_ephemeral_server_is_a_copy_and_leaves_nothing(binaries: Binaries) -> None:
    with ephemeral_server(binaries) as other:
        first = initdb_of(other)  # which may have been made just now
    server = ephemeral_server(binaries)
    assert initdb_of(server) == first
    pid = pid_of(server.folder)
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(
            "select current_setting('fsync'), current_setting('listen_addresses'),"
            " current_setting('jit'), current_setting('server_encoding'), current_user"
        ).fetchone()
    assert row == ("off", "", "off", "UTF8", "postgres")
    server.close()
    server.close()  # again: does nothing
    assert not server.folder.exists()
    assert not is_alive(pid)


def test_a_persistent_server_keeps_its_data(binaries: Binaries) -> None:
    with open_server(binaries, name="keeps") as server:
        pid = pid_of(server.folder)
        url = server.ensure_database("My db?")
        assert server.ensure_database("My db?") == url
        with psycopg.connect(url) as connection:
            connection.execute("create table kept (x int)")
            row = connection.execute("select current_setting('fsync')").fetchone()
        assert row == ("on",)
    eventually(lambda: not is_alive(pid))
    with open_server(binaries, name="keeps") as server, psycopg.connect(url) as connection:
        assert pid_of(server.folder) != pid
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_settings_are_the_callers(binaries: Binaries) -> None:
    with (
        ephemeral_server(binaries, settings={"work_mem": "9MB"}) as server,
        psycopg.connect(server.url()) as connection,
    ):
        assert connection.execute("show work_mem").fetchone() == ("9MB",)


def test_processes_share_a_server_that_starts_only_once(binaries: Binaries) -> None:
    users = [User(binaries, "shared") for _ in range(4)]
    try:
        folders = {user.wait_until_ready() for user in users}
        assert len(folders) == 1
        pid = pid_of(folders.pop()[0])
        with open_server(binaries, name="shared") as server:
            assert pid_of(server.folder) == pid
            began = start_time(server)
            for user in users:
                user.end()
            time.sleep(0.2)
            assert start_time(server) == began
    finally:
        for user in users:
            user.end()
    eventually(lambda: not is_alive(pid))


@pytest.mark.parametrize("name", ["", "killed"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_user_leaves_no_server(binaries: Binaries, name: str, how: signal.Signals) -> None:
    # A session of its own, and all of it killed: the watchdog must not be among the dead.
    user = User(binaries, name, start_new_session=True)
    folder, place, _ = user.wait_until_ready()
    pid, watchdog = pid_of(folder), watchdog_of(folder)
    os.killpg(user.process.pid, how)
    user.process.communicate()
    eventually(lambda: not is_alive(pid) and not is_alive(watchdog))
    assert not place.exists()
    assert folder.exists() == bool(name)


def test_a_new_user_meets_a_server_that_is_just_stopping(binaries: Binaries) -> None:
    for _ in range(10):
        with open_server(binaries, name="hasty") as server:
            start_time(server)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_watchdog_takes_its_server_along(binaries: Binaries) -> None:
    server = open_server(binaries, name="headless")
    pid = pid_of(server.folder)
    os.kill(watchdog_of(server.folder), signal.SIGKILL)
    server.close()
    eventually(lambda: not is_alive(pid))
    with open_server(binaries, name="headless") as again:
        start_time(again)


def test_a_killed_server_recovers_at_the_next_start(binaries: Binaries) -> None:
    server = open_server(binaries, name="crashed")
    url = server.url()
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (x int)")
    lock = server.folder / "data" / "postmaster.pid"
    stale = lock.read_text()
    os.kill(pid_of(server.folder), signal.SIGKILL)
    server.close()
    eventually(lambda: not is_alive(int(stale.split()[0])))
    # After a reboot the number belongs to somebody else, whom nobody may harm.
    other = subprocess.Popen(["sleep", "60"])
    lock.write_text(stale.replace(stale.split()[0], str(other.pid), 1))
    with open_server(binaries, name="crashed"), psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_leftovers_of_a_power_loss_are_removed(binaries: Binaries) -> None:
    with ephemeral_server(binaries) as server:
        leftover = server.folder.parent / "leftover"
        (leftover / "data").mkdir(parents=True)
        (leftover / "watchdog").touch()
        with ephemeral_server(binaries) as other:
            assert not leftover.exists()
            start_time(server)
            start_time(other)


def test_a_start_that_fails_shows_the_log(binaries: Binaries) -> None:
    with pytest.raises(ConnectError) as caught:
        ephemeral_server(binaries, settings={"no_such_setting": "1"})
    assert caught.value.diagnostics[0].code == "SD410"
    assert 'unrecognized configuration parameter "no_such_setting"' in str(caught.value)
    with pytest.raises(ConnectError, match="name"):
        open_server(binaries, name="../elsewhere")


def test_a_long_path_does_not_matter(
    binaries: Binaries, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEMADIFF_HOME", str(home.parent / ("long" * 30)))
    with open_server(binaries) as server:
        start_time(server)
        assert len(os.fsencode(server.socket_folder)) < 100
    eventually(lambda: not server.socket_folder.exists())


def test_no_folder_on_the_way_changes(
    binaries: Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("SCHEMADIFF_HOME", str(closed / "home"))
    watched = [*closed.parents, closed, *binaries.bindir.parents]
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in watched]
    try:
        with open_server(binaries) as server:
            start_time(server)
            data = (server.folder / "data").stat()
            assert data.st_mode & 0o777 == 0o700
            assert data.st_uid
            pid = pid_of(server.folder)
        eventually(lambda: not is_alive(pid))
    finally:
        shutil.rmtree(find_home().path)
    assert [(path, path.stat().st_mode, path.stat().st_uid) for path in watched] == before


def test_a_folder_that_others_can_write_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = home.parent / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    monkeypatch.setenv("SCHEMADIFF_HOME", str(open_to_all))
    with pytest.raises(ConnectError, match="only this user can write"):
        find_home()


@pytest.mark.skipif(not AS_ROOT, reason="all the other tests ran as an ordinary user already")
def test_an_ordinary_user_needs_nothing_of_roots(
    binaries: Binaries, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = next(filter(_runs_for_nobody, (sys.executable, "/usr/bin/python3")), None)
    if python is None or not _may_be_read(ROOT):
        pytest.skip("nobody may neither run Python nor read the project here")
    public = runnable(find_home(), binaries)
    # No HOME to write to, as for a service.
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("SCHEMADIFF_HOME")
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": [], "cwd": "/"}
    user = User(public, "", python=python, **nobody)
    folder, place, its_home = user.wait_until_ready()
    pid = pid_of(folder)
    assert is_ready(str(place / ".s.PGSQL.5432"), "postgres")
    assert (folder / "data").stat().st_uid == folder.stat().st_uid != 0
    assert its_home != home
    user.end()
    eventually(lambda: not folder.exists() and not is_alive(pid))
    shutil.rmtree(its_home)


def _runs_for_nobody(python: str) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        done = subprocess.run(
            [python, "-c", check], user="nobody", cwd="/", check=False, capture_output=True
        )
    except OSError:
        return False
    return done.returncode == 0


def _may_be_read(folder: Path) -> bool:
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (folder, *folder.parents))


def test_missing_binaries_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConnectError, match="no PostgreSQL 9 server"):
        find_binaries(major=9)
    with pytest.raises(ConnectError, match="no_such_extension") as caught:
        find_binaries(extensions=["plpgsql", "no_such_extension"])
    assert caught.value.diagnostics[0].code == "SD412"
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(ConnectError, match=VARIABLE):
        find_binaries()


def test_a_named_folder_comes_first(binaries: Binaries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(binaries.bindir))
    assert find_binaries() == binaries
    assert "plpgsql" in find_binaries(major=binaries.major).extensions
