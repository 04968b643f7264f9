"""A pooler as many databases have one in front: it speaks the protocol, and hands out processes.

It answers for the server when a client comes, with a number of its own for the process (manual,
54.2.1), and lends a connection to the server for a transaction, or for the session.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from psycopg.conninfo import conninfo_to_dict

_STARTUP = 196608  # version 3.0
_OWN_NUMBER = 4242
_COUNTED = (b"Q", b"S")  # what is answered with ReadyForQuery


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = source.recv(size - len(found))
        if not more:
            raise ConnectionError
        found += more
    return found


def _read(source: socket.socket) -> tuple[bytes, bytes]:
    """Read one message; gives its kind, and all of its bytes."""
    head = _exactly(source, 5)
    return head[:1], head + _exactly(source, struct.unpack("!I", head[1:])[0] - 4)


@dataclass
class Pooler:
    """Listens on a port of this machine until it is closed."""

    url: str
    per_transaction: bool
    _idle: list[socket.socket] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=socket.socket)
    _greeting: bytes = b""

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._idle.append(self._server())
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, with all that is idle."""
        self._listener.close()
        for each in self._idle:
            each.close()

    @property
    def client_url(self) -> str:
        """Name the pooler instead of the server."""
        said = conninfo_to_dict(self.url)
        port = self._listener.getsockname()[1]
        return f"postgresql://{said['user']}@127.0.0.1:{port}/{said['dbname']}?sslmode=disable"

    def _server(self) -> socket.socket:
        said = conninfo_to_dict(self.url)
        made = socket.socket(socket.AF_UNIX)
        made.connect(str(Path(str(said["host"])) / f".s.PGSQL.{said['port']}"))
        words = ("user", said["user"], "database", said["dbname"], "client_encoding", "UTF8", "")
        body = struct.pack("!I", _STARTUP) + b"\0".join(str(w).encode() for w in words) + b"\0"
        made.sendall(struct.pack("!I", len(body) + 4) + body)
        greeting = b""
        while True:
            kind, whole = _read(made)
            greeting += whole if kind == b"S" else b""
            if kind == b"Z":
                self._greeting = greeting
                return made

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), client:  # closed meanwhile
            while True:
                size, code = struct.unpack("!II", _exactly(client, 8))
                _exactly(client, size - 8)
                if code == _STARTUP:
                    break
                client.sendall(b"N")  # no encryption
            key = _message(b"K", struct.pack("!II", _OWN_NUMBER, 0))
            okay = _message(b"R", struct.pack("!I", 0))
            client.sendall(okay + self._greeting + key + _message(b"Z", b"I"))
            with self._lent() as server:
                while self._transaction(client, server):
                    if self.per_transaction:
                        break
            while self.per_transaction:
                select.select([client], [], [])
                with self._lent() as server:
                    if not self._transaction(client, server):
                        return

    @contextlib.contextmanager
    def _lent(self) -> Iterator[socket.socket]:
        server = self._idle.pop() if self._idle else self._server()  # the last one first
        try:
            yield server
        finally:
            self._idle.append(server)

    def _transaction(self, client: socket.socket, server: socket.socket) -> bool:
        """Pass on messages until the server is idle again; False when the client has gone."""
        expected, begun = 0, False  # what was sent before its end stays with this process
        while True:
            for each in select.select([client, server], [], [])[0]:
                kind, whole = _read(each)
                if each is client:
                    if kind == b"X":
                        return False
                    expected += kind in _COUNTED
                    begun = kind not in _COUNTED
                    server.sendall(whole)
                    continue
                client.sendall(whole)
                if kind == b"Z":
                    expected -= 1
                    if expected == 0 and not begun and whole[5:] == b"I":
                        return True
