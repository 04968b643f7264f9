"""The result of a command: to standard output, or whole or not at all to a file."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from schemadiff.cli import newcomer, say
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.plan import Plan
from schemadiff.core.record import replace
from schemadiff.spec.whole_file import write_file

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
    """Write the result to standard output."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"standard output cannot be written: {error.strerror}"
        raise ConfigError(Diagnostic(code="SD205", message=message)) from None
