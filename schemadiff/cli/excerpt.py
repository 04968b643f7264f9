"""What a few changed files are about, out of a large database that was as all files said.

Chosen are the objects that the changed files spoke of, all that rests on these, and what any of it
needs; besides, whatever the files now name. The surprising fact: nothing is lost by taking less
than everything as long as both sides lack the same, so whatever is unclear ends in no excerpt, and
the whole is read.
"""

from __future__ import annotations

import bisect
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemadiff.cli.archive import NOWHERE, Archive, Entry, Taken
from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.plan import Plan
from schemadiff.core.record import record
from schemadiff.spec.beside import Beside
from schemadiff.spec.folder import expanded
from schemadiff.spec.result import Spec

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Inspection
    from schemadiff.spec.document import Document

_MOST = 0.4  # of all parts; of more the whole is as soon understood
_RELATION = "relation"  # the space of names of what may have heirs
_SHORT = 24  # of a table's name, as much as is left in the longest name made of it
_IN_SCHEMA, _IN_FILE = 4, 2  # where the names of a file's own objects stand


@record(frozen=True)
class Excerpt:
    """Both sides, cut down to what an edit is about."""

    inspection: Inspection
    spec: Spec
    parts: frozenset[int]
    archive: Archive
    registry: Registry

    def holds(self, plan: Plan) -> bool:
        """Tell whether a plan that was made of it is the plan of the whole."""
        if not all(self._is_inside(c.identity) for c in (*plan.changes, *plan.rebuilt)):
            return False
        # Names that are made in planning must be free, and those of others nobody has looked at.
        spoken = {word for op in plan.operations() for word in names(op.sql)}
        found = self.archive.names
        return not any(p not in self.parts for w in spoken for _, _, p in found.get(w, ()))

    def _is_inside(self, identity: Identity) -> bool:
        """Tell whether something lives in what is found by its name in a schema."""
        sides = (self.spec.catalog, self.inspection.catalog)
        found = next((o for s in sides if (o := s.get(identity)) is not None), None)
        above = found.parent if found is not None else None
        if above is not None and len(above.path) >= _IN_FILE:
            return self._is_inside(above)
        return len(identity.path) >= _IN_FILE and bool(self.registry[identity.kind].spaces)


def excerpt(
    archive: Archive,
    changed: frozenset[str],
    documents: Iterable[Document],
    registry: Registry,
    root: Path,
) -> Excerpt | None:
    """Give what changed files are about, or None where that is too much, or hard to tell.

    `documents` are those of the changed files, and of the mixins. Raises SpecError.
    """
    documents = tuple(documents)
    choice = _Choice(archive, changed, registry)
    if not choice.follow(documents):
        return None
    common = archive.shared()
    stays = choice.stays
    beside = Beside(
        {i: e.obj for i, e in stays.items()},
        tuple(i for i in choice.shaken if i in stays),
        ChainMap(choice.occupied(), Taken(archive, choice.touched)),  # type: ignore[arg-type]
    )
    _, spec = expanded(documents, registry, root, common.known, beside=beside)
    renamed = any(n != o and choice.knows(o) for n, o in spec.renames.items())
    if spec.questions or renamed:
        return None
    return Excerpt(
        choice.inspection(),
        choice.merged(spec),
        frozenset(choice.parts),
        archive,
        registry,
    )


