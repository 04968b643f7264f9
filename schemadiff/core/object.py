"""The normalised object: one addressable thing of one side, as a frozen value.

Attributes are the compared fields besides the identity. A field with `compare=False` is either
derived by the server or of no meaning to the state (a column's position).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Self

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.identity import Identity
from schemadiff.core.record import record

if TYPE_CHECKING:
    from schemadiff.core.catalog import Catalog


@record(frozen=True, slots=True)
class DbObject:
    """The base of every kind's object."""

    identity: Identity

    @property
    def parent(self) -> Identity | None:
        """The object that this one lives and dies with, or None."""
        return None

    @property
    def beside(self) -> Identity | None:
        """What it is not inside of, but moves to another schema with (a sequence's column)."""
        return None

    @property
    def told(self) -> Mapping[str, object] | None:
        """What is shown of the object instead of its attributes, or None."""
        return None

    @property
    def refers(self) -> Iterator[Identity]:
        """What the object's own fields say it depends on, beside what pg_depend says."""
        return iter(())

    def takes_along(self, new: Identity, catalog: Catalog) -> Mapping[Identity, Identity]:
        """Name what lies elsewhere and is called otherwise with it, and how."""
        del new, catalog
        return {}

    def beside_renamed(self, old: Identity, new: Identity) -> Self:
        """Give the object once something that it names in a field is called otherwise."""
        del old, new
        return self


_attributes: dict[type[DbObject], tuple[str, ...]] = {}
_all_fields: dict[type[DbObject], tuple[str, ...]] = {}
_plain_values: dict[type[DbObject], dict[str, object]] = {}


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


def plain_value(model: type[DbObject], name: str) -> object:
    """Give the value that an attribute has where nobody said anything."""
    if model not in _plain_values:
        known = ((f.name, f.default) for f in fields(model))
        _plain_values[model] = {name: None if d is MISSING else d for name, d in known}
    return _plain_values[model][name]


def changed_attributes(old: DbObject, new: DbObject) -> frozenset[str]:
    """Name the attributes in which two objects of one kind differ."""
    names = attributes(type(new))
    return frozenset(n for n in names if getattr(old, n) != getattr(new, n))


def fingerprint(obj: DbObject, without: Iterable[str] = ()) -> str:
    """Hash what is compared of an object; equal for equal objects, also in another process."""
    names = [name for name in attributes(type(obj)) if name not in without]
    said = [(name, _plain(getattr(obj, name))) for name in names]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


_SAID_AS_THEY_ARE = frozenset({str, int, bool, float, type(None)})


def _plain(value: object) -> object:
    """Give a value without what is not compared, in an order that no hash seed decides."""
    if type(value) in _SAID_AS_THEY_ARE:
        return value
    if isinstance(value, AnyOrder):
        return tuple(sorted(value))
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Mapping):
        return sorted((k, _plain(v)) for k, v in value.items())
    if isinstance(value, frozenset):
        return sorted(map(_plain, value), key=repr)
    if is_dataclass(value):
        return [(f.name, _plain(getattr(value, f.name))) for f in fields(value) if f.compare]
    return value
