"""What a folder of files came to, kept for the next run: equal bytes make equal objects.

A large schema is planned again and again with the files it had (`plan`, then `apply`, then `plan`,
and a monitor every hour). What was kept is taken only for the same bytes of every file, read by the
same code, with the same answers to what was asked of the server's names. The surprising fact: it
is kept by columns, a class at a time, because pickling object by object takes longer than the YAML.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Place
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject, all_fields
from schemadiff.core.record import record
from schemadiff.core.steady import steady
from schemadiff.spec.at import Where
from schemadiff.spec.contents import Bodies, unchanged
from schemadiff.spec.result import Spec
from schemadiff.spec.shelf import Shelf, load

Known = Mapping[str, frozenset[tuple[str, str]]]
Asked = Mapping[tuple[str, str], frozenset[str]]  # (space, name) -> in which schemas it is

WORTH = 4000  # objects; less is read from the files in the time that this takes


@record(frozen=True)
class Kept:
    """One entry as it is written."""

    asked: Asked
    bodies: Bodies
    objects: bytes
    questions: bytes
    sources: bytes
    renames: Mapping[Identity, Identity]
    spoken: frozenset[tuple[str, Identity]]


@record(frozen=True, eq=False)
class KeptDocument:
    """A file whose objects are known: it is read again only to say where something stands."""

    file: str
    folder: Path
    data: bytes

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Give the place of a key."""
        from schemadiff.spec.document import tree_path
        from schemadiff.spec.reader import YamlMap, place_of, read_yaml

        tree = read_yaml(self.data, self.file)[0]
        return Place(self.file, *place_of(YamlMap() if tree is None else tree, tree_path(path)))


class _Sources(Mapping[Identity, Where]):
    """Where each object was written, unpacked when somebody asks: without changes, nobody does."""

    def __init__(self, packed: bytes, documents: Sequence[KeptDocument]) -> None:
        self._packed, self._documents = packed, documents

    @cached_property
    def _places(self) -> Mapping[Identity, tuple[int, tuple[str | int, ...], str]]:
        with steady():
            identities, *columns = load(self._packed)
            return dict(zip(map(Identity, *identities), zip(*columns, strict=True), strict=True))

    def __getitem__(self, identity: Identity) -> Where:
        number, path, schema = self._places[identity]
        return Where(self._documents[number], path, schema)

    def __contains__(self, identity: object) -> bool:
        return identity in self._places

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@record(frozen=True)
class Memory:
    """Where it is kept, and one state of the files with its key."""

    shelf: Shelf
    files: Mapping[Path, bytes]
    key: str

    def recall(self, known: Callable[[], Known]) -> tuple[Spec, Bodies] | None:
        """Give what the files came to before, or None; `known` is asked only where it matters.

        With it come the files beside the YAML, by their digests.
        """
        try:
            with steady():
                kept = self.shelf.take(self.key)
                if not isinstance(kept, Kept):
                    return None
                objects = _unpacked(kept.objects)  # while the server is still at work
                questions = _unpacked(kept.questions)
            if not unchanged(kept.bodies) or answers(kept.asked, known()) != kept.asked:
                return None
        except Exception:  # noqa: BLE001  a damaged entry raises whatever it likes; read the files
            return None
        documents = [KeptDocument(str(p), p.parent, d) for p, d in self.files.items()]
        sources = _Sources(kept.sources, documents)
        spec = Spec(Catalog(objects), kept.renames, sources, kept.spoken, questions)
        return spec, kept.bodies

    def keep(
        self,
        spec: Spec,
        asked: Iterable[tuple[str, str]],
        bodies: Bodies,
        known: Known,
    ) -> None:
        """Keep what the files came to; nothing happens where that cannot be."""
        if len(spec.catalog.objects) < WORTH or spec.unclear:
            return
        numbers = {str(path): number for number, path in enumerate(self.files)}
        identities = ([i.kind for i in spec.sources], [i.path for i in spec.sources])
        places = list(spec.sources.values())
        columns = (
            [numbers[p.document.file] for p in places],
            [p.path for p in places],
            [p.schema for p in places],
        )
        kept = Kept(
            answers(asked, known),
            bodies,
            _packed(spec.catalog.objects.values()),
            _packed(spec.questions.values()),
            pickle.dumps((identities, *columns), 5),
            dict(spec.renames),
            spec.spoken,
        )
        self.shelf.keep(self.key, kept)


def answers(asked: Iterable[tuple[str, str]], known: Known) -> Asked:
    """Give in which schemas the server has each name that was asked for."""
    by_name: dict[tuple[str, str], set[str]] = {key: set() for key in asked}
    for space in {space for space, _ in by_name}:
        for schema, name in known.get(space, ()):
            if (found := by_name.get((space, name))) is not None:
                found.add(schema)
    return {key: frozenset(schemas) for key, schemas in by_name.items()}


def _packed(objects: Iterable[DbObject]) -> bytes:
    """Write objects by columns: per class its kinds, paths and fields, and which class is next."""
    classes: dict[type[DbObject], list[DbObject]] = {}
    turns: list[int] = []
    numbers: dict[type[DbObject], int] = {}
    for obj in objects:
        model = type(obj)
        turns.append(numbers.setdefault(model, len(numbers)))
        classes.setdefault(model, []).append(obj)
    tables = []
    for model, some in classes.items():
        columns: list[list[Any]] = [
            [o.identity.kind for o in some],
            [o.identity.path for o in some],
        ]
        columns += [[getattr(o, name) for o in some] for name in all_fields(model)]
        tables.append((model, len(some), [_narrow(c) for c in columns]))
    return pickle.dumps((turns, tables), 5)


def _narrow(column: list[Any]) -> tuple[bool, Any]:
    """Say a column once that is the same throughout."""
    first = column[0]
    if all(value is first or (type(value) is type(first) and value == first) for value in column):
        return (True, first)
    return (False, column)


def _unpacked(data: bytes) -> dict[Identity, DbObject]:
    turns, tables = load(data)
    made: list[Iterator[DbObject]] = []
    for model, count, columns in tables:
        kinds, paths, *fields = [repeat(v, count) if same else v for same, v in columns]
        made.append(map(model, map(Identity, kinds, paths), *fields))
    ordered = [next(made[turn]) for turn in turns]
    return {obj.identity: obj for obj in ordered}
