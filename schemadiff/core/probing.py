"""The part of the contract of a kind that puts an object to the server as a temporary one.

The surprising fact: each ALTER TABLE has the server build again what it knows of the table, so
what can stand in the brackets of CREATE TABLE is said there, in a fifth of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from schemadiff.core.sql import comma

_KEY = "schemadiff_probe"


class ProbedKind:
    """What a kind says of its objects as temporary ones."""

    hosts_probes: ClassVar[bool] = False  # its probe makes the temporary relation itself

    def probe(self, obj: Any, relation: str) -> str | None:
        """Give the statement that puts the object on a temporary relation, or None."""
        del obj, relation
        return None

    def probe_part(self, obj: Any) -> str | None:
        """Give what makes the object between the brackets of its relation instead, or None."""
        del obj
        return None

    def probe_host(self, obj: Any, relation: str, parts: Iterable[str]) -> str | None:
        """Give the statement that makes the temporary relation itself with parts, or None."""
        del obj, relation, parts
        return None

    def is_probed(self, obj: Any) -> bool:
        """Tell whether an object can be asked as a temporary one."""
        if self.hosts_probes:
            return self.probe_host(obj, "x", ()) is not None
        return self.probe_part(obj) is not None or self.probe(obj, "x") is not None


def partitioned(relation: str, parts: Iterable[str]) -> str:
    """Make a temporary table, partitioned for it has then no heap and no toast."""
    inside = comma([f"{_KEY} integer", *parts])
    return f"CREATE TEMPORARY TABLE {relation} ({inside}) PARTITION BY LIST ({_KEY})"
