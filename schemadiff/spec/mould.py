"""The forms of what equal specs make: a mixin says the same of a thousand tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject, all_fields
from schemadiff.spec.result import Item

if TYPE_CHECKING:
    from schemadiff.spec.expand import Expansion


class _Part(NamedTuple):
    """An object that a spec makes, but for its name and its parent's."""

    kind: str
    model: Callable[..., DbObject]
    values: tuple[Any, ...]
    keys: tuple[str | int, ...]


class _Mould(NamedTuple):
    """What a spec makes, in order; nothing where an equal one may make something else."""

    spec: Any
    parts: tuple[_Part, ...]


@dataclass
class Moulds:
    """The moulds of one run, by spec, schema and what it stands in."""

    _known: dict[tuple[int, str, str, str], _Mould] = field(default_factory=dict)

    def serve(self, run: Expansion, item: Item) -> bool:
        """Expand a spec in something, or cast what an equal one has made; False for neither."""
        if item.parent is None:
            return False
        parent = item.parent.identity
        # The spec itself is kept with its number, so that nothing else can come to have it.
        key = (id(item.spec), item.where.schema, parent.kind, parent.schema)
        mould = self._known.get(key)
        if mould is None:
            self._known[key] = _first(run, item)
            return True
        return bool(mould.parts) and _cast(run, mould, item)


def _first(run: Expansion, item: Item) -> _Mould:
    """Expand a spec, and keep the form of what it makes if an equal one makes the same."""
    before = run.marks
    count = len(run.objects)
    run.expand_anew(item)
    made = list(islice(reversed(run.objects.items()), len(run.objects) - count))
    assert item.parent is not None
    path = (*item.parent.identity.path, item.name)
    if before != run.marks or any(i.path != path or i.kind in run.occupying for i, _ in made):
        return _Mould(item.spec, ())
    parts = [
        _Part(
            i.kind,
            type(obj),
            tuple(getattr(obj, f) for f in all_fields(type(obj))),
            run.sources[i].path[len(item.where.path) :],
        )
        for i, obj in reversed(made)
    ]
    return _Mould(item.spec, tuple(parts))


def _cast(run: Expansion, mould: _Mould, item: Item) -> bool:
    """Make what an equal spec has made, under the name of this one; tells whether it could."""
    assert item.parent is not None
    above, name = item.parent.identity, item.name
    if not name or "\0" in name:
        return False
    path = (*above.path, name)
    if Identity(item.kind.name, path) in run.sources:
        return False
    where = item.where
    for kind, model, values, keys in mould.parts:
        identity = Identity(kind, path)
        obj = model(identity, *values)
        run.objects[identity] = obj
        run.sources[identity] = where.at(*keys) if keys else where
        if (parent := obj.parent) is not None:
            run.by_parent[parent, kind].append(identity)
    return True
