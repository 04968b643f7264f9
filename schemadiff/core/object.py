"""The normalised object: one addressable thing of one side, as a frozen value.

Attributes are the compared fields besides the identity. A field with `compare=False` is either
derived by the server or of no meaning to the state (a column's position).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from schemadiff.core.identity import Identity


@dataclass(frozen=True, slots=True)
class DbObject:
    """The base of every kind's object."""

    identity: Identity

    @property
    def parent(self) -> Identity | None:
        """The object that this one lives and dies with, or None."""
        return None

    @property
    def refers(self) -> Iterator[Identity]:
        """What the object's own fields say it depends on, beside what pg_depend says."""
        return iter(())


_attributes: dict[type[DbObject], tuple[str, ...]] = {}
_all_fields: dict[type[DbObject], tuple[str, ...]] = {}


def attributes(model: type[DbObject]) -> tuple[str, ...]:
    """Name the compared attributes of a kind's object."""
    if model not in _attributes:
        names = (f.name for f in fields(model) if f.compare and f.name != "identity")
        _attributes[model] = tuple(names)
    return _attributes[model]


def all_fields(model: type[DbObject]) -> tuple[str, ...]:
    """Name every field of a kind's object besides the identity."""
    if model not in _all_fields:
        _all_fields[model] = tuple(f.name for f in fields(model) if f.name != "identity")
    return _all_fields[model]


def changed_attributes(old: DbObject, new: DbObject) -> frozenset[str]:
    """Name the attributes in which two objects of one kind differ."""
    names = attributes(type(new))
    return frozenset(n for n in names if getattr(old, n) != getattr(new, n))
