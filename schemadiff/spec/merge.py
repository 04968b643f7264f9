"""Pulling again over files that are there: only the entries of what changed are written anew.

An entry is kept byte for byte, comments included, while everything it speaks of is in the database
as it says, also what it takes from mixins. The surprising fact: an object that has an entry of its
own keeps it, even where a shorthand (`serial`) could imply it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import ObjectKind, Registry, YamlValue
from schemadiff.core.record import replace
from schemadiff.spec.bodies import Bodies
from schemadiff.spec.comments import keep_comments
from schemadiff.spec.document import Document, tree_path
from schemadiff.spec.edit import Edits
from schemadiff.spec.entries import Entries, Entry
from schemadiff.spec.layout import Files, same_file
from schemadiff.spec.outline import Box, Outline, Part, Sections, Slot
from schemadiff.spec.page import STEP, container_section, content, lines_of, nested_schema, new_page
from schemadiff.spec.page import section as section_lines
from schemadiff.spec.reader import YamlMap

if TYPE_CHECKING:
    from schemadiff.spec.writer import Previous

Path_ = tuple[str | int, ...]
Address = tuple[str, Path_]


class Merge:
    """One pull over the files of before; `apart` has an entry of its own there."""

    def __init__(
        self, catalog: Catalog, registry: Registry, folder: Path, previous: Previous
    ) -> None:
        """Find out which entry speaks of which object."""
        self._catalog = catalog
        self._registry = registry
        self._folder = folder
        self._previous = previous
        self._entry_of: dict[Address, Identity] = {}
        self._place: dict[Identity, Address] = {}
        self._mixed: dict[str, list[Identity]] = defaultdict(list)
        self._added: dict[str, list[Identity]] = defaultdict(list)
        for identity, where in previous.spec.sources.items():
            kind = registry[identity.kind]
            address = (where.document.file, where.path)
            if "" in kind.within and _is_entry(kind, where.path):
                self._entry_of[address] = identity
                self._place[identity] = address
            if where.path[:1] == ("mixins",):
                self._mixed[str(where.path[1])].append(identity)
        self.apart = frozenset(self._place)
        self._by_file: dict[str, list[tuple[Path_, Identity]]] = defaultdict(list)
        for (file, path), identity in self._entry_of.items():
            self._by_file[file].append((path, identity))
        self._bodies = Bodies(previous.documents, folder)
        self._made = self._shorthand()
        self.kept = [i for i in self._place if i in catalog]

    def place(self, wanted: Iterable[Identity], entries: Entries, files: Files) -> list[Identity]:
        """Give the new objects to the files that are there; gives those that need a new file."""
        by_path = {same_file(self._relative(d)): d.file for d in self._previous.documents}
        left, wanted = [], list(wanted)
        implied = {i for made in self._made.values() for i in made if self._previous.unchanged(i)}
        implied |= self._come_along((i for i in wanted if i not in self._place), entries)
        for identity in wanted:
            if identity in self._place or identity in implied:
                continue
            home = files.home(identity)
            if home in self._place:
                self._added[self._place[home][0]].append(identity)
            elif (file := by_path.get(same_file(files.of(identity)))) is not None:
                self._added[file].append(identity)
            else:
                left.append(identity)
        return left

    def _come_along(self, new: Iterable[Identity], entries: Entries) -> set[Identity]:
        """Name what no entry speaks of, and is as meant: the schema that an extension is put into.

        Whoever brings it stays as long as all entries do.
        """
        found = {i for i in new if not self._registry[i.kind].keeps and self.is_kept(i, entries)}
        same = found and all(i in self._catalog and self.is_kept(i, entries) for i in self._place)
        return found if same else set()

    def texts(self, entries: Entries) -> dict[PurePosixPath, str | None]:
        """Give the new text of each file of before, None for one of which nothing is left."""
        found = {self._relative(d): self._text(d, entries) for d in self._previous.documents}
        documents = {d.file: d for d in self._previous.documents}
        for identity, (file, path) in self._place.items():
            if identity not in self._catalog:
                self._bodies.forget(_node(documents[file].root, path), documents[file])
        return found | self._bodies.texts

    def filed(self, value: YamlValue, node: Any, document: Document, kind: ObjectKind) -> YamlValue:
        """Leave a body in the file of its own that it was in."""
        return self._bodies.kept(value, node, document, kind)

    def _relative(self, document: Document) -> PurePosixPath:
        return PurePosixPath(Path(document.file).relative_to(self._folder).as_posix())

    # --- one file ----------------------------------------------------------------------------

    def _text(self, document: Document, entries: Entries) -> str | None:
        text = Path(document.file).read_bytes().decode("utf-8")
        schema = document.model.schema_  # type: ignore[attr-defined]
        outline = Outline(text, document.root, schema, self._sections(entries))
        own = [i for _, i in self._by_file[document.file]]
        added = [entries.entry(i) for i in self._added[document.file]]
        if not added and all(i in self._catalog and self.is_kept(i, entries) for i in own):
            return text
        if not added and own and not any(i in self._catalog for i in own):
            return text if "mixins" in document.root else None
        if outline.box is None:
            alive = [entries.entry(i) for i in own if i in self._catalog]
            mixins = document.root.get("mixins")
            path = self._relative(document)
            return new_page(path, schema, [*alive, *added], self._registry, mixins)
        edits = Edits(outline.lines)
        _File(self, document, entries, edits).change(outline, added)
        return edits.text()

    def _sections(self, entries: Entries) -> Sections:
        registry, container = self._registry, container_section(self._registry)
        known = frozenset(k.section for k in registry if entries.stands_at_top(k))
        specs = [k.spec for k in registry if k.section == container]
        # A schema's own grants are no section of what lives in it, though one is called so.
        own = {name for spec in specs if spec is not None for name in spec.model_fields}
        return Sections(known, known - own, container)

    def is_kept(self, identity: Identity, entries: Entries) -> bool:
        """Tell whether everything that an entry speaks of is as it says."""
        spoken = {*self._before(identity), *entries.belongings(identity)}
        return all(map(self._previous.unchanged, spoken))

    def _before(self, identity: Identity) -> Iterator[Identity]:
        """Name everything that an entry spoke of."""
        spec = self._previous.spec.catalog
        yield identity
        for child in spec.children.get(identity, ()):
            if child not in self._place:
                yield from self._before(child)
        yield from self._made.get(identity, ())

    def _shorthand(self) -> dict[Identity, list[Identity]]:
        """Find the objects of the top level that the shorthands of other entries made."""
        made: dict[Identity, list[Identity]] = defaultdict(list)
        for identity, where in self._previous.spec.sources.items():
            kind = self._registry[identity.kind]
            if identity in self._place or "" not in kind.within or not kind.section:
                continue
            for length in range(len(where.path), 1, -1):
                holder = self._entry_of.get((where.document.file, where.path[:length]))
                if holder is not None:
                    made[holder].append(identity)
                    break
        return made

    def kept_mixins(
        self, identity: Identity, names: Iterable[str], entries: Entries
    ) -> tuple[list[str], frozenset[Identity]]:
        """Give the mixins whose objects are all as they say, and these objects."""
        kept: list[str] = []
        said: set[Identity] = set()
        mine = {*self._before(identity)}
        for name in names:
            made = [i for i in self._mixed.get(name, ()) if i in mine]
            spoken = {b for i in made if i in self._catalog for b in entries.belongings(i)}
            if made and all(map(self._previous.unchanged, {*made, *spoken})):
                kept.append(name)
                said |= {*made, *spoken}
        return kept, frozenset(said)

    def identity_at(self, document: Document, path: tuple[str | int, ...]) -> Identity | None:
        """Give the object of an entry."""
        return self._entry_of.get((document.file, path))

    def identities_in(self, document: Document, path: tuple[str | int, ...]) -> list[Identity]:
        """Give the objects of a section."""
        return [i for each, i in self._by_file[document.file] if path in (each, each[:-1])]

    def alive(self, identity: Identity) -> bool:
        """Tell whether the database has an object."""
        return identity in self._catalog

    @property
    def registry(self) -> Registry:
        """The kinds."""
        return self._registry


class _File:
    """The changes of one file."""

    def __init__(self, merge: Merge, document: Document, entries: Entries, edits: Edits) -> None:
        self._merge = merge
        self._document = document
        self._entries = entries
        self._edits = edits
        self._container = container_section(merge.registry)
        self._singles = {k.section for k in merge.registry if k.single and "" in k.within}

    def change(self, outline: Outline, added: list[Entry]) -> None:
        """Note all changes."""
        assert outline.box is not None
        boxes = {b.schema: b for b in reversed(list(outline.boxes()))}
        waiting: dict[str, list[Entry]] = defaultdict(list)
        for each in added:
            waiting[outline.box.schema if each.schema is None else each.schema].append(each)
        strangers = {s: waiting.pop(s) for s in list(waiting) if s not in boxes}
        for schema, box in boxes.items():
            self._change_box(box, waiting.get(schema, []))
        if strangers:
            self._add_schemas(outline.box, strangers)

    def _change_box(self, box: Box, added: list[Entry]) -> None:
        by_section: dict[str, list[Entry]] = defaultdict(list)
        for each in added:
            by_section[each.kind.section].append(each)
        for name, part in box.parts.items():
            self._change_part(part, by_section.pop(name, []))
        new = [e for each in by_section.values() for e in each]
        if new:
            lines = content(new, box.schema, self._merge.registry, box.column)
            self._edits.insert(box.end, ["", *lines])

    def _change_part(self, part: Part, added: list[Entry]) -> None:
        if part.slots is None or part.name in self._singles:
            self._rewrite(part, added)
            return
        gone = [s for s in part.slots if self._is_gone(s)]
        if len(gone) == len(part.slots) and not added:
            self._edits.remove(part.lead, part.end)
            return
        for slot in part.slots:
            if slot in gone:
                self._edits.remove(slot.lead, slot.end)
            else:
                self._change_slot(slot)
        if added:
            last = part.slots[-1]
            blocks = [lines_of(e, last.column) for e in sorted(added, key=lambda e: e.order)]
            spaced = len(part.slots) > 1 and self._edits.blank_before(last.lead)
            for block in blocks:
                apart = spaced or len(block) > 1
                self._edits.insert(last.end, ["", *block] if apart else block)

    def _rewrite(self, part: Part, added: list[Entry]) -> None:
        own = self._merge.identities_in(self._document, part.path)
        alive = [i for i in own if self._merge.alive(i)]
        same = all(self._merge.is_kept(i, self._entries) for i in alive)
        if len(alive) == len(own) and same and not added:
            return
        entries = [*map(self._entries.entry, alive), *added]
        if entries:
            ordered = sorted(entries, key=lambda e: e.order)
            self._write(part.start, part.end, section_lines(part.name, ordered, part.column))
        else:
            self._edits.remove(part.lead, part.end)

    def _is_gone(self, slot: Slot) -> bool:
        identity = self._merge.identity_at(self._document, slot.path)
        return identity is not None and not self._merge.alive(identity)

    def _change_slot(self, slot: Slot) -> None:
        identity = self._merge.identity_at(self._document, slot.path)
        if identity is None or self._merge.is_kept(identity, self._entries):
            return
        if slot.holds is not None and slot.holds.parts:
            self._change_head(slot, identity)
            return
        node: Any = self._document.root
        for step in tree_path(slot.path):
            node = node[step]
        entry = self._entry(identity, node)
        self._write(slot.start, slot.end, lines_of(entry, slot.column))

    def _change_head(self, slot: Slot, identity: Identity) -> None:
        """Write a schema's own keys anew, and leave what lives in it to itself."""
        assert slot.holds is not None
        head = self._entries.entry(identity).value
        first = min(part.lead for part in slot.holds.parts.values())
        own = [
            line
            for key, value in (head.items() if isinstance(head, dict) else ())
            for line in _key_lines(key, value, slot.holds.column)
        ]
        self._write(slot.start + 1, first, own)

    def _write(self, start: int, end: int, lines: list[str]) -> None:
        """Put new lines into the place of some, with the comments that were among these."""
        self._edits.replace(start, end, keep_comments(self._edits.lines(start, end), lines))

    def _entry(self, identity: Identity, node: Any) -> Entry:
        """Write an entry, with the mixins that still say the truth."""
        names = node.get("mixins") if isinstance(node, YamlMap) else None
        listed = [names] if isinstance(names, str) else list(names or ())
        kept, said = self._merge.kept_mixins(identity, listed, self._entries)
        entry = self._entries.entry(identity, said)
        filed = self._merge.filed(entry.value, node, self._document, entry.kind)
        entry = replace(entry, value=filed)
        if not kept:
            return entry
        long = entry.kind.long_form(entry.value)
        value: dict[str, YamlValue] = {k: v for k, v in long.items() if k == "comment"}
        value |= {"mixins": list(kept), **long}
        return replace(entry, value=value)

    def _add_schemas(self, box: Box, strangers: dict[str, list[Entry]]) -> None:
        part = box.parts.get(self._container)
        registry = self._merge.registry
        if part is None or not part.slots:
            entries = [e for each in strangers.values() for e in each]
            self._edits.insert(box.end, ["", *content(entries, box.schema, registry, box.column)])
            return
        last = part.slots[-1]
        for name in sorted(strangers):
            lines = nested_schema(name, strangers[name], registry, last.column)
            self._edits.insert(last.end, ["", *lines])


def _is_entry(kind: ObjectKind, path: Path_) -> bool:
    """Tell whether a path is that of an entry of its kind, not of a part of another one."""
    if kind.single:
        return path == (kind.section,)
    return len(path) > 1 and path[-2] == kind.section


def _key_lines(key: str, value: YamlValue, indent: int) -> list[str]:
    from schemadiff.spec.emit import entry

    return entry(key, value, indent, STEP)


def _node(root: Any, path: Path_) -> Any:
    """Give what the files hold at a place; None for a name in a list, which holds nothing."""
    for step in path:
        if not isinstance(root, dict):
            return None
        root = root[step]
    return root
