"""The result of a command: to standard output, or whole or not at all to a file."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from schemadiff.cli import newcomer, say
from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ConfigError
from schemadiff.core.plan import Plan

WIDEST = 120
NARROWEST = 60


def show(plan: Plan, fmt: str, out: Path | None = None) -> None:
    """Write a plan in a format; raises ConfigError for a file that cannot be written."""
    from schemadiff.render import render

    plan, first = _newcomer_first(plan, fmt)
    width = shutil.get_terminal_size((100, 24)).columns
    color = out is None and fmt == "text" and say.colored(sys.stdout)
    text = render(
        plan,
        fmt,
        color=color,
        width=max(NARROWEST, min(width, WIDEST)),
        generated=None if fmt == "text" else datetime.now(UTC),
    )
    deliver(first + text, out)


def deliver(text: str, out: Path | None) -> None:
    """Write a result to a file, or to standard output (`-` is that, too)."""
    if out is None or str(out) == "-":
        write(text)
        return
    write_file(out, text)
    say.line(f"written to {out}")


def _newcomer_first(plan: Plan, fmt: str) -> tuple[Plan, str]:
    """Say to a newcomer, before any list of drops, that most of the database would go.

    In text it is the first line of the result, elsewhere it is said beside the result.
    """
    warned = [n for n in plan.notes if n.code == newcomer.CODE]
    if fmt != "text":
        for note in warned:
            say.diagnostic(note)
        return plan, ""
    first = "".join(f"warning: {note}\n\n" for note in warned)
    return replace(plan, notes=tuple(n for n in plan.notes if n not in warned)), first


def write(text: str) -> None:
    """Write the result to standard output, as UTF-8 whatever the locale is."""
    if isinstance(getattr(sys.stdout, "encoding", None), str):
        text = text.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"standard output cannot be written: {error.strerror}"
        raise ConfigError(Diagnostic(code="SD205", message=message)) from None


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
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
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
