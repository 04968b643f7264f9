"""The folder of what is kept for the next run: values of ours under a key, and of nobody else.

The surprising fact: the code itself is a part of each key, by the sizes and times of its files. So
what was kept by another version is never found, and nothing has to be converted.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from schemadiff.core.record import record

_KEPT = 8  # of each suffix
_PLAIN = (("builtins", "frozenset"), ("array", "array"), ("array", "_array_reconstructor"))
_PACKAGE = Path(__file__).resolve().parents[1]


@record(frozen=True)
class Shelf:
    """The entries of one suffix in a folder, which need not exist."""

    folder: Path
    suffix: str

    def path(self, key: str) -> Path:
        """Give the file of an entry."""
        return self.folder / f"{key}.{self.suffix}"

    def take(self, key: str) -> Any:
        """Give what was kept, or None, also where it is damaged."""
        if not is_ours(self.folder):
            return None
        try:
            data = self.path(key).read_bytes()
            with contextlib.suppress(OSError):
                os.utime(self.path(key))
            return load(data)
        except Exception:  # noqa: BLE001  a damaged entry raises whatever it likes
            return None

    def keep(self, key: str, value: object) -> None:
        """Keep a value, and forget the oldest; nothing happens where that cannot be."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_ours(self.folder):
                return
            fresh = self.folder / f"{key}.{os.getpid()}"
            fresh.write_bytes(pickle.dumps(value, 5))
            fresh.replace(self.path(key))
            found = sorted(self.folder.glob(f"*.{self.suffix}"), key=_age, reverse=True)
            for old in found[_KEPT:]:
                old.unlink()


def key_of(*parts: bytes | str) -> str:
    """Make the key of what came from these parts, read by the code of now."""
    digest = hashlib.sha256(_code().encode())
    for part in parts:
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        digest.update(b"\0%d\0" % len(data))
        digest.update(data)
    return digest.hexdigest()


def load(data: bytes) -> Any:
    """Read values of ours, and nothing else."""
    return _Reader(io.BytesIO(data)).load()


class _Reader(pickle.Unpickler):
    """Makes our own values and nothing else, also of a file that somebody has tampered with."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("schemadiff.") or (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def is_ours(folder: Path) -> bool:
    """Tell whether nobody else can write the folder: what is read from it is trusted."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "geteuid"):
        return stat.S_ISDIR(found.st_mode)
    mine = found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return stat.S_ISDIR(found.st_mode) and mine


def _age(path: Path) -> float:
    return path.stat().st_mtime


@cache
def _code() -> str:
    """Name the code at work: its modules by size and time, and what runs them."""
    models = find_spec("pydantic")
    found = os.stat(models.origin) if models is not None and models.origin else None  # noqa: PTH116  it is a text
    digest = hashlib.sha256(f"{sys.version}\0{found and found.st_mtime_ns}".encode())
    for layer in sorted(e.name for e in os.scandir(_PACKAGE) if e.is_dir()):
        for entry in sorted(os.scandir(_PACKAGE / layer), key=lambda e: e.name):
            if entry.name.endswith(".py"):
                seen = entry.stat()
                digest.update(f"{layer}/{entry.name}\0{seen.st_size}\0{seen.st_mtime_ns}".encode())
    return digest.hexdigest()
