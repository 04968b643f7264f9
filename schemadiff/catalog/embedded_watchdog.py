"""The process that outlives every user of an embedded server just long enough to stop it.

It is run as a script, not imported: `python -I -S embedded_watchdog.py …`, with nothing but
built-in modules, so that it is up in 15 ms. It is the parent of the server, so the process it
stops is never another one that got the same number.

Every user holds a shared lock on one file; this process asks for the exclusive lock on it and
gets it when the last user is gone, be it by SIGKILL: the kernel gives a dead process's locks back.

Its arguments: the lock file of the users, the open file whose lock says that a watchdog is there,
the signal that stops the server, uid and gid to run the server as (-1: as we are), how many
folders to remove at the end, these folders, and the command of the server.
"""

from __future__ import annotations

import _thread
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 30.0  # seconds that a server gets for its last checkpoint
PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Start the server, wait for its end or for that of its last user, clean up."""
    if os.fork():
        # The one who started us waits for this process only and has no zombie to bury.
        os._exit(0)
    users, guard, stop_signal, uid, gid, count = argv[0], *map(int, argv[1:6])
    doomed, command = argv[6 : 6 + count], argv[6 + count :]
    # The lock says that the watchdog lives, not that the server does.
    os.set_inheritable(guard, False)  # noqa: FBT003  it takes no keywords
    server = _spawn(command, uid, gid)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda _signal, _frame: _stop(server, stop_signal))
    _thread.start_new_thread(_await_last_user, (users, server, stop_signal))
    os.waitpid(server, 0)
    for folder in doomed:
        _remove(folder)
    # No user gets past the lock of the watchdog before this process is gone, so they never meet
    # a half-removed folder.
    os._exit(0)


def _spawn(command: list[str], uid: int, gid: int) -> int:
    """Start the server as the unprivileged user; it follows us when we are killed."""
    parent = os.getpid()
    libc = _libc()  # the unprivileged user may not read the folders of this Python
    server = os.fork()
    if server:
        return server
    try:
        if uid >= 0:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        _follow_parent(libc, parent)
        os.umask(0o077)
        os.execv(command[0], command)  # noqa: S606 - the command comes from the launcher
    except OSError as error:
        os.write(2, f"cannot run {command[0]}: {error.strerror}\n".encode())
    os._exit(127)


def _libc() -> Any:
    """Load what can ask Linux for a signal, or give None."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes

        return ctypes.CDLL(None)
    except (ImportError, OSError):
        return None


def _follow_parent(libc: Any, parent: int) -> None:
    """Ask Linux for SIGINT when the watchdog is killed; elsewhere the next start cleans up."""
    if libc is None:
        return
    # After setuid(), which would take it back.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def _await_last_user(users: str, server: int, stop_signal: int) -> None:
    """Stop the server once nobody else holds the lock; the lock keeps new users out till then."""
    handle = os.open(users, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    _stop(server, stop_signal)
    time.sleep(PATIENCE)
    _stop(server, signal.SIGQUIT)


def _stop(server: int, stop_signal: int) -> None:
    try:
        os.kill(server, stop_signal)
    except ProcessLookupError:
        return


def _remove(folder: str) -> None:
    """Remove a folder and all in it.

    Names are resolved against open folders, never as paths: as root we must not be led elsewhere
    by a link that the server's user puts in.
    """
    for _path, folders, files, handle in os.fwalk(folder, topdown=False):
        for name in files:
            _tried(os.unlink, name, handle)
        for name in folders:
            _tried(os.rmdir, name, handle)
    _tried(os.rmdir, folder, None)


def _tried(remove: Callable[..., None], name: str, handle: int | None) -> None:
    try:
        remove(name, dir_fd=handle)
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
