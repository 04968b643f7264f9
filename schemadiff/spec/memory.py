"""What a folder of files came to, kept for the next run: equal bytes make equal objects.

A large schema is planned again and again with the files it had (`plan`, then `apply`, then `plan`,
and a monitor every hour). What was kept is taken only for the same bytes of every file, read by the
same code, with the same answers to what was asked of the server's names. The surprising fact: it
is kept by columns, a class at a time, because pickling object by object takes longer than the YAML.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from pathlib import Path
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Place
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject, all_fields
from schemadiff.spec.at import Where
from schemadiff.spec.result import Spec

Known = Mapping[str, frozenset[tuple[str, str]]]
Asked = Mapping[tuple[str, str], frozenset[str]]  # (space, name) -> in which schemas it is

WORTH = 4000  # objects; less is read from the files in the time that this takes
_KEPT = 8  # folders, or states of one
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Kept:
    """One entry as it is written."""

    asked: Asked
    bodies: Mapping[str, str]  # files beside the YAML -> digest
    objects: bytes
    questions: bytes
    sources: bytes
    renames: Mapping[Identity, Identity]
    spoken: frozenset[tuple[str, Identity]]


@dataclass(frozen=True, eq=False)
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
        with _steady():
            identities, *columns = _load(self._packed)
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


@dataclass(frozen=True)
class Memory:
    """The folder of what is kept, and the key of one state of the files."""

    folder: Path
    files: Mapping[Path, bytes]
    root: Path

    @cached_property
    def _entry(self) -> Path:
        digest = hashlib.sha256(_code().encode())
        for path, data in self.files.items():
            digest.update(f"\0{path}\0{len(data)}\0".encode(errors="surrogateescape"))
            digest.update(data)
        digest.update(str(self.root.resolve()).encode(errors="surrogateescape"))
        return self.folder / f"{digest.hexdigest()}.spec"

    def recall(self, known: Callable[[], Known]) -> Spec | None:
        """Give what the files came to before, or None; `known` is asked only where it matters."""
        if not _is_ours(self.folder):
            return None
        try:
            data = self._entry.read_bytes()
            with _steady():
                kept = _load(data)
                if not isinstance(kept, Kept):
                    return None
                objects = _unpacked(kept.objects)  # while the server is still at work
                questions = _unpacked(kept.questions)
            if not self._still(kept, known):
                return None
        except FileNotFoundError:
            return None
        except Exception:  # noqa: BLE001  a damaged entry raises whatever it likes; read the files
            return None
        documents = [KeptDocument(str(p), p.parent, d) for p, d in self.files.items()]
        with contextlib.suppress(OSError):
            os.utime(self._entry)
        sources = _Sources(kept.sources, documents)
        return Spec(Catalog(objects), kept.renames, sources, kept.spoken, questions)

    def _still(self, kept: Kept, known: Callable[[], Known]) -> bool:
        """Tell whether the files beside the YAML and the server's names are as they were."""
        for name, digest in kept.bodies.items():
            if hashlib.sha256(Path(name).read_bytes()).hexdigest() != digest:
                return False
        return answers(kept.asked, known()) == kept.asked

    def keep(
        self,
        spec: Spec,
        asked: Iterable[tuple[str, str]],
        bodies: Mapping[str, str],
        known: Known,
    ) -> None:
        """Keep what the files came to; nothing happens where that cannot be."""
        if len(spec.catalog.objects) < WORTH:
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
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(self.folder):
                return
            fresh = self._entry.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(pickle.dumps(kept, 5))
            fresh.replace(self._entry)
            for old in sorted(self.folder.iterdir(), key=_age, reverse=True)[_KEPT:]:
                old.unlink()


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


class _Reader(pickle.Unpickler):
    """Makes our own values and nothing else, also of a file that somebody has tampered with."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("schemadiff.") or (module, name) == ("builtins", "frozenset"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def _load(data: bytes) -> Any:
    return _Reader(io.BytesIO(data)).load()


def _narrow(column: list[Any]) -> tuple[bool, Any]:
    """Say a column once that is the same throughout."""
    first = column[0]
    if all(value is first or (type(value) is type(first) and value == first) for value in column):
        return (True, first)
    return (False, column)


def _unpacked(data: bytes) -> dict[Identity, DbObject]:
    turns, tables = _load(data)
    made: list[Iterator[DbObject]] = []
    for model, count, columns in tables:
        kinds, paths, *fields = [repeat(v, count) if same else v for same, v in columns]
        made.append(map(model, map(Identity, kinds, paths), *fields))
    ordered = [next(made[turn]) for turn in turns]
    return {obj.identity: obj for obj in ordered}


@contextlib.contextmanager
def _steady() -> Iterator[None]:
    """Hold the collector still: it would look through everything again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _is_ours(folder: Path) -> bool:
    """Tell whether nobody else can write the folder: what is read from it is trusted."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "geteuid"):
        return stat.S_ISDIR(found.st_mode)
    mine = found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return stat.S_ISDIR(found.st_mode) and mine


def _age(path: Path) -> float:
    return path.stat().st_mtime


@cache
def _code() -> str:
    """Name the code that reads the files: its modules by size and time, and what runs them."""
    import pydantic

    digest = hashlib.sha256(f"{sys.version}\0{pydantic.VERSION}".encode())
    for layer in ("core", "kinds", "spec"):
        for entry in sorted(os.scandir(_PACKAGE / layer), key=lambda e: e.name):
            if entry.name.endswith(".py"):
                seen = entry.stat()
                digest.update(f"{layer}/{entry.name}\0{seen.st_size}\0{seen.st_mtime_ns}".encode())
    return digest.hexdigest()
