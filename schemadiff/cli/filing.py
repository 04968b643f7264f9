"""Putting a database into the parts of an archive, with what is known of each object."""

from __future__ import annotations

import pickle
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.inspector import is_found_by_name
from schemadiff.cli.archive import NOWHERE, TOP, Archive, Common
from schemadiff.core.catalog import UNMANAGED, Catalog, Unmanaged
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.object import DbObject, all_fields
from schemadiff.core.record import record, replace
from schemadiff.core.steady import steady

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Inspection
    from schemadiff.spec.result import Spec

Borne = dict[int, set[int]]  # rank -> parts


@record(frozen=True)
class Stock:
    """What an archive is made of: a database, its dependencies read, and the files that say it."""

    inspection: Inspection
    spec: Spec
    files: Mapping[str, str]
    bodies: Mapping[str, str]
    inside: Callable[[str], str]  # the path in the folder
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
        self._homes: dict[tuple[str, ...], int] = {}
        self._by_part: list[list[Identity]] = []
        self._parts = array("L")
        for identity in self._catalog.objects:
            number = self._homes.setdefault(identity.path[:TOP], len(self._by_part))
            if number == len(self._by_part):
                self._by_part.append([])
            self._by_part[number].append(identity)
            self._parts.append(number)
        self._ranks = {identity: rank for rank, identity in enumerate(self._catalog.objects)}
        self._edges = self._ranked_edges()
        self._schemas: dict[int, str] = {}
        self._mixing: set[str] = set()
        self._files = self._files_of()

    def archive(self, told: str) -> Archive:
        """Give it."""
        stock, inspection = self._stock, self._stock.inspection
        data, spans = self._written()
        of_file: dict[int, set[int]] = defaultdict(set)
        for rank, file in self._files.items():
            of_file[file].add(self._parts[rank])
        top = {k.name for k in stock.registry if is_found_by_name(k)}
        named = {
            number
            for number, identities in enumerate(self._by_part)
            if any(i.kind in top and len(i.path) >= TOP for i in identities)
        }
        names = replace(inspection.names, relations={}, columns={}, addresses={})
        known = inspection.known(stock.registry)
        common = Common(names, known, inspection.outsiders, self._outer(), self._catalog.version)
        return Archive(
            told,
            stock.files,
            stock.bodies,
            frozenset(self._mixing),
            stock.unmanaged,
            {file: tuple(of_file[n]) for n, file in enumerate(stock.files) if n in of_file},
            self._homes,
            len(stock.spec.catalog.objects),
            tuple(n for n in range(len(self._by_part)) if n not in named),
            self._names(),
            self._parts,
            spans,
            data,
            pickle.dumps(common, 5),
        )

    def _ranked_edges(self) -> dict[int, set[int]]:
        """Give what each object rests on, by pg_depend and by its own fields."""
        ranks, objects = self._ranks, self._catalog.objects
        found: dict[int, set[int]] = {}
        for identity, edges in self._catalog.dependencies.items():
            if (rank := ranks.get(identity)) is not None:
                found[rank] = {ranks[other] for other in edges if other in ranks} - {rank}
        silent = DbObject.refers
        for identity, obj in objects.items():
            if type(obj).refers is not silent:
                some = found.setdefault(ranks[identity], set())
                some |= {ranks[other] for other in obj.refers if other in ranks}
                some.discard(ranks[identity])
        return found

    def _outer(self) -> dict[Identity, frozenset[Identity]]:
        """Give the edges from and to what no kind manages."""
        found: dict[Identity, frozenset[Identity]] = {}
        for identity, edges in self._catalog.dependencies.items():
            if identity.kind == UNMANAGED:
                found[identity] = edges
            elif some := [other for other in edges if other.kind == UNMANAGED]:
                found[identity] = frozenset(some)
        return found

    def _files_of(self) -> dict[int, int]:
        """Give the file that speaks of each object; what a mixin gives is said where it is used."""
        inside = self._stock.inside
        numbers = _Numbers({file: number for number, file in enumerate(self._stock.files)}, inside)
        found: dict[int, int] = {}
        mixed: list[Identity] = []
        for identity, where in self._stock.spec.sources.items():
            if where.path[:1] == ("mixins",):
                self._mixing.add(inside(where.document.file))
                mixed.append(identity)
            elif (rank := self._ranks.get(identity)) is not None:
                found[rank] = numbers[where.document.file]
                if where.schema != identity.path[0]:
                    self._schemas[rank] = where.schema
        for identity in mixed:
            home = self._homes.get(identity.path[:TOP])
            roots = self._by_part[home] if home is not None else ()
            files = (found.get(self._ranks[i]) for i in roots if len(i.path) == TOP)
            file = next((f for f in files if f is not None), None)
            if file is not None and identity in self._ranks:
                found[self._ranks[identity]] = file
        return found

    def _written(self) -> tuple[bytes, array[int]]:
        objects, ranks, edges = self._catalog.objects, self._ranks, self._edges
        positions = {i: number for number, i in enumerate(self._stock.spec.catalog.objects)}
        addresses = {i: at for at, i in self._stock.inspection.addresses.items()}
        spoken: dict[Identity, tuple[str, ...]] = defaultdict(tuple)
        for kind, identity in self._stock.spec.spoken:
            spoken[identity] += (kind,)
        borne, close = self._borne()
        values = _Values()
        files, last = self._files, len(positions)
        written: list[bytes] = []
        spans = array("L", [0])
        for identities in self._by_part:
            rows = []
            for identity in identities:
                obj, rank = objects[identity], ranks[identity]
                made = (type(obj), *identity, values[type(obj)](obj))
                place = (rank, positions.get(identity, last), files.get(rank, NOWHERE))
                rows.append((*made, *place, addresses.get(identity)))
            own = [ranks[i] for i in identities]
            further = (
                {rank: tuple(edges[rank]) for rank in own if rank in edges},
                {rank: tuple(borne[rank]) for rank in own if rank in borne},
                {rank: tuple(close[rank]) for rank in own if rank in close},
                {rank: self._schemas[rank] for rank in own if rank in self._schemas},
                {ranks[i]: spoken[i] for i in identities if i in spoken},
            )
            some = pickle.dumps((rows, *further), 5)
            written.append(some)
            spans.append(spans[-1] + len(some))
        return b"".join(written), spans

    def _borne(self) -> tuple[Borne, Borne]:
        """Give the parts in which something rests on each object, without references again."""
        found: Borne = defaultdict(set)
        close: Borne = defaultdict(set)
        afar = overriding(self._stock.registry, "locks_also")
        from_afar = {rank for identity, rank in self._ranks.items() if identity.kind in afar}
        for rank, edges in self._edges.items():
            part, near = self._parts[rank], rank not in from_afar
            for other in edges:
                found[other].add(part)
                if near:
                    close[other].add(part)
        return found, close

    def _names(self) -> dict[str, tuple[tuple[str, str, int], ...]]:
        """Give every name that something is found by, or that nothing else may have."""
        registry = self._stock.registry
        occupying = overriding(registry, "occupies")
        top = {k.name: k.name_part for k in registry if is_found_by_name(k)}
        found: dict[str, dict[tuple[str, str, int], None]] = defaultdict(dict)
        for number, obj in zip(self._parts, self._catalog.objects.values(), strict=True):
            identity = obj.identity
            path = identity.path
            if identity.kind in occupying:
                for space, schema, name in registry[identity.kind].occupies(obj):
                    found[name][space, schema, number] = None
            if identity.kind in top and len(path) >= TOP:
                found[path[top[identity.kind]]]["", path[0], number] = None
            for name in _further_names(obj):
                found[name]["", path[0], number] = None
        return {name: tuple(found[name]) for name in sorted(found)}


