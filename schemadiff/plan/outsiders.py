"""What no kind manages and is in the way of a plan."""

from __future__ import annotations

from collections.abc import Container, Iterator

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity


def in_the_way(
    dropped: Container[Identity], replaced: Container[Identity], current: Catalog
) -> Iterator[Diagnostic]:
    """Say what would break, or be stopped by, something that no kind manages."""
    for identity in sorted(current.outsiders):
        if identity not in dropped and identity not in replaced:
            continue
        for other in sorted(current.outsiders[identity]):
            what = "dropped" if identity in dropped else "made anew"
            message = (
                f"{identity} is to be {what}, but {other.path[0]} {other.path[1]}, "
                "which schemadiff does not manage, depends on it"
            )
            hint = f"drop or change {other.path[1]} by hand first"
            yield Diagnostic(code="SD068", message=message, hint=hint, about=(identity,))
