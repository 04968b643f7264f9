"""The tree of errors; every one of them is shown without a traceback.

    SchemaDiffError
    ├── SpecError           the YAML is wrong (exit 1)
    ├── ConfigError         settings, URLs, flags are wrong (exit 1)
    ├── ConnectError        no server could be reached or started (exit 1)
    ├── InspectError        the live database cannot be read (exit 1)
    │   └── Vanished        something was dropped meanwhile (read once more)
    ├── ShadowError         the desired state cannot be built (exit 1)
    ├── PlanError           no plan can be made (exit 1)
    ├── PreflightRefused    rows make the plan fail for certain (exit 1)
    ├── HazardRefused       a hazard that was not allowed (exit 3)
    └── ApplyError          a statement failed while applying (exit 1)
        └── NotConverged    applied, and something is left (exit 1)

A traceback that reaches a user is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemadiff.core.diagnostic import Diagnostic


class SchemaDiffError(Exception):
    """Anything that ends a run with a message; carries one or more diagnostics."""

    exit_code = 1

    def __init__(self, *diagnostics: Diagnostic) -> None:
        """Keep the findings, in the order in which they are shown."""
        self.diagnostics = diagnostics
        super().__init__("\n".join(str(d) for d in diagnostics))

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic]) -> SchemaDiffError:
        """Build the error from any iterable of findings."""
        return cls(*diagnostics)


class SpecError(SchemaDiffError):
    """The YAML (or a file beside it) is wrong."""


class ConfigError(SchemaDiffError):
    """Settings, URLs or flags are wrong."""


class ConnectError(SchemaDiffError):
    """No server could be reached or started."""


class InspectError(SchemaDiffError):
    """The live database cannot be read."""


class Vanished(InspectError):
    """What was being read was dropped meanwhile; to be read once more."""


class ShadowError(SchemaDiffError):
    """The desired state cannot be built on a server."""


class PlanError(SchemaDiffError):
    """No plan can be made."""


class HazardRefused(SchemaDiffError):
    """The plan holds a hazard that nobody allowed."""

    exit_code = 3


class PreflightRefused(SchemaDiffError):
    """The rows that there are make the plan fail for certain."""


class ApplyError(SchemaDiffError):
    """A statement failed while applying."""


class NotConverged(ApplyError):
    """Everything was applied and yet something is left to do."""