class _Numbers(dict[str, int]):
    """The number of each file, by the path that a document has."""

    def __init__(self, numbers: Mapping[str, int], inside: Callable[[str], str]) -> None:
        super().__init__()
        self._numbers, self._inside = numbers, inside

    def __missing__(self, file: str) -> int:
        number = self[file] = self._numbers[self._inside(file)]
        return number


class _Values(dict[type[DbObject], Callable[[DbObject], tuple[Any, ...]]]):
    """What gives the values of an object, by its class."""

    def __missing__(self, model: type[DbObject]) -> Callable[[DbObject], tuple[Any, ...]]:
        names = all_fields(model)
        if len(names) > 1:
            found: Callable[[DbObject], tuple[Any, ...]] = attrgetter(*names)
        else:
            found = _tuple_of(names)
        self[model] = found
        return found


def _tuple_of(names: tuple[str, ...]) -> Callable[[DbObject], tuple[Any, ...]]:
    return lambda obj: tuple(getattr(obj, name) for name in names)


def _further_names(obj: DbObject) -> Iterator[str]:
    """Name what else an object has: a constraint, or what its parts have of it."""
    name: str | None = getattr(obj, "not_null_name", None)
    if name is not None:
        yield name
    for _, clone, _ in getattr(obj, "clones", ()):
        yield clone
