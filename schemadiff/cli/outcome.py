"""How a run that made a plan ends: the exit codes that scripts rely on."""

from __future__ import annotations

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


def check_format(fmt: str) -> None:
    """Refuse a format that does not exist, before any work; ConfigError."""
    if fmt not in FORMATS:
        hint = f"--format {'|'.join(FORMATS)}"
        raise ConfigError(Diagnostic(code="SD204", message=f"no format {fmt!r}", hint=hint))
