"""A large database that was as its files said, kept in parts: most edits are about a few of them.

A part is what lives in a schema by a name (a table, say) with all that lives in it. The surprising
fact: while the server says to every question what it said before, each part is as it was then, and
so is what the unchanged files say of it. So only what an edit reaches has to be understood again.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from schemadiff.core.catalog import UNMANAGED, Catalog, Unmanaged
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, Registry, overriding
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject, all_fields
from schemadiff.core.record import record
from schemadiff.core.steady import steady
from schemadiff.spec.shelf import load

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Inspection, Known
    from schemadiff.spec.result import Spec

NOWHERE = -1  # the file of what the server has and no file speaks of
_TOP = 2  # schema and name

Found = Mapping[Identity, tuple[int, ...]]


class Entry(NamedTuple):
    """One object of the server, with all that is known of it."""

    obj: DbObject
    rank: int  # among all that the server has
    position: int  # among all that the files say
    file: int
    schema: str  # in which the names of its texts are looked up first
    address: Address | None
    rests_on: frozenset[Identity]
    borne: tuple[int, ...]  # the parts in which something rests on it
    spoken: tuple[str, ...]  # of which attachments the files speak


@record(frozen=True)
class Common:
    """What is looked at whatever has changed."""

    names: Names
    known: Known
    outsiders: Mapping[Address, Unmanaged]
    outer: Mapping[Identity, frozenset[Identity]]  # what of these rests on what of ours
    version: int


@record(frozen=True)
class Archive:
    """The parts, and where each thing is found in them."""

    told: str  # the digest of what the server was asked, and said
    files: Mapping[str, str]  # path -> digest
    bodies: Mapping[str, str]  # of the files beside the YAML
    mixing: frozenset[str]  # files of what other files may take from them
    unmanaged: tuple[Unmanaged, ...]
    of_file: Mapping[str, tuple[int, ...]]  # the parts of which a file speaks
    homes: Mapping[tuple[str, ...], tuple[int, ...]]  # schema and name -> parts
    always: tuple[int, ...]  # parts that are found in other ways than by a name in a schema
    names: Mapping[str, tuple[tuple[str, str, int], ...]]  # sorted: name -> space, schema, part
    spans: Sequence[int]
    data: bytes
    common: bytes = field(repr=False)

    @property
    def count(self) -> int:
        """The number of parts."""
        return len(self.spans) - 1

    def part(self, number: int) -> tuple[Entry, ...]:
        """Give the objects of a part."""
        start, end = self.spans[number], self.spans[number + 1]
        return tuple(_entries(load(self.data[start:end])))

    def shared(self) -> Common:
        """Give what all parts share."""
        found = load(self.common)
        assert isinstance(found, Common)
        return found


def _entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[Entry]:
    for model, kind, path, values, rests_on, *others in rows:
        edges = frozenset(Identity(*each) for each in rests_on)
        rank, position, file, schema, address, borne, spoken = others
        obj = model(Identity(kind, path), *values)
        yield Entry(obj, rank, position, file, schema, address, edges, borne, spoken)


def digests_of(files: Mapping[Path, bytes]) -> dict[str, str]:
    """Give the digest of each file."""
    return {
        str(path): hashlib.blake2b(data, digest_size=16).hexdigest() for path, data in files.items()
    }


@record(frozen=True)
class Stock:
    """What an archive is made of: a database, its dependencies read, and the files that say it."""

    inspection: Inspection
    spec: Spec
    files: Mapping[str, str]
    bodies: Mapping[str, str]
    registry: Registry
    unmanaged: tuple[Unmanaged, ...]

    def archive(self, told: str) -> Archive:
        """Put everything into its part."""
        with steady():
            return _Filing(self).archive(told)


class _Filing:
    """One archive in the making."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._catalog: Catalog = stock.inspection.catalog
        self._roots: dict[Identity, Identity] = {}
        self._parts: dict[Identity, int] = {}
        self._by_part: list[list[Identity]] = []
        for identity in self._catalog.objects:
            root = self._root(identity)
            number = self._parts.setdefault(root, len(self._parts))
            if number == len(self._by_part):
                self._by_part.append([])
            self._by_part[number].append(identity)
        self._numbers = {file: number for number, file in enumerate(stock.files)}
        self._files = self._files_of()

    def archive(self, told: str) -> Archive:
        """Give it."""
        stock, inspection = self._stock, self._stock.inspection
        data, spans = self._written()
        of_file: dict[str, set[int]] = defaultdict(set)
        files = list(stock.files)
        for identity, file in self._files.items():
            if (number := self._part(identity)) is not None:
                of_file[files[file]].add(number)
        mixing = {
            where.document.file
            for where in stock.spec.sources.values()
            if where.path[:1] == ("mixins",)
        }
        selectable = {k.name for k in stock.registry if k.spaces}
        homes: dict[tuple[str, ...], list[int]] = defaultdict(list)
        always = []
        for root, number in self._parts.items():
            homes[root.path[:_TOP]].append(number)
            if len(root.path) < _TOP or root.kind not in selectable:
                always.append(number)
        outer = {i: e for i, e in self._catalog.dependencies.items() if i.kind == UNMANAGED}
        names = replace(inspection.names, relations={}, columns={}, addresses={})
        known = inspection.known(stock.registry)
        version = self._catalog.version
        common = Common(names, known, inspection.outsiders, outer, version)
        return Archive(
            told,
            stock.files,
            stock.bodies,
            frozenset(mixing),
            stock.unmanaged,
            {file: tuple(sorted(some)) for file, some in of_file.items()},
            {path: tuple(some) for path, some in homes.items()},
            tuple(always),
            self._names(),
            spans,
            data,
            pickle.dumps(common, 5),
        )

    def _part(self, identity: Identity) -> int | None:
        root = self._roots.get(identity)
        return self._parts[root] if root is not None else None

    def _root(self, identity: Identity) -> Identity:
        """Find what an object lives in that lives in a schema, or in nothing."""
        found = self._roots.get(identity)
        if found is None:
            above = self._catalog.objects[identity].parent
            inside = above is not None and len(above.path) >= _TOP and above in self._catalog
            found = self._root(above) if above is not None and inside else identity
            self._roots[identity] = found
        return found

    def _files_of(self) -> dict[Identity, int]:
        """Give the file that speaks of each object; what a mixin gives is said where it is used."""
        sources, numbers = self._stock.spec.sources, self._numbers
        found: dict[Identity, int] = {}
        mixed: list[Identity] = []
        for identity, where in sources.items():
            if where.path[:1] == ("mixins",):
                mixed.append(identity)
            else:
                found[identity] = numbers[where.document.file]
        for identity in mixed:
            root = self._roots.get(identity)
            if root is not None and root in found:
                found[identity] = found[root]
        return found

    def _written(self) -> tuple[bytes, list[int]]:
        objects, edges = self._catalog.objects, self._catalog.dependencies
        ranks = {identity: number for number, identity in enumerate(objects)}
        positions = {
            identity: number for number, identity in enumerate(self._stock.spec.catalog.objects)
        }
        addresses = {identity: at for at, identity in self._stock.inspection.addresses.items()}
        borne = self._borne()
        spoken: dict[Identity, list[str]] = defaultdict(list)
        for kind, identity in self._stock.spec.spoken:
            spoken[identity].append(kind)
        sources, files, last = self._stock.spec.sources, self._files, len(positions)
        parts: list[bytes] = []
        spans = [0]
        for identities in self._by_part:
            rows = []
            for identity in identities:
                obj = objects[identity]
                where = sources.get(identity)
                model = type(obj)
                rows.append(
                    (
                        model,
                        identity.kind,
                        identity.path,
                        tuple([getattr(obj, name) for name in all_fields(model)]),
                        [tuple(each) for each in edges.get(identity, ())],
                        ranks[identity],
                        positions.get(identity, last),
                        files.get(identity, NOWHERE),
                        where.schema if where is not None else identity.path[0],
                        addresses.get(identity),
                        borne.get(identity, ()),
                        tuple(spoken.get(identity, ())),
                    )
                )
            parts.append(pickle.dumps(rows, 5))
            spans.append(spans[-1] + len(parts[-1]))
        return b"".join(parts), spans

    def _borne(self) -> Found:
        """Give the parts in which something rests on each object."""
        found: dict[Identity, set[int]] = defaultdict(set)
        for number, identities in enumerate(self._by_part):
            for identity in identities:
                for other in self._catalog.depends_on(identity):
                    found[other].add(number)
        return {identity: tuple(sorted(some)) for identity, some in found.items()}

    def _names(self) -> dict[str, tuple[tuple[str, str, int], ...]]:
        """Give every name that something is found by, or that nothing else may have."""
        registry = self._stock.registry
        occupying = overriding(registry, "occupies")
        found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for number, identities in enumerate(self._by_part):
            for identity in identities:
                obj = self._catalog.objects[identity]
                if identity.kind in occupying:
                    for space, schema, name in registry[identity.kind].occupies(obj):
                        found[name].append((space, schema, number))
                for name in _further_names(obj, registry):
                    found[name].append(("", identity.path[0], number))
        return {name: tuple(dict.fromkeys(found[name])) for name in sorted(found)}


def _further_names(obj: DbObject, registry: Registry) -> Iterator[str]:
    """Name what else an object is found by: as what it is, by its constraints, by its parts'."""
    kind, path = registry.of(obj), obj.identity.path
    if kind.spaces and "" in kind.within and len(path) >= _TOP:
        yield path[kind.name_part]
    name: str | None = getattr(obj, "not_null_name", None)
    if name is not None:
        yield name
    for _, clone, _ in getattr(obj, "clones", ()):
        yield clone


class Taken(Mapping[tuple[str, str, str], Identity]):
    """The names that are taken in the parts which stay as they are."""

    def __init__(self, archive: Archive, but: Container[int]) -> None:
        """Leave out the parts that are read anew."""
        self._names, self._but = archive.names, but

    def __getitem__(self, key: tuple[str, str, str]) -> Identity:
        """Give a holder, by its name alone; KeyError for a free name."""
        space, schema, name = key
        for where, inside, part in self._names.get(name, ()):
            if (where, inside) == (space, schema) and part not in self._but:
                return Identity("", (schema, name))
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Go through all of them."""
        for name, some in self._names.items():
            for space, schema, part in some:
                if space and part not in self._but:
                    yield (space, schema, name)

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)