@record(frozen=True, eq=False)
class _Choice:
    """The parts that are chosen, and what of them is about to change."""

    archive: Archive
    changed: frozenset[str]
    registry: Registry
    parts: dict[int, dict[Identity, Entry]] = field(default_factory=dict)
    shaken: dict[Identity, None] = field(default_factory=dict)

    @cached_property
    def touched(self) -> frozenset[int]:
        """The parts of which the changed files spoke."""
        return frozenset(n for file in self.changed for n in self.archive.of_file.get(file, ()))

    @cached_property
    def _numbers(self) -> Mapping[int, str]:
        return dict(enumerate(self.archive.files))

    @cached_property
    def stays(self) -> dict[Identity, Entry]:
        """What the unchanged files say of the chosen parts, in the order of these files."""
        found = [e for part in self.parts.values() for e in part.values() if not self._goes(e)]
        return {e.obj.identity: e for e in sorted(found, key=lambda e: e.position)}

    def _goes(self, entry: Entry) -> bool:
        """Tell whether the changed files are asked for an object, be it that they were silent."""
        above: Entry | None = entry
        while above is not None and above.file == NOWHERE:
            parent = above.obj.parent
            above = self._entry(parent) if parent is not None and len(parent.path) > 1 else None
        if above is None:
            return not (entry.position < self.archive.said and self._lives(entry.obj.identity))
        return self._numbers[above.file] in self.changed

    def _lives(self, identity: Identity) -> bool:
        """Tell whether a schema that no file speaks of has something in it that stays."""
        schemas = self._inhabited
        return len(identity.path) == 1 and identity.path[0] in schemas

    @cached_property
    def _inhabited(self) -> frozenset[str]:
        homes = self.archive.homes
        return frozenset(h[0] for h, n in homes.items() if len(h) > 1 and n not in self.touched)

    def _part(self, number: int) -> dict[Identity, Entry]:
        part = self.parts.get(number)
        if part is None:
            part = self.parts[number] = {e.obj.identity: e for e in self.archive.part(number)}
        return part

    def _home(self, identity: Identity) -> dict[Identity, Entry]:
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
        for number in (*self.archive.always, *self.touched):
            self._part(number)
        # What is no part of a schema is there in any case. If it changes, the whole is looked at.
        seen = set(self.archive.always)
        most = len(seen) + _MOST * (self.archive.count - len(seen))
        inside = self.touched - seen
        self._shake(i for n in inside for i, entry in self.parts[n].items() if self._goes(entry))
        spoken = {n for word in self._words(documents) for n in self._named(word)}
        queue = [*self.parts.keys(), *spoken]
        while queue and len(seen) <= most:
            number = queue.pop()
            if number not in seen:
                seen.add(number)
                queue += self._needed(number)
        return not queue

    def _shake(self, identities: Iterable[Identity]) -> None:
        """Note what may change, and everything that rests on it."""
        queue = list(identities)
        while queue:
            identity = queue.pop()
            entry = self._entry(identity)
            if identity in self.shaken or entry is None:
                continue
            self.shaken[identity] = None
            for number in entry.borne:
                queue += [i for i, e in self._part(number).items() if entry.rank in e.rests_on]
            queue += [i for i, e in self._home(identity).items() if e.obj.parent == identity]
            if (above := entry.obj.parent) is not None and not self._is_relation(above):
                queue.append(above)  # what has a type of which a part changes is looked at again

    def _is_relation(self, identity: Identity) -> bool:
        return len(identity.path) < _IN_FILE or _RELATION in self.registry[identity.kind].spaces

    def _needed(self, number: int) -> Iterator[int]:
        """Give the parts that one cannot be without: what it rests on, and its heirs."""
        part = self._part(number)
        for identity, entry in part.items():
            if len(identity.path) == _IN_FILE and self._is_relation(identity):
                yield from entry.close  # what rests on the whole of it, an heir first of all
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
        made |= {i.path[1] for n in self.touched for i in self.parts[n] if len(i.path) == _IN_FILE}
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
            for i in self.parts[n]
            if i in self.stays and i.kind in asked
            for taken in self.registry[i.kind].occupies(self.stays[i].obj)
        }

    def inspection(self) -> Inspection:
        """Give the server's side."""
        from schemadiff.catalog.inspector import Inspection

        common = self.archive.shared()
        entries = sorted(
            (e for part in self.parts.values() for e in part.values()), key=lambda e: e.rank
        )
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
        known = {i: e for part in self.parts.values() for i, e in part.items()}
        last = -1
        for turn, identity in enumerate(spec.catalog.objects):
            entry = known.get(identity)
            last = last if entry is None else entry.position
            positions[identity] = (last, turn)
        stays = {i: e for i, e in self.stays.items() if i not in positions}
        positions |= {i: (e.position, -1) for i, e in stays.items()}
        # What may come to mean something else is put to the server in the files' own words.
        objects: dict[Identity, Any] = {
            i: e.said if e.said is not None and i in self.shaken else e.obj
            for i, e in stays.items()
        }
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
