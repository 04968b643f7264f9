"""`plan --prove`: the plan of a run, rehearsed in a scratch copy of the schema of now."""

from __future__ import annotations

from schemadiff.cli.managed import registry_of
from schemadiff.cli.settings import Settings
from schemadiff.cli.work import Planned


def rehearsed(found: Planned, settings: Settings) -> str:
    """Give the line of the proof; raises ShadowError with what failed."""
    from schemadiff.shadow.server import ShadowOptions
    from schemadiff.verify.rehearsal import rehearse

    assert found.resolved is not None
    proof = rehearse(
        found.plan,
        found.resolved.inspection.catalog,
        found.resolved.desired,
        found.live.connection,
        registry=registry_of(settings.manage),
        options=ShadowOptions(settings.shadow),
    )
    return str(proof)
