"""How a run that made a plan ends: the exit codes that scripts rely on."""

from __future__ import annotations

from pathlib import Path

from schemadiff.cli.app import DONE, PENDING, REFUSED
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ConfigError
from schemadiff.core.plan import Plan
from schemadiff.render import FORMATS


def outcome(plan: Plan, allowances: tuple[str, ...], *, detailed: bool) -> int:
    """Give 0, or with `--detailed-exitcode` what the plan means."""
    if not detailed or plan.empty:
        return DONE
    return REFUSED if plan.refused(allowances) else PENDING


_ENDINGS = {".json": "json", ".sql": "sql", ".md": "markdown"}


def format_of(said: str | None, out: Path | None) -> str:
    """Give the format that was asked for, or that a file's name ends with; else it is text.

    Refuses one that does not exist, before any work; ConfigError.
    """
    by_name = _ENDINGS.get(out.suffix.lower(), "text") if out is not None else "text"
    fmt = said or by_name
    if fmt not in FORMATS:
        hint = f"--format {'|'.join(FORMATS)}"
        raise ConfigError(Diagnostic(code="SD204", message=f"no format {fmt!r}", hint=hint))
    return fmt
