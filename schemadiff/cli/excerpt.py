"""What a few changed files are about, out of a large database that was as all files said.

Chosen are the objects that the changed files spoke of, all that rests on what differs, and what
any of it needs; besides, whatever the files now name. The surprising fact: nothing is lost by
taking less than everything as long as both sides lack the same, so whatever is unclear ends in no
excerpt, and the whole is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from schemadiff.catalog.inspector import is_found_by_name
from schemadiff.cli.archive import TOP, Archive, Taken
from schemadiff.cli.choice import Choice, Part
from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.plan import Plan
from schemadiff.core.record import record
from schemadiff.shadow.answers import only_texts_differ
from schemadiff.shadow.resolve import adopted
from schemadiff.spec.beside import Beside
from schemadiff.spec.folder import expanded
from schemadiff.spec.result import Spec

if TYPE_CHECKING:
    from schemadiff.catalog.inspector import Inspection
    from schemadiff.spec.document import Document

Read = Callable[[frozenset[str]], Mapping[str, "Document"]]  # by their paths in the folder


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
        if above is not None and len(above.path) >= TOP:
            return self._is_inside(above)
        return len(identity.path) >= TOP and bool(self.registry[identity.kind].spaces)


def excerpt(
    archive: Archive, changed: frozenset[str], read: Read, registry: Registry, root: Path
) -> Excerpt | None:
    """Give what changed files are about, or None where that is too much, or hard to tell.

    `read` gives the documents of some files. Read are also those of what rests on a change: their
    words may come to mean something else. Raises SpecError.
    """
    common = archive.shared
    known: dict[int, Part] = {}
    files = changed | archive.mixing
    shaken: frozenset[Identity] = frozenset()
    while True:
        documents = read(files)
        choice = Choice(archive, files, registry, known, shaken)
        if not choice.follow(documents.values()):
            return None
        stays = {i: e.obj for i, e in choice.stays.items()}
        taken = Taken(archive, choice.touched, choice.occupied())
        beside = Beside(stays, taken)
        _, spec = expanded(documents.values(), registry, root, common.known, beside=beside)
        if spec.questions or not _is_plain(spec, choice):
            return None
        inspection, whole = choice.inspection(), choice.merged(spec)
        edited = frozenset(d.file for name, d in documents.items() if name in changed)
        differing = _differing(whole, inspection, choice, edited)
        further = choice.shaken_by(differing) - shaken
        wanted = files | choice.files_of(further)
        if wanted == files and not further:
            return Excerpt(inspection, whole, frozenset(choice.parts), archive, registry)
        files, shaken = wanted, shaken | further


def _is_plain(spec: Spec, choice: Choice) -> bool:
    """Tell whether all names mean what they meant: nothing is renamed, or hides another thing."""
    if any(n != o and choice.knows(o) for n, o in spec.renames.items()):
        return False
    registry, taken = choice.registry, choice.archive.names
    top = {k.name: k.name_part for k in registry if is_found_by_name(k)}
    new = (i for i in spec.catalog.objects if i.kind in top and not choice.knows(i))
    return not any(i.path[top[i.kind]] in taken for i in new)


def _differing(
    whole: Spec, inspection: Inspection, choice: Choice, edited: frozenset[str]
) -> Iterator[Identity]:
    """Name what is not as it was: it goes, or is said otherwise where a file has changed.

    Of a file that has not, other words than the server's are as they were.
    """
    current, registry = inspection.catalog, choice.registry
    raw, differing = adopted(whole.catalog, inspection, registry)
    yield from (i for i in choice.going() if i not in raw)
    for identity in differing:
        source = whole.sources.get(identity)
        own = source is not None and source.document.file in edited
        if own or not only_texts_differ(raw.objects[identity], current.get(identity), registry):
            yield identity
