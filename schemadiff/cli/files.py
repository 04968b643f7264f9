"""The schema files of a run, read once and built as often as the database is looked at.

What they came to is kept from run to run where that saves time (`spec/memory.py`); with
`SCHEMADIFF_CACHE=off` it is not.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from schemadiff.cli import say
from schemadiff.spec.contents import contents_of, root_of, state_of, unchanged
from schemadiff.spec.shelf import Shelf

if TYPE_CHECKING:
    from schemadiff.cli.archive import Archive
    from schemadiff.cli.excerpt import Excerpt
    from schemadiff.spec.document import Document
    from schemadiff.spec.folder import Known
    from schemadiff.spec.memory import Memory
    from schemadiff.spec.result import Spec

VARIABLE = "SCHEMADIFF_CACHE"


def keeping() -> bool:
    """Tell whether anything may be kept from run to run."""
    return os.environ.get(VARIABLE, "").lower() not in ("off", "0", "no", "false")


def shelf_of(suffix: str) -> Shelf:
    """Give the shelf of what is kept of one sort."""
    from schemadiff.catalog.embedded_home import wanted_home

    return Shelf(wanted_home() / "specs", suffix)


class SchemaFiles:
    """All YAML files of a folder, or one file; reading them raises SpecError."""

    def __init__(self, folder: Path, *, whole: bool = True) -> None:
        """Begin with nothing read; files are not the `whole` where something is out of scope."""
        self._folder, self._whole = folder, whole
        self._root = root_of(folder)
        self.bodies: Mapping[str, str] = {}  # files beside the YAML -> digest, once read

    @property
    def key(self) -> str | None:
        """The key of what is kept of these files, or None where nothing is."""
        return self._state[1] if self._state is not None else None

    def spec(self, known: Callable[[], Known]) -> Spec:
        """Give the raw objects; `known` says what the live server has, once that is known."""
        memory = self._memory
        if memory is not None and "_documents" not in self.__dict__:
            begun = time.perf_counter()
            if (recalled := memory.recall(known)) is not None:
                count = len(memory.files)
                say.detail(f"{count} files as before, known in {time.perf_counter() - begun:.2f} s")
                spec, self.bodies = recalled
                return spec
        documents = self._documents
        there = known()
        from schemadiff.kinds import EVERY
        from schemadiff.spec.folder import expanded

        run, spec = expanded(documents, EVERY, self._root, there, whole=self._whole)
        self.bodies = run.bodies
        if memory is not None:
            memory.keep(spec, run.asked, run.bodies, there)
        return spec

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The digest of each file by its path in the folder, none where nothing is kept of them."""
        from schemadiff.cli.archive import digest_of

        contents = self._state[0] if self._state is not None else {}
        return {self.inside(str(path)): digest_of(data) for path, data in contents.items()}

    def inside(self, file: str) -> str:
        """Give the path of a file in the folder."""
        return file.removeprefix(str(self._root)).lstrip(os.sep)

    def changed_since(self, before: Mapping[str, str]) -> frozenset[str]:
        """Name the files that are not as they were, those that are new, and those that are gone."""
        now = self.digests
        return frozenset(f for f in {*now, *before} if now.get(f) != before.get(f))

    @property
    def bodies_inside(self) -> Mapping[str, str]:
        """The digests of the files beside the YAML, by their paths in the folder."""
        root = str(self._root.resolve())
        return {os.path.relpath(file, root): digest for file, digest in self.bodies.items()}

    def bodies_as_before(self, before: Mapping[str, str]) -> bool:
        """Tell whether the files beside the YAML are as they were; OSError for one that is gone."""
        return unchanged({str(self._root / file): digest for file, digest in before.items()})

    def excerpt(self, archive: Archive) -> Excerpt | None:
        """Read the files that have changed, and give what they are about; None for the whole."""
        from schemadiff.cli.excerpt import excerpt
        from schemadiff.kinds import EVERY, KINDS
        from schemadiff.spec.folder import read_folder

        assert self._state is not None
        begun = time.perf_counter()
        changed = self.changed_since(archive.files)
        contents = {self.inside(str(file)): (file, data) for file, data in self._state[0].items()}
        known: dict[str, Document] = {}

        def read(files: frozenset[str]) -> Mapping[str, Document]:
            asked = dict(contents[f] for f in files - known.keys() if f in contents)
            if asked:
                read = read_folder(self._folder, EVERY, asked)
                known.update((self.inside(document.file), document) for document in read)
            return {file: known[file] for file in contents if file in files}

        try:
            found = excerpt(archive, changed, read, KINDS, self._root)
        except Exception:  # noqa: BLE001  a mistake in a file, or a damaged archive: read everything
            return None
        if found is not None:
            looked, took = f"{len(found.parts)} of {archive.count}", time.perf_counter() - begun
            say.detail(f"{len(changed)} files changed, about {looked} objects, in {took:.2f} s")
        return found

    @cached_property
    def _state(self) -> tuple[Mapping[Path, bytes], str] | None:
        """The bytes of the files with their key, or None where nothing is kept of them."""
        contents = contents_of(self._folder) if keeping() else None
        return None if contents is None else (contents, state_of(contents, self._root))

    @cached_property
    def _memory(self) -> Memory | None:
        from schemadiff.spec.memory import Memory

        return None if self._state is None else Memory(shelf_of("spec"), *self._state)

    @cached_property
    def _documents(self) -> tuple[Document, ...]:
        from schemadiff.kinds import EVERY
        from schemadiff.spec.folder import read_folder

        begun = time.perf_counter()
        contents = self._state[0] if self._state is not None else None
        documents = tuple(read_folder(self._folder, EVERY, contents))
        say.detail(f"{len(documents)} files read in {time.perf_counter() - begun:.2f} s")
        return documents
