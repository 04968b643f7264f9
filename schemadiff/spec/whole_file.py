"""Files are written as a whole or not at all: a full disk leaves what was there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ConfigError


def write_file(path: Path, text: str) -> None:
    """Write a file, all or nothing; raises ConfigError when it cannot be.

    A link stays one: what it points to is written.
    """
    try:
        path = path.resolve() if path.is_symlink() else path
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # a device or a pipe, such as /dev/stdout
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            _usual_mode(Path(name), path)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        hint = "check that the folder exists and may be written to"
        place = Place(str(path))
        raise ConfigError(
            Diagnostic(code="SD205", message=message, hint=hint, place=place)
        ) from None


def _usual_mode(made: Path, target: Path) -> None:
    """Give a file of mkstemp the mode that open() would have given it, or that it had before."""
    if target.exists():
        made.chmod(target.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    made.chmod(0o666 & ~mask)
