"""Table locks in the order of what they block (manual, 13.3.1)."""

from __future__ import annotations

from enum import IntEnum


class LockMode(IntEnum):
    """The modes of `pg_locks`, weakest first; NONE is no lock on an existing relation."""

    NONE = 0
    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @property
    def sql(self) -> str:
        """The mode as the manual spells it."""
        return self.name.replace("_", " ")

    @property
    def blocks(self) -> str:
        """What other sessions cannot do meanwhile, in a few words."""
        if self >= LockMode.ACCESS_EXCLUSIVE:
            return "blocks reads and writes"
        if self >= LockMode.SHARE:
            return "blocks writes"
        return "blocks neither reads nor writes"
