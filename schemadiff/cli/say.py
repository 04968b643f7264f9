"""What is said to the person: always on standard error, never with a password in it.

Standard output belongs to the result alone.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import SchemaDiffError

_STYLES = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_LEVEL = {"verbose": False, "color": True}


def configure(*, verbose: bool, color: bool) -> None:
    """Set how much is said, and whether colour may be used at all."""
    _LEVEL.update(verbose=verbose, color=color)


def colored(stream: TextIO) -> bool:
    """Tell whether a stream gets colour: a terminal, and nobody said no (https://no-color.org)."""
    if not _LEVEL["color"] or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def line(text: str) -> None:
    """Say one thing.

    Where nobody hears it any more (a closed pipe, a terminal that is gone) it is left unsaid: an
    apply does not end half-way because its progress cannot be shown.
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.write(_clean(text) + "\n")
        sys.stderr.flush()


def is_verbose() -> bool:
    """Tell whether `-v` was given."""
    return _LEVEL["verbose"]


def detail(text: str) -> None:
    """Say something that only `-v` asks for."""
    if _LEVEL["verbose"]:
        line(text)


def diagnostic(found: Diagnostic) -> None:
    """Show a finding: place, code, message, hint."""
    text = str(found)
    if found.place is None:
        text = f"{found.severity.value}: {text}"
    elif found.severity is not Severity.ERROR:
        text = f"{found.place} {found.severity.value}: {text.removeprefix(f'{found.place} ')}"
    if colored(sys.stderr):
        head, _, rest = text.partition(f"{found.code} ")
        text = f"{head}\x1b[{_STYLES[found.severity]}m{found.code}\x1b[0m {rest}"
    line(text)


def failure(error: SchemaDiffError) -> None:
    """Show everything that an error found."""
    for found in error.diagnostics:
        diagnostic(found)
    errors = sum(d.severity is Severity.ERROR for d in error.diagnostics)
    if errors > 1:
        line(f"{errors} errors")


def problem(code: str, message: str, hint: str = "") -> None:
    """Show an error of the command line itself."""
    diagnostic(Diagnostic(code=code, message=message, hint=hint))


def internal(error: BaseException) -> None:
    """Show a bug of ours in one line."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "run it again with SCHEMADIFF_DEBUG=1 and report what it prints"
    problem("SD999", f"internal error: {text}", hint=hint)


def _clean(text: str) -> str:
    """Take passwords out, as the last of several nets."""
    if ":/" not in text and "password" not in text.lower():  # a path loses one of the slashes
        return text
    from schemadiff.catalog.session import redact

    return redact(text)
