"""What can be asked of a server's process from outside: does it answer, is it an orphan.

The surprising fact: a server that recovers from a crash accepts connections long before it lets
anybody in, so only a login proves that it is ready.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path


def is_ready(path: str, user: str) -> bool:
    """Log in; a server that is still recovering accepts the connection but not the user."""
    pairs = b"user\0" + user.encode() + b"\0database\0postgres\0\0"
    startup = struct.pack("!ii", 8 + len(pairs), 196608) + pairs  # protocol 3.0
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(path)
            probe.sendall(startup)
            welcome = probe.recv(1) == b"R"
            if welcome:
                probe.sendall(b"X\0\0\0\x04")
        except OSError:
            return False
    return welcome


def stop_orphan(data: Path, *, seconds: float) -> None:
    """Stop a server whose watchdog was killed, and clear the way for the next one.

    Linux has stopped it already; a file that names a process which is not this server would make
    PostgreSQL refuse to start.
    """
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + seconds
    asked = False
    while (pid := _pid_in(lock)) and _serves(pid, data):
        if not asked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} serves {data} and does not stop")
        time.sleep(0.02)
    lock.unlink(missing_ok=True)


def _pid_in(lock: Path) -> int:
    try:
        return abs(int(lock.read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return 0


def _serves(pid: int, data: Path) -> bool:
    """Tell whether a process is the server of that folder, where it has its working directory."""
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
        except OSError:
            return False
    command = ["ps", "-o", "args=", "-p", str(pid)]
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return str(data) in printed
