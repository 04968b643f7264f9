"""Locks on files, which the kernel gives back when their holder dies in whatever way.

The surprising fact: `flock` belongs to the open file, not to the process, so it can be taken here
and handed to a child together with the file.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, *, seconds: float) -> Iterator[None]:
    """Hold the exclusive lock on a file (made when missing); TimeoutError when it stays taken."""
    handle = _patiently(path, exclusively, seconds)
    try:
        yield
    finally:
        os.close(handle)


def shared(path: Path, *, seconds: float) -> int:
    """Take the shared lock and give the open file; TimeoutError when it stays taken."""
    return _patiently(path, _shared_now, seconds)


def exclusively(path: Path) -> int | None:
    """Take the exclusive lock if it is free and give the open file, else None."""
    import fcntl

    return _flock(path, fcntl.LOCK_EX)


def is_free(path: Path) -> bool:
    """Tell whether nobody holds a lock on the file; one that is gone is free."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    try:
        return _is_ours(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def awaiting(path: Path, *, seconds: float) -> Iterator[None]:
    """Open a file, do the body, then wait until nobody holds the file's lock any more.

    The file may be removed meanwhile. TimeoutError when it stays locked.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield
        return
    try:
        yield
        deadline = time.monotonic() + seconds
        while not _is_ours(handle):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} stays locked")
            time.sleep(0.003)
    finally:
        os.close(handle)


def _is_ours(handle: int) -> bool:
    """Try to lock an open file; the lock goes when it is closed."""
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _shared_now(path: Path) -> int | None:
    import fcntl

    return _flock(path, fcntl.LOCK_SH)


def _flock(path: Path, mode: int) -> int | None:
    import fcntl

    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def _patiently(path: Path, attempt: Callable[[Path], int | None], seconds: float) -> int:
    """Try until the lock is ours; a blocking flock could not be given up again."""
    deadline = time.monotonic() + seconds
    pause = 0.001
    while (handle := attempt(path)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} is locked by another process for {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
    return handle
