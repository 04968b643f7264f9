"""What a kind says of the dangers of its changes, beside what its operations declare.

Locks, rewrites and reads are declared by each operation; here is what only a kind can know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.operation import ScanFor

if TYPE_CHECKING:
    from schemadiff.core.kind import Context


class HazardKind:
    """The part of a kind's contract that speaks of hazards."""

    name: ClassVar[str]
    scan_for: ClassVar[ScanFor] = ScanFor.ROWS  # why its operations read whole tables
    clash: ClassVar[str] = "is there twice for"  # what rows do that its index refuses
    has_rows: ClassVar[bool] = False  # has a size of its own, and others wait for its lock
    used_by_name: ClassVar[bool] = False  # programs name it in their statements

    def hazards(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Hazard]:
        """Name the dangers of a change that no declaration of an operation tells.

        `old` is None for what is created, `new` for what is dropped.
        """
        del changed, context
        if new is None and self.used_by_name:
            text = f"{self.name.replace('_', ' ').capitalize()} {self.named(old)} is dropped."
            yield hazard("breaks-drop", old.identity, text)

    def named(self, obj: Any) -> str:
        """Name an object in SQL, of a routine with its arguments."""
        return obj.identity.sql  # type: ignore[no-any-return]

    def scans_for(self, obj: Any, context: Context) -> ScanFor:
        """Say why operations on the object read whole tables."""
        del obj, context
        return self.scan_for

    def known_to_fit(self, obj: Any, context: Context) -> bool:
        """Tell whether no row that is there can make it fail, though all of them are read."""
        del obj, context
        return False

    def locks_also(self, obj: Any) -> Iterable[Identity]:
        """Name the other tables that are locked as well while the object is made or dropped."""
        del obj
        return ()

    def renamed_hazards(self, old: DbObject, new: DbObject) -> Iterable[Hazard]:
        """Name the dangers of a rename or move: that programs know the old name."""
        if not self.used_by_name:
            return
        before, after = old.identity.called, new.identity.called
        text = f"{self.name.replace('_', ' ').capitalize()} {before} is called {after} from now on."
        yield hazard("breaks-rename", new.identity, text)
