"""What a column is besides, which an heir says itself though it has it from a table above.

An heir that has it from above alone cannot be given one of its own, so it gets what the files say
of it: whether it is NOT NULL, what it is generated from, how it is stored and sampled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.kinds._column_setting import keeps_settings
from schemadiff.kinds._part_generated import keeps_generated
from schemadiff.kinds._part_not_null import PartNotNull


def keeps_as_said(after: dict[Identity, DbObject], said: Any, above: Any, version: int) -> None:
    """Have what is said of a column that is not so in the table above."""
    _keeps_not_null(after, said, above)
    keeps_generated(after, said, above, version)
    keeps_settings(after, said, above)


def numbered_here(
    before: dict[Identity, DbObject],
    after: dict[Identity, DbObject],
    said: Any,
    above: Mapping[Identity, DbObject],
) -> bool:
    """Tell whether an heir is to number a column itself, and have it be its own for that.

    It is read as its own from then on. What it has from above until then, it has itself here, and
    what nobody names goes on being called as it is.
    """
    if said.identity_options is None:
        return False
    there: Any = above[said.identity]
    if not there.not_null:
        there = replace(there, not_null_name=said.not_null_name)
    elif said.not_null_name is None:
        after[said.identity] = replace(said, not_null_name=there.not_null_name)
    before[said.identity] = there
    default = Identity("default", said.identity.path)
    given: Any = before.get(default, above.get(default))
    if given is not None:
        before[default] = replace(given, of="table")
    return True


def _keeps_not_null(after: dict[Identity, DbObject], said: Any, above: Any) -> None:
    """Have the NOT NULL of a column that is said again, where it is not NOT NULL above."""
    if said.not_null and not above.not_null:
        names = (said.not_null_name, said.not_null_valid, said.not_null_no_inherit)
        found = PartNotNull(Identity("part_not_null", said.identity.path), *names, of=said.of)
        after.setdefault(found.identity, found)


def comes_anew(old: Any, new: Any) -> bool:
    """Tell whether a table goes with its rows and is made as a part, or as none: never in between.

    A partition key is for good, and rows that another table has a say in are not kept for one.
    """
    divided = getattr(old, "partition_by", None) != getattr(new, "partition_by", None)
    return divided and bool(old.partition_of != new.partition_of)
