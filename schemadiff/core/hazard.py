"""A named danger of an operation.

Its class is the word that `--allow` takes; `data-loss` stands for every class that loses rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from schemadiff.core.identity import Identity


@dataclass(frozen=True, slots=True)
class Hazard:
    """A danger: its class, whether rows are lost, whose, and the sentence that says it."""

    code: str
    cls: str
    subject: Identity
    message: str
    loses_data: bool = True

    @property
    def flag(self) -> str:
        """The exact flag that allows it."""
        return f"--allow {self.cls}:{allow_name(self.subject)}"

    def allowed_by(self, allowances: tuple[str, ...]) -> bool:
        """Tell whether one of `CLASS[:PATTERN]` covers it; `all` covers everything."""
        for each in allowances:
            cls, _, pattern = each.partition(":")
            if cls not in ("all", self.cls) and not (cls == "data-loss" and self.loses_data):
                continue
            if not pattern or _matches(self.subject, pattern):
                return True
        return False


def allow_name(identity: Identity) -> str:
    """Name an object as `--allow` takes it: the schema `public` may be left out."""
    path = (
        identity.path[1:]
        if identity.path[0] == "public" and len(identity.path) > 1
        else identity.path
    )
    return ".".join(path)


def _matches(identity: Identity, pattern: str) -> bool:
    names = (".".join(identity.path), allow_name(identity))
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)


DATA_LOSS = {
    "drop-table": "SD101",
    "drop-column": "SD102",
    "drop-schema": "SD103",
    "drop-sequence": "SD104",
    "drop-type": "SD105",
    "narrow-type": "SD106",
    "drop-materialized-view": "SD107",
    "drop-extension": "SD108",
    "drop-object": "SD109",
}


def data_loss(cls: str, subject: Identity, message: str) -> Hazard:
    """Make a hazard that loses data; `cls` is one of DATA_LOSS."""
    return Hazard(DATA_LOSS[cls], cls, subject, message)
