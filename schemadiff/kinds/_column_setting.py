"""The object of the settings of a column that a part or heir has from another table."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Final

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record

DEFAULT: Final = "default"
NO_TARGET: Final = -1


@record(frozen=True, slots=True)
class ColumnSetting(DbObject):
    """Settings of a column; None where it is as in the table above, or by default."""

    statistics: int | None = None
    storage: str | None = None
    compression: str | None = None
    options: tuple[tuple[str, str], ...] | None = None
    of: str = field(default="table", compare=False)
    type_storage: str = field(default="", compare=False)
    # Whose STORAGE and COMPRESSION it begins with, where the part is made.
    above: ColumnSetting | None = field(default=None, compare=False)

    @property
    def parent(self) -> Identity:
        """The part, or the materialized view."""
        return Identity(self.of, self.identity.path[:2])


def keeps_settings(after: dict[Identity, DbObject], said: Any, above: Any) -> None:
    """Have the settings of a column that is said again, where they are given, and not those above.

    One that says none has those of the table above, where it is made with its table, too.
    """
    names = ("statistics", "storage", "compression", "options")
    pairs = [(name, getattr(said, name)) for name in names]
    given = {name: value for name, value in pairs if value not in (None, ())}
    found: dict[str, Any] = {n: v for n, v in given.items() if v != getattr(above, n)}
    if found:
        identity = Identity("column_setting", said.identity.path)
        after.setdefault(identity, ColumnSetting(identity, **found, of=said.of))
