"""Which parts of an archive an edit is about, and both sides of these."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from schemadiff.cli.archive import NOWHERE, Archive, Entry
from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace
from schemadiff.spec.result import Spec

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Inspection
    from schemadiff.spec.document import Document

Part = dict[Identity, Entry]

_MOST = 0.4  # of all parts; of more the whole is as soon understood
_RELATION = "relation"  # the space of names of what may have heirs
_SHORT = 24  # of a table's name, as much as is left in the longest name made of it
_IN_SCHEMA, _IN_FILE = 4, 2  # where the names of a file's own objects stand


@record(frozen=True, eq=False)
class Choice:
    """The parts that are chosen, and what of them is about to change."""

    archive: Archive
    files: frozenset[str]  # that are read
    registry: Registry
    known: dict[int, Part]  # what was read of the archive, for this choice and others
    shaken: frozenset[Identity] = frozenset()  # what changes, and what rests on it
    parts: set[int] = field(default_factory=set)

    @cached_property
    def touched(self) -> frozenset[int]:
        """The parts of which the files spoke that are read."""
        return frozenset(n for file in self.files for n in self.archive.of_file.get(file, ()))

    @cached_property
    def _numbers(self) -> Mapping[int, str]:
        return dict(enumerate(self.archive.files))

    @cached_property
    def stays(self) -> dict[Identity, Entry]:
        """What the unchanged files say of the chosen parts, in the order of these files."""
        found = [e for e in self.entries() if not self._goes(e)]
        return {e.obj.identity: e for e in sorted(found, key=lambda e: e.position)}

    def _goes(self, entry: Entry) -> bool:
        """Tell whether the changed files are asked for an object, be it that they were silent."""
        above: Entry | None = entry
        while above is not None and above.file == NOWHERE:
            parent = above.obj.parent
            above = self._entry(parent) if parent is not None and len(parent.path) > 1 else None
        if above is None:
            return not (entry.position < self.archive.said and self._lives(entry.obj.identity))
        return self._numbers[above.file] in self.files

    def _lives(self, identity: Identity) -> bool:
        """Tell whether a schema that no file speaks of has something in it that stays."""
        schemas = self._inhabited
        return len(identity.path) == 1 and identity.path[0] in schemas

    @cached_property
    def _inhabited(self) -> frozenset[str]:
        homes = self.archive.homes
        return frozenset(h[0] for h, n in homes.items() if len(h) > 1 and n not in self.touched)

    def entries(self) -> Iterator[Entry]:
        """Give everything that was chosen."""
        for number in self.parts:
            yield from self._part(number).values()

    def _part(self, number: int) -> Part:
        part = self.known.get(number)
        if part is None:
            part = self.known[number] = {e.obj.identity: e for e in self.archive.part(number)}
        return part

    def _home(self, identity: Identity) -> Part:
        number = self.archive.homes.get(identity.path[:2])
        return self._part(number) if number is not None else {}

    def _entry(self, identity: Identity) -> Entry | None:
        return self._home(identity).get(identity)

    def knows(self, identity: Identity) -> bool:
        """Tell whether the server has an object."""
        return self._entry(identity) is not None

    # --- choosing ----------------------------------------------------------------------------

    def follow(self, documents: Iterable[Document]) -> bool:
        """Choose everything that is needed; False where that is too much."""
        # What is no part of a schema is there in any case. If it changes, the whole is looked at.
        self.parts.update(self.archive.always)
        most = len(self.parts) + _MOST * (self.archive.count - len(self.parts))
        spoken = {n for word in self._words(documents) for n in self._named(word)}
        shaken = (self.archive.homes.get(i.path[:2]) for i in self.shaken)
        queue = [*self.touched, *spoken, *(n for n in shaken if n is not None)]
        while queue and len(self.parts) <= most:
            number = queue.pop()
            if number not in self.parts:
                self.parts.add(number)
                queue += self._needed(number)
        return not queue

    def going(self) -> Iterator[Identity]:
        """Name what the files that are read are asked for."""
        always = set(self.archive.always)
        for number in self.touched - always:
            yield from (i for i, entry in self._part(number).items() if self._goes(entry))

    def shaken_by(self, changed: Iterable[Identity]) -> frozenset[Identity]:
        """Name what changes, and everything that rests on it."""
        found: set[Identity] = set()
        queue = list(changed)
        while queue:
            identity = queue.pop()
            entry = self._entry(identity)
            if identity in found or entry is None or len(identity.path) < _IN_FILE:
                continue
            found.add(identity)
            for number in entry.borne:
                queue += [i for i, e in self._part(number).items() if entry.rank in e.rests_on]
            queue += [i for i, e in self._home(identity).items() if e.obj.parent == identity]
            if (above := entry.obj.parent) is not None and not self._is_relation(above):
                queue.append(above)  # what has a type of which a part changes is looked at again
        return frozenset(found)

    def files_of(self, shaken: Iterable[Identity]) -> frozenset[str]:
        """Name the files that speak of these, and of the families of tables that are touched."""
        found = {e.file for i in shaken if (e := self._entry(i)) is not None}
        for number in self.touched - set(self.archive.always):
            for entry in self._roots(number):
                above = {self.archive.parts[rank] for rank in entry.rests_on}
                for other in (*entry.close, *above):
                    found |= {root.file for root in self._roots(other)}
        return frozenset(self._numbers[file] for file in found if file != NOWHERE)

    def _roots(self, number: int) -> Iterator[Entry]:
        """Give the relations that are no part of another object."""
        for identity, entry in self._part(number).items():
            if len(identity.path) == _IN_FILE and _RELATION in self.registry[identity.kind].spaces:
                yield entry

    def _is_relation(self, identity: Identity) -> bool:
        return len(identity.path) < _IN_FILE or _RELATION in self.registry[identity.kind].spaces

    def _needed(self, number: int) -> Iterator[int]:
        """Give the parts that one cannot be without: what it rests on, and its heirs."""
        for root in self._roots(number):
            yield from root.close  # what rests on the whole of it, an heir first of all
        for identity, entry in self._part(number).items():
            afar = identity.kind in self._afar
            if not afar or number in self.touched or identity in self.shaken:
                yield from (self.archive.parts[rank] for rank in entry.rests_on)

    @cached_property
    def _afar(self) -> frozenset[str]:
        """The kinds that only refer to another table: what nobody touches needs not that one."""
        return overriding(self.registry, "locks_also")

    def _named(self, word: str) -> Iterator[int]:
        for _, _, number in self.archive.names.get(word, ()):
            yield number

    def _words(self, documents: Iterable[Document]) -> Iterator[str]:
        """Give every word that may be the name of something, and names that may be made of it."""
        made: set[str] = set()
        for document in documents:
            for path, text in _texts(document.root, ()):
                yield text
                yield from names(text)
                if len(path) in (_IN_SCHEMA, _IN_FILE):
                    made.add(path[-1])
        made |= {root.obj.identity.name for n in self.touched for root in self._roots(n)}
        every = list(self.archive.names) if made else []
        for name in made:
            start = name[:_SHORT] if len(name) > _SHORT else f"{name}_"
            for each in every[bisect.bisect_left(every, start) :]:
                if not each.startswith(start):
                    break
                yield each

    # --- the two sides -----------------------------------------------------------------------

    def occupied(self) -> dict[tuple[str, str, str], Identity]:
        """Give the names that are taken by what stays of the parts that are touched."""
        asked = overriding(self.registry, "occupies")
        return {
            taken: i
            for n in self.touched
            for i in self._part(n)
            if i in self.stays and i.kind in asked
            for taken in self.registry[i.kind].occupies(self.stays[i].obj)
        }

    def inspection(self) -> Inspection:
        """Give the server's side."""
        from schemadiff.catalog.inspector import Inspection

        common = self.archive.shared
        entries = sorted(self.entries(), key=lambda e: e.rank)
        objects = {e.obj.identity: e.obj for e in entries}
        here = {e.rank: e.obj.identity for e in entries}
        edges = {
            e.obj.identity: frozenset(here[rank] for rank in e.rests_on if rank in here)
            for e in entries
            if e.rests_on
        }
        for identity, others in common.edges.items():
            edges[identity] = edges.get(identity, frozenset()) | others
        addresses = {e.address: e.obj.identity for e in entries if e.address is not None}
        catalog = Catalog(objects, edges, version=common.version)
        return Inspection(catalog, addresses, common.names, common.outsiders)

    def merged(self, spec: Spec) -> Spec:
        """Give the files' side: what the changed ones say, amid what the others do."""
        positions: dict[Identity, tuple[int, int]] = {}
        known = {e.obj.identity: e for e in self.entries()}
        last = -1
        for turn, identity in enumerate(spec.catalog.objects):
            entry = known.get(identity)
            last = last if entry is None else entry.position
            positions[identity] = (last, turn)
        stays = {i: e for i, e in self.stays.items() if i not in positions}
        positions |= {i: (e.position, -1) for i, e in stays.items()}
        objects: dict[Identity, DbObject] = {i: e.obj for i, e in stays.items()}
        objects |= spec.catalog.objects
        ordered = {i: objects[i] for i in sorted(positions, key=positions.__getitem__)}
        spoken = frozenset((kind, i) for i, e in stays.items() for kind in e.spoken)
        schemas = {i: e.schema for i, e in stays.items()}
        return replace(
            spec,
            catalog=replace(spec.catalog, objects=ordered),
            spoken=spec.spoken | spoken,
            schemas=schemas,
        )


def _texts(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every text of a tree, keys included, with the keys that lead to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            inside = (*path, str(key))
            yield inside, str(key)
            yield from _texts(value, inside)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, (*path, ""))
    elif isinstance(node, str):
        yield (*path, ""), node
