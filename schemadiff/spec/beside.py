"""What the files say that are not read again, where only some of them are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record


@record(frozen=True)
class Beside:
    """The objects of other files, as the server has them, and the names that they take."""

    objects: Mapping[Identity, DbObject] = field(default_factory=dict)
    # (space, schema, name) -> whose it is
    taken: Mapping[tuple[str, str, str], Identity] = field(default_factory=dict)

    def parents(self) -> Iterator[tuple[Identity, Identity]]:
        """Give each object with what it lives in."""
        for identity, obj in self.objects.items():
            if (above := obj.parent) is not None:
                yield identity, above


NOTHING: Final = Beside()
